"""Retention: what RingCentral drops by itself, and how that looks."""

import pytest

from simulator import Inbound, Refusal

MAILBOX = "/restapi/v1.0/account/~/extension/~"
EVER = "?dateFrom=2020-01-01T00:00:00Z"
DAY = 86_400


def test_the_oldest_inbound_fax_goes_when_the_inbox_is_full(simulator, client):
    simulator.change_account(inbox_limit=2)
    first = simulator.receive(Inbound(pages=1))[0]
    token = client.sync(dateFrom="2020-01-01T00:00:00Z")["syncInfo"]["syncToken"]
    rest = simulator.receive(Inbound(pages=1), count=2)
    assert [str(each["id"]) for each in client.records()] == list(reversed(rest))
    answer = client.get(f"{MAILBOX}/message-store/{first}")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "CMN-102")
    gone = [each for each in client.sync(token)["records"] if str(each["id"]) == first]
    assert gone == [{"id": int(first), "availability": "Purged"}]
    assert simulator.truth()[0]["evicted"]
    assert not simulator.truth()[0]["deleted"]


def test_sent_faxes_go_after_thirty_days_and_inbound_ones_stay(simulator, client):
    sent = simulator.send(["+16505550111"])
    (received,) = simulator.receive()
    simulator.advance(29 * DAY)
    client.login()
    assert len(client.records(EVER)) == 2
    simulator.advance(2 * DAY)
    client.login()
    assert [str(each["id"]) for each in client.records(EVER)] == [received]
    assert [each["id"] for each in simulator.truth() if each["evicted"]] == [sent]


def test_a_hipaa_account_drops_inbound_faxes_too(simulator):
    simulator.change_account(hipaa=True)
    simulator.receive()
    simulator.advance(31 * DAY)
    assert simulator.truth()[0]["evicted"]


def test_the_period_is_configured_by_administrators(simulator, client, login):
    path = "/restapi/v1.0/account/~/message-store-configuration"
    assert client.get(path).json() == {"retentionPeriod": 30}
    assert client.ask("PUT", path, json={"retentionPeriod": 91}).status_code == 400
    client.ask("PUT", path, json={"retentionPeriod": 7})
    simulator.send(["+16505550111"])
    simulator.advance(8 * DAY)
    assert simulator.truth()[0]["evicted"]
    user = login(simulator.accounts()[0]["extensions"][1]["id"])
    assert user.get(path).json()["errorCode"] == "CMN-408"


def test_deleted_becomes_purged_and_then_nothing(simulator, client):
    (fax_id,) = simulator.receive()
    simulator.delete(fax_id)
    simulator.advance(5 * DAY + 1)
    assert simulator.truth()[0]["availability"] == "Purged"
    client.login()
    assert client.get(f"{MAILBOX}/message-store/{fax_id}").status_code == 200
    simulator.advance(5 * DAY + 1)
    client.login()
    assert client.get(f"{MAILBOX}/message-store/{fax_id}").status_code == 404
    assert simulator.truth()[0]["deleted"]


def test_a_fax_that_is_gone_stays_in_the_truth_and_nobody_can_touch_it(simulator):
    simulator.change_account(inbox_limit=1)
    first, _ = simulator.receive(Inbound(pages=1), count=2)
    before = simulator.truth()[0]
    assert before["id"] == first
    for touch in (simulator.mark, simulator.sicken):
        with pytest.raises(Refusal):
            touch(first, "Read")
    assert simulator.truth()[0] == before
    assert simulator.document(first).startswith(b"%PDF")


def test_a_restored_fax_has_its_old_place_in_the_inbox(simulator, client):
    simulator.change_account(inbox_limit=2)
    first, second = simulator.receive(Inbound(pages=1), count=2)
    simulator.delete(first)
    client.ask("PATCH", f"{MAILBOX}/message-store/{first}", json={"availability": "Alive"})
    (third,) = simulator.receive(Inbound(pages=1))
    assert [str(each["id"]) for each in client.records()] == [third, second]
