"""The feed: in order, nothing twice, nothing left out, and nobody else's."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.events import SCANNED_AT_MOST
from api.paging import cursor_at
from catalog import Outcome
from tests.api.served import BACK, DESK, NOON, Served


def happen(api: Served, *mailboxes: str) -> list[str]:
    """Let something come to pass in each of these mailboxes ("" for none of them)."""
    with api.house.catalog.transaction() as tx:
        known = len(tx.outcomes.after(0, 10_000))
        made = [
            Outcome(
                id=f"received:{n}",
                kind="received" if mailbox else "login-failing",
                at=NOON + timedelta(seconds=n),
                mailbox_id=mailbox,
                number="+12025550147",
                facts={"pages": 2},
            )
            for n, mailbox in enumerate(mailboxes, known)
        ]
        for each in made:
            tx.outcomes.record(each)
    return [each.id for each in made]


def follow(api: Served, token: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
    """Everything from the cursor on, and the cursor after it."""
    seen: list[str] = []
    while True:
        page = api.told(f"/events?limit={limit}&cursor={cursor}", token)
        seen += [event["id"] for event in page["items"]]
        cursor = page["next"]
        if not page["more"]:
            return seen, cursor


@given(
    st.lists(st.lists(st.sampled_from([DESK, BACK, ""]), max_size=5), min_size=1, max_size=4),
    st.integers(1, 4),
)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_each_follower_sees_its_events_once_in_order(
    shared: Served, bursts: list[list[str]], limit: int
) -> None:
    followers = {
        shared.token("read"): {DESK, BACK, ""},
        shared.token("read", mailboxes=(DESK,)): {DESK},
    }
    cursors = {token: follow(shared, token, 200)[1] for token in followers}
    for burst in bursts:
        shared.clock.pass_time(minutes=1)
        ids = happen(shared, *burst)
        for token, seen in followers.items():
            told, cursors[token] = follow(shared, token, limit, cursors[token])
            assert told == [each for each, box in zip(ids, burst, strict=True) if box in seen]


def test_an_event_tells_no_number(api: Served) -> None:
    happen(api, DESK)

    answer = api.ask("/events")

    assert answer.json["items"] == [
        {
            "id": "received:0",
            "kind": "received",
            "at": "2026-11-23T12:00:00.000Z",
            "mailbox": DESK,
            "fax": "",
            "direction": "",
            "facts": {"pages": 2},
        }
    ]
    assert "2025550147" not in answer.text


def test_a_follower_with_nothing_to_see_gets_on_all_the_same(api: Served) -> None:
    happen(api, *[BACK] * (SCANNED_AT_MOST + 1))
    token = api.token("read", mailboxes=(DESK,))

    page = api.told("/events", token)

    assert (page["items"], page["more"]) == ([], True)
    assert page["next"] == cursor_at("events", str(SCANNED_AT_MOST))
    (new,) = happen(api, DESK)
    assert follow(api, token, 5, page["next"])[0] == [new]


@pytest.mark.parametrize("position", ["x", "-1", "1.5", str(2**63), "\u00b2"])
def test_a_cursor_that_is_no_place_in_the_feed_is_refused(api: Served, position: str) -> None:
    cursor = cursor_at("events", position)

    assert api.ask(f"/events?cursor={cursor}").status_code == 422
