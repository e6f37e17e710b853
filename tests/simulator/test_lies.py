"""Listings that lie: empty ones, syncs that forget, and faxes that appear late."""

import pytest

from simulator import Fault, Inbound

STORE = "/restapi/v1.0/account/~/extension/~/message-store"
LONG_AGO = "2020-01-01T00:00:00.000Z"


def ids(records):
    return [str(each["id"]) for each in records]


def faults(simulator):
    return [each["fault"] for each in simulator.requests()["records"] if each["fault"]]


def test_a_list_may_claim_that_there_is_nothing(simulator, client):
    (fax_id,) = simulator.receive()
    simulator.fault("list_empty", Fault(count=2))
    body = client.get(STORE).json()
    assert (body["records"], body["paging"]["totalElements"]) == ([], 0)
    full = client.sync(dateFrom=LONG_AGO)
    assert (full["records"], full["syncInfo"]["syncType"]) == ([], "FSync")
    assert client.get(f"{STORE}/{fax_id}").status_code == 200
    assert ids(client.records()) == ids(client.sync()["records"]) == [fax_id]
    assert faults(simulator) == ["list_empty"] * 2


def test_an_incremental_sync_never_claims_that(simulator, client):
    token = client.sync()["syncInfo"]["syncToken"]
    new = simulator.receive()
    simulator.fault("list_empty")
    assert ids(client.sync(token)["records"]) == new
    simulator.fault("sync_full")
    assert client.sync(token)["records"] == []
    assert faults(simulator) == ["sync_full list_empty"]


def test_a_lie_may_be_limited_to_an_extension(simulator, client):
    simulator.receive()
    simulator.fault("list_empty", Fault(path="/extension/5/"))
    assert len(client.records()) == 1


def test_a_sync_may_forget_what_changed(simulator, client):
    token = client.sync()["syncInfo"]["syncToken"]
    first, second = simulator.receive(Inbound(pages=1), count=2)
    simulator.advance(60)
    simulator.fault("sync_forgets", Fault(count=1))
    answer = client.sync(token)
    assert ids(answer["records"]) == [first]
    assert client.sync(answer["syncInfo"]["syncToken"])["records"] == []
    assert ids(client.records()) == [second, first]
    assert faults(simulator) == ["sync_forgets"]


def test_a_sync_forgets_by_chance(simulator, client):
    token = client.sync()["syncInfo"]["syncToken"]
    simulator.receive(Inbound(document=b"%PDF-", pages=1), count=100)
    simulator.fault("sync_forgets", Fault(probability=0.3))
    assert 50 < len(client.sync(token)["records"]) < 90


def test_a_hidden_fax_appears_late_as_one_that_changed(simulator, client):
    token = client.sync(dateFrom=LONG_AGO)["syncInfo"]["syncToken"]
    (fax_id,) = simulator.receive()
    uri = client.get(f"{STORE}/{fax_id}").json()["attachments"][0]["uri"]
    simulator.hide(fax_id, 60)
    assert client.records() == client.sync()["records"] == []
    assert [client.get(path).status_code for path in (f"{STORE}/{fax_id}", uri)] == [404, 404]
    simulator.advance(30)
    answer = client.sync(token)
    assert answer["records"] == []
    simulator.advance(31)
    (record,) = client.sync(answer["syncInfo"]["syncToken"])["records"]
    assert record["creationTime"] < record["lastModifiedTime"]
    assert record == client.records()[0]
    assert client.get(uri).content == simulator.document(fax_id)


def test_a_hidden_fax_counts_and_may_be_hidden_for_longer(simulator, client):
    simulator.change_account(inbox_limit=1)
    fax_id = simulator.receive(Inbound(pages=1), count=2)[1]
    assert [bool(each["evicted"]) for each in simulator.truth()] == [True, False]
    simulator.hide(fax_id, 60)
    simulator.hide(fax_id, 600)
    simulator.advance(61)
    assert client.records() == []
    new = simulator.receive()
    before = simulator.truth()
    simulator.advance(600)
    assert ids(client.records()) == new
    assert simulator.truth() == before


def test_deleting_everything_spares_what_is_hidden(simulator, client):
    simulator.hide(simulator.receive(Inbound(pages=1), count=2)[0], 60)
    client.ask("DELETE", STORE)
    assert [each["deleted"] for each in simulator.truth()] == [False, True]


def test_nobody_is_hidden_for_no_time(simulator):
    (fax_id,) = simulator.receive()
    with pytest.raises(ValueError, match="seconds"):
        simulator.hide(fax_id, 0)
