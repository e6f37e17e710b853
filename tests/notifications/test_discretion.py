"""Every field flooded with canaries: none is found in a notice, a log, a record or an error.

What comes out of every channel is searched, with everything that is kept or logged on the way. The
words that may be told are on a list; these canaries are whatever else RingCentral, a sender or a
library could put into a field.
"""

import base64
import email
import email.policy
import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import Catalog, NoticeQuery, Outcome
from catalog.outcomes import KINDS, Fact
from errors import NotDelivered
from handlers.delivering import Delivery
from handlers.telling import Teller, notice_of
from jobs.runner import Runner, Surroundings, Work
from notifications import Attachment, Destination, Documents, Plan, Rule, words
from notifications.channel import Channel
from notifications.channels import CHANNELS
from notifications.letter import Envelope, letter
from notifications.notice import NUMBERS, SENTENCES, TIMES, WORDS
from notifications.payload import payload
from tests.notifications.stages import Stage, staged
from wiring.adapters import InOwnTransaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME, NUMBER, TEXT = "Quintessa Oddname", "+12025550147", "Biopsy of the 3rd of May"
CANARIES = (NAME, NUMBER, TEXT, "Quintessa", "Oddname", "2025550147", "Biopsy")
FIELDS = (
    *NUMBERS,
    *WORDS,
    *TIMES,
    *SENTENCES,
    "login",
    "to",
    "from",
    "name",
    "number",
    "subject",
    "cover_text",
    "file_name",
    "mailbox_name",
    "message",
    "raw",
)
dirty = st.sampled_from([NAME, NUMBER, TEXT, f"A sentence. {NAME} did not answer.", f"x{NUMBER}"])
flood = st.fixed_dictionaries(dict.fromkeys(FIELDS, dirty))


def outcome_of(kind: str, facts: dict[str, Any], number: int = 0) -> Outcome:
    return Outcome(
        id=f"{kind}:400-{number}",
        kind=kind,
        at=NOW,
        mailbox_id="400-621",
        fax_id=f"400-{number}",
        direction="Outbound",
        number=NUMBER,
        facts=facts,
    )


def found_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary.casefold() in text.casefold()]


# --- what is made of an outcome ------------------------------------------------------------


class Quiet:
    wants_documents = with_number = False

    def deliver(self, notice: object, documents: object) -> str:
        return ""


@given(st.sampled_from(KINDS), flood, dirty, dirty, dirty)
def test_no_canary_comes_into_a_notice(
    kind: str, facts: dict[str, Fact], fax: str, mailbox: str, direction: str
) -> None:
    outcome = Outcome(f"{kind}:{fax}", kind, NOW, mailbox, fax, direction, NUMBER, facts)
    plan = Plan(link="https://faxes.example/{fax}")
    row: Any = type("Row", (), {"id": "n_1"})

    notice = notice_of(plan, Destination("any", "any", Quiet()), row, outcome)

    made = letter(Envelope("a@b.example", ["c@d.example"]), notice, Documents())
    told = (repr(notice), words(notice).text, payload(notice).decode(), made.as_string())
    # An id has a shape that a number alone fits too; nothing of a fax is ever put into one.
    assert [c for text in told for c in found_in(text) if c != "2025550147"] == []


# --- what comes out of every channel, and what is left behind ------------------------------


def everything(folder: Path, facts: dict[str, Any]) -> dict[str, str]:
    """What comes out of every channel when each is told of one outcome of each kind."""
    with ExitStack() as stack:
        stages: dict[str, Stage] = {}
        for kind in CHANNELS:
            own = folder / kind
            own.mkdir(parents=True)
            stages[kind] = stack.enter_context(staged(kind, own))
        catalog = stack.enter_context(closing(Catalog.open(str(folder / "catalog.sqlite3"))))
        with catalog.transaction() as tx:
            for number, kind in enumerate(KINDS):
                tx.outcomes.record(outcome_of(kind, facts, number))
        work_off(catalog, {kind: stage.channel() for kind, stage in stages.items()})
        return {kind: "".join(stage.came()) for kind, stage in stages.items()}


