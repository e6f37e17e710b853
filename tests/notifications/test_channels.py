"""The contract that every channel passes, each against a real receiver on this machine."""

import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from errors import NotDelivered
from notifications import NO_DOCUMENTS, Documents, Notice
from notifications.channels import CHANNELS
from tests.notifications.stages import DOCUMENT, Stage, attachment, staged

NOTICE = Notice(
    id="n_0123456789abcdef",
    outcome="failed:400-7:0:1",
    kind="failed",
    at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    mailbox="400-621",
    fax="400-7",
    direction="Outbound",
    facts={"pages": 3, "error_code": "Busy", "reason": "The line was busy.", "position": 0},
    number="+12025550147",
)
DOCUMENTS = Documents((attachment(),))


@pytest.fixture(params=sorted(CHANNELS))
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with staged(request.param, tmp_path) as made:
        yield made


def test_a_notice_arrives_and_can_be_known_again(stage: Stage) -> None:
    channel = stage.channel()

    assert channel.deliver(NOTICE, DOCUMENTS) == ""

    came = "".join(stage.came())
    assert "400-7" in came
    assert (NOTICE.id in came) == stage.shows_id


def test_one_that_comes_again_is_the_same(stage: Stage) -> None:
    channel = stage.channel()

    channel.deliver(NOTICE, DOCUMENTS)
    first = stage.came()
    channel.deliver(NOTICE, DOCUMENTS)

    again = stage.came()
    assert again == first or len(again) == 2 * len(first)


def test_several_notices_all_arrive(stage: Stage) -> None:
    channel = stage.channel()
    faxes = [f"400-{number}" for number in (71, 72, 73)]

    for fax in faxes:
        channel.deliver(replace_fax(fax), NO_DOCUMENTS)

    came = "".join(stage.came())
    assert all(fax in came for fax in faxes)


def replace_fax(fax: str) -> Notice:
    return Notice(f"n_{fax}", f"received:{fax}", "received", NOTICE.at, "400-621", fax=fax)


def test_the_number_is_told_only_where_it_is_asked_for(stage: Stage) -> None:
    # Whoever makes the notice leaves the number out: the channel only says what it was asked for.
    assert not stage.channel().with_number
    assert stage.channel(with_number=True).with_number


def test_what_is_refused_is_said_without_any_secret(stage: Stage) -> None:
    channel = stage.channel()
    stage.refuse()

    with pytest.raises(NotDelivered) as caught:
        channel.deliver(NOTICE, DOCUMENTS)

    check_discreet(caught.value, stage)


def test_a_receiver_that_is_gone_is_said_at_once(stage: Stage) -> None:
    channel = stage.channel()
    stage.vanish()
    started = time.monotonic()

    with pytest.raises(NotDelivered) as caught:
        channel.deliver(NOTICE, DOCUMENTS)

    assert caught.value.whole
    assert time.monotonic() - started < 10
    check_discreet(caught.value, stage)


def check_discreet(error: NotDelivered, stage: Stage) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error)
    unsaid = (*stage.secrets, NOTICE.number, NOTICE.number[2:], DOCUMENT.decode(), "T0p-secret")
    assert [each for each in unsaid if each in told] == []


def test_a_channel_shows_no_secret(stage: Stage) -> None:
    shown = repr(stage.channel())

    assert [secret for secret in stage.secrets if secret in shown] == []
