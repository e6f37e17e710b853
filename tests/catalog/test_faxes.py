"""Recording is a fold: repeats change nothing, and the order of arrival does not matter."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import Catalog, Fax, NewFax, Recipient, Recorded
from catalog.catalog import Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = Recorded(new=False, changed=False)
STATUSES = st.sampled_from(["Queued", "Sent", "SendingFailed"])
TEXTS = st.none() | st.text(max_size=5) | st.sampled_from(["\0", "\ud800"])

recipients = st.builds(
    Recipient,
    number=st.none() | st.sampled_from(["+1", "+2"]),
    name=TEXTS,
    status=st.none() | STATUSES,
    error_code=st.none() | st.sampled_from(["LineBusy", "NoAnswer"]),
)
messages = st.builds(
    NewFax,
    account_id=st.just("1"),
    mailbox_id=st.just("1-2"),
    message_id=st.just("9"),
    direction=st.just("Outbound"),
    message_status=STATUSES,
    read_status=st.sampled_from(["Read", "Unread"]),
    availability=st.sampled_from(["Alive", "Deleted", "Purged"]),
    created_at=st.just(NOW),
    raw=st.just("{}"),
    origin=st.sampled_from(["call-log", "import", "export", "event", "message-store"]),
    pages=st.none() | st.integers(0, 300),
    subject=TEXTS,
    recipients=st.lists(recipients, max_size=3).map(tuple),
)


def at_different_times(faxes: list[NewFax]) -> list[NewFax]:
    """RingCentral gives every version of a message its own modification time."""
    return [
        replace(fax, modified_at=NOW + timedelta(milliseconds=number))
        for number, fax in enumerate(faxes)
    ]


histories = st.lists(messages, min_size=1, max_size=5).map(at_different_times)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with closing(Catalog.open(str(tmp_path_factory.mktemp("faxes") / "catalog.db"))) as opened:
        yield opened


class Undone(Exception):
    """Ends a transaction without a trace, so that every example starts empty."""


def known(tx: Transaction) -> tuple[Fax, list[Recipient]]:
    """All but what counts or dates the arrivals."""
    fax = tx.faxes.get("1-9")
    assert fax is not None
    return replace(fax, version=0, availability_at=NOW), tx.faxes.recipients("1-9")


@given(history=histories, data=st.data())
def test_the_last_word_does_not_depend_on_the_order(
    catalog: Catalog, history: list[NewFax], data: st.DataObject
) -> None:
    outcomes = []
    for order in (history, data.draw(st.permutations(history))):
        with pytest.raises(Undone), catalog.transaction() as tx:
            for fax in order:
                tx.faxes.record(fax, NOW)
            outcomes.append(known(tx))
            raise Undone
    assert outcomes[0] == outcomes[1]


@given(history=histories)
def test_whatever_was_recorded_once_is_no_news(catalog: Catalog, history: list[NewFax]) -> None:
    with pytest.raises(Undone), catalog.transaction() as tx:
        for fax in history:
            tx.faxes.record(fax, NOW)
        before = known(tx), tx.faxes.steps("1-9")
        for fax in history:
            assert tx.faxes.record(fax, NOW + timedelta(days=1)) == NOTHING
        assert (known(tx), tx.faxes.steps("1-9")) == before
        raise Undone


@given(history=histories)
def test_no_step_repeats_the_one_before(catalog: Catalog, history: list[NewFax]) -> None:
    with pytest.raises(Undone), catalog.transaction() as tx:
        for fax in history:
            tx.faxes.record(fax, NOW)
        steps = tx.faxes.steps("1-9")
        for position in {step.position for step in steps}:
            states = [(s.status, s.error_code) for s in steps if s.position == position]
            assert all(a != b for a, b in pairwise(states))
            assert [s.step for s in steps if s.position == position] == list(
                range(1, len(states) + 1)
            )
        raise Undone
