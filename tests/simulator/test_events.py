"""Notifications: who hears what, in which shapes, and what happens when nobody answers."""

import random
import time
from datetime import UTC, datetime

import pytest

from simulator import Fault, Inbound, NewExtension
from simulator.events import Variant, message_body, variant

MAILBOX = "/restapi/v1.0/account/~/extension/~"
INSTANT = f"{MAILBOX}/fax?direction=Inbound"
REMINDER = "/restapi/v1.0/subscription/~?threshold=60&interval=20"


def eventually(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def changes(receiver):
    return [body["body"]["changes"][0] for body in receiver.bodies if "changes" in body["body"]]


def uuids(receiver):
    return [body["uuid"] for body in receiver.bodies]


def test_a_notification_carries_the_secret_and_an_envelope(simulator, client, receiver):
    made = client.subscribe(receiver.url).json()
    simulator.receive()
    assert simulator.wait_delivered()
    ((headers, body),) = receiver.received
    assert headers["Verification-Token"] == "hush"
    assert headers["User-Agent"].startswith("RingCentral-Webhook/")
    assert headers["Content-Type"] == "application/json; charset=UTF-8"
    assert body["subscriptionId"] == made["id"]
    assert body["event"] == made["eventFilters"][0]
    assert set(body) == {"uuid", "event", "timestamp", "subscriptionId", "ownerId", "body"}


def test_the_guides_spelling_of_the_secret_header(simulator, client, receiver):
    simulator.change_settings(secret_header="Validation-Token")
    client.subscribe(receiver.url)
    simulator.receive()
    simulator.wait_delivered()
    assert receiver.received[0][0]["Validation-Token"] == "hush"


def test_a_sent_fax_is_first_new_and_then_updated(simulator, client, receiver):
    client.subscribe(receiver.url)
    fax_id = simulator.send(["+16505550111"])
    simulator.finish(fax_id)
    simulator.wait_delivered()
    first, *later = changes(receiver)
    assert first == {"type": "Fax", "newCount": 1, "newMessageIds": [int(fax_id)]}
    assert later == [{"type": "Fax", "updatedCount": 1}] * 2


def test_directions_are_filtered(simulator, client, receiver):
    client.subscribe(receiver.url, f"{MAILBOX}/message-store?type=Fax&direction=Outbound")
    simulator.receive()
    simulator.wait_delivered()
    assert receiver.bodies == []


def test_the_instant_event_shows_the_whole_fax_except_to(simulator, client, receiver):
    client.subscribe(receiver.url, INSTANT)
    (fax_id,) = simulator.receive(Inbound(pages=2))
    simulator.send(["+16505550111"])
    simulator.wait_delivered()
    (body,) = (body["body"] for body in receiver.bodies)
    assert (body["id"], body["faxPageCount"]) == (fax_id, 2)
    assert isinstance(body["attachments"][0]["id"], str)
    assert body["attachments"][0]["uri"].startswith(simulator.url)
    assert "to" not in body


def test_faxes_received_together_may_be_told_together(simulator, client, receiver):
    simulator.change_settings(coalesce=True)
    client.subscribe(receiver.url)
    ids = simulator.receive(Inbound(pages=1), count=3)
    simulator.wait_delivered()
    (change,) = changes(receiver)
    assert (change["newCount"], change["newMessageIds"]) == (3, [int(each) for each in ids])


def test_a_new_extension_is_told(simulator, client, receiver):
    client.subscribe(receiver.url, "/restapi/v1.0/account/~/extension")
    new = simulator.add_extension(simulator.accounts()[0]["id"], NewExtension("Nora"))
    simulator.wait_delivered()
    (body,) = (body["body"] for body in receiver.bodies)
    assert (body["extensionId"], body["eventType"]) == (new["id"], "Create")


def test_reminders_come_before_the_end_and_repeat(simulator, client, receiver):
    client.subscribe(receiver.url, f"{MAILBOX}/message-store", REMINDER, expiresIn=100)
    simulator.advance(30)
    simulator.wait_delivered()
    assert receiver.bodies == []
    simulator.advance(11)
    simulator.advance(21)
    simulator.wait_delivered()
    assert [body["event"] for body in receiver.bodies] == [REMINDER] * 2
    assert receiver.bodies[0]["body"]["expiresIn"] == pytest.approx(59, abs=1)


def test_every_shape_of_the_body_occurs(simulator):
    simulator.receive()
    fax = next(iter(next(simulator._world.extensions()).mailbox.every.values()))
    now = datetime.now(UTC)
    old = Variant(integer_ids=True, with_account=True, with_zeros=True, old_zone=True)
    body = message_body([fax], "new", old, now)
    assert body["lastUpdated"].endswith("+0000")
    assert isinstance(body["extensionId"], int)
    assert body["changes"][0]["updatedCount"] == 0
    bare = message_body([fax], "new", Variant(with_new_ids=False, with_owner=False), now)
    assert bare["changes"] == [{"type": "Fax", "newCount": 1}]
    assert "ownerId" not in bare
    dice = random.Random(1)
    drawn = [variant(dice) for _ in range(60)]
    for name in Variant.__dataclass_fields__:
        assert {getattr(each, name) for each in drawn} == {True, False}


def test_dropped_doubled_and_late(simulator, client, receiver):
    client.subscribe(receiver.url)
    simulator.fault("event_dropped", Fault(count=1))
    simulator.receive()
    simulator.fault("event_doubled", Fault(count=1))
    simulator.receive()
    simulator.wait_delivered()
    first, second = uuids(receiver)
    assert first == second
    simulator.fault("event_late", Fault(count=1, seconds=90))
    simulator.receive()
    simulator.wait_delivered()
    assert len(receiver.bodies) == 2
    simulator.advance(91)
    eventually(lambda: len(receiver.bodies) == 3)
    simulator.wait_delivered()
    assert [each["result"] for each in simulator.notifications()] == ["dropped", "ok", "ok", "ok"]


def test_in_an_outage_notifications_are_lost(simulator, client, receiver):
    client.subscribe(receiver.url, f"{MAILBOX}/message-store", REMINDER, expiresIn=100)
    simulator.fault("event_late", Fault(count=1, seconds=30))
    simulator.fault("event_reordered", Fault(count=1))
    simulator.receive(count=2)
    simulator.fault("outage", Fault(seconds=50))
    simulator.receive()
    simulator.advance(90)
    simulator.receive()
    simulator.wait_delivered()
    assert [REMINDER in body["event"] for body in receiver.bodies] == [False]
    assert simulator.notification_counts() == {"dropped": 4, "ok": 1}


def test_an_outage_also_takes_what_waits_for_its_turn(simulator, client, receiver):
    client.subscribe(receiver.url)
    receiver.silent.set()
    simulator.receive(count=2)
    eventually(lambda: receiver.received)
    simulator.fault("outage")
    simulator.wait_delivered()
    first, second = (each["result"] for each in simulator.notifications())
    assert ("timed out" in first, second) == (True, "dropped")


def test_reordered(simulator, client, receiver):
    client.subscribe(receiver.url)
    simulator.fault("event_reordered", Fault(count=1))
    first, second, third = (simulator.receive()[0] for _ in range(3))
    simulator.wait_delivered()
    order = [str(change["newMessageIds"][0]) for change in changes(receiver)]
    assert order == [second, first, third]


def test_a_failing_webhook_is_blacklisted_after_ten_minutes(simulator, client, receiver):
    made = client.subscribe(receiver.url).json()
    receiver.status = 503
    simulator.receive()
    simulator.wait_delivered()
    assert simulator.subscriptions()[0]["status"] == "Active"
    simulator.advance(601)
    simulator.receive()
    simulator.wait_delivered()
    body = client.get(f"/restapi/v1.0/subscription/{made['id']}").json()
    assert body["status"] == "Blacklisted"
    assert body["blacklistedData"]["reason"] == "Webhook responses with code: [503]"
    receiver.status = 200
    simulator.receive()
    simulator.wait_delivered()
    assert len(receiver.bodies) == 2


def test_one_good_answer_ends_a_row_of_failures(simulator, client, receiver):
    client.subscribe(receiver.url)
    for status in (500, 200, 500):
        receiver.status = status
        simulator.receive()
        simulator.wait_delivered()
        simulator.advance(400)
    assert simulator.subscriptions()[0]["status"] == "Active"


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (lambda receiver: receiver.silent.set(), "Read timed out"),
        (lambda receiver: setattr(receiver, "padding", 1100), "exceeds max size"),
    ],
)
def test_slow_or_long_answers_count_as_failures(simulator, client, receiver, behave, reason):
    simulator.change_settings(max_failures=1)
    client.subscribe(receiver.url)
    behave(receiver)
    simulator.receive()
    simulator.wait_delivered()
    (body,) = simulator.subscriptions()
    assert body["status"] == "Blacklisted"
    assert reason in body["blacklistedData"]["reason"]