def work_off(catalog: Catalog, channels: dict[str, Channel]) -> None:
    """Tell the channels of everything, as a worker would."""
    destinations = {kind: Destination(kind, kind, made) for kind, made in channels.items()}
    plan = Plan(destinations, [Rule(tuple(channels))], {}, "https://faxes.example/{fax}")
    teller = Teller(catalog, plan, lambda: NOW)
    delivery = Delivery(catalog, plan, documents_of, lambda: NOW, lambda: 0.5, lambda _: None)
    work = {
        "tell": Work(teller.tell, standing=True),
        "deliver": Work(delivery.deliver, standing=True, in_lanes=True),
    }
    around = Surroundings("w", lambda: NOW, lambda: 0.5, lambda *_: None)
    store: Any = InOwnTransaction(catalog, "jobs")
    runner = Runner(store, work, around)
    runner.run("tell", "")
    for kind in channels:
        runner.run("deliver", kind)


def documents_of(_: str) -> Documents:
    def write(into: Any) -> None:
        into.write(b"a document")

    return Documents((Attachment("pdf", 10, "ab" * 32, 1, write),))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=flood)
def test_no_canary_comes_out_of_any_channel(
    facts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with logged() as log:
        told = everything(tmp_path_factory.mktemp("flood"), facts)

    assert all(told.values()), {kind: len(text) for kind, text in told.items()}
    assert {kind: found_in(readable(text)) for kind, text in told.items()} == {
        kind: [] for kind in CHANNELS
    }
    assert found_in(log.getvalue()) == []


@pytest.mark.parametrize("kind", sorted(CHANNELS))
def test_no_canary_is_left_behind_by_a_failure(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    facts = dict.fromkeys(FIELDS, f"{NAME} {NUMBER} {TEXT}")
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "urllib3")  # as `serving.start_log` always has it
    with staged(kind, tmp_path) as stage:
        channel = stage.channel()
        stage.refuse()
        row: Any = type("Row", (), {"id": "n_1"})
        notice = notice_of(
            Plan(), Destination("it", kind, channel), row, outcome_of("failed", facts)
        )
        with pytest.raises(NotDelivered) as caught:
            channel.deliver(notice, documents_of(""))

    assert found_in("".join(traceback.format_exception(caught.value))) == []
    assert found_in(caplog.text) == []
    assert [secret for secret in stage.secrets if secret in caplog.text] == []


def test_no_canary_is_kept_with_the_notices(tmp_path: Path) -> None:
    facts = dict.fromkeys(FIELDS, f"{NAME} {NUMBER} {TEXT}")
    with closing(Catalog.open(str(tmp_path / "kept.sqlite3"))) as catalog:
        with catalog.transaction() as tx:
            outcome = outcome_of("failed", facts)
            tx.outcomes.record(outcome)
            tx.notices.add(outcome, "erp", NOW)
        with catalog.reading() as tx:
            kept = repr(tx.notices.list(NoticeQuery())) + repr(tx.notices.destinations())

    assert found_in(kept) == []


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that any part or library logs, from DEBUG up."""
    into = io.StringIO()
    handler = logging.StreamHandler(into)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield into
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def readable(text: str) -> str:
    """A text with whatever is encoded in it, for an e-mail hides its words in base64."""
    decoded = [text]
    for piece in text.split():
        try:
            decoded.append(base64.b64decode(piece, validate=True).decode())
        except ValueError:
            continue
    if "MIME-Version" in text:
        for letter_text in text.split("MIME-Version")[1:]:
            message = email.message_from_string(
                f"MIME-Version{letter_text}", policy=email.policy.default
            )
            decoded += [
                str(part.get_content()) for part in message.walk() if not part.is_multipart()
            ]
    return "\n".join(decoded)
