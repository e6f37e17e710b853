"""Message sync: the frame in the token, the overlap, and what is told of deleted faxes."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator import Fault, Inbound

SYNC = "/restapi/v1.0/account/~/extension/~/message-sync"
LONG_AGO = "2020-01-01T00:00:00.000Z"


def ids(answer):
    return [str(each["id"]) for each in answer["records"]]


def test_an_incremental_sync_tells_what_changed(simulator, client):
    fax = simulator.send(["+16505550111"])
    token = client.sync(dateFrom=LONG_AGO)["syncInfo"]["syncToken"]
    simulator.advance(60)
    token = client.sync(token)["syncInfo"]["syncToken"]
    simulator.advance(60)
    assert client.sync(token)["records"] == []
    simulator.finish(fax, error="LineBusy")
    (record,) = client.sync(token)["records"]
    assert record["to"][0]["faxErrorCode"] == "LineBusy"


def test_it_looks_back_five_seconds(simulator, client):
    new = simulator.receive()
    token = client.sync(dateFrom=LONG_AGO)["syncInfo"]["syncToken"]
    assert ids(client.sync(token)) == new


def test_deleted_faxes_come_without_anything_but_id_and_availability(simulator, client):
    (fax_id,) = simulator.receive()
    token = client.sync()["syncInfo"]["syncToken"]
    simulator.delete(fax_id)
    assert client.sync(token)["records"] == [{"id": int(fax_id), "availability": "Deleted"}]


def test_the_frame_stays_in_the_token(simulator, client):
    token = client.sync(direction="Outbound")["syncInfo"]["syncToken"]
    simulator.receive()
    sent = simulator.send(["+16505550111"])
    assert ids(client.sync(token, direction="Inbound")) == [sent]


def test_the_default_window_is_a_day(simulator, client):
    simulator.receive()
    simulator.advance(25 * 3600)
    client.login()
    assert client.sync()["records"] == []


def test_a_cut_frame_says_so_and_the_rest_can_be_asked_for(simulator, client):
    old, middle, new = (simulator.receive(Inbound(pages=1))[0] for _ in range(3))
    first = client.sync(dateFrom=LONG_AGO, recordCount="2")
    assert ids(first) == [new, middle]
    assert first["syncInfo"]["olderRecordsExist"] is True
    until = first["records"][-1]["creationTime"]
    assert ids(client.sync(dateFrom=LONG_AGO, dateTo=until)) == [middle, old]


@pytest.mark.parametrize("token", ["", "x", "é", "bm90aGluZw", "A" * 300])
def test_a_bad_token_is_refused(client, token):
    answer = client.get(SYNC, params={"syncType": "ISync", "syncToken": token})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "MSG-333")
    assert answer.json()["parameterName"] == "syncToken"


def test_an_old_or_foreign_token_is_refused(simulator, login, client):
    token = client.sync()["syncInfo"]["syncToken"]
    other = login(simulator.accounts()[0]["extensions"][1]["id"])
    assert other.sync(token)["errorCode"] == "MSG-333"
    simulator.advance(8 * 86400)
    client.login()
    assert client.sync(token)["errorCode"] == "MSG-333"


def test_refusal_and_full_answer_on_demand(simulator, client):
    simulator.receive()
    token = client.sync()["syncInfo"]["syncToken"]
    simulator.fault("sync_refused", Fault(count=1))
    assert client.sync(token)["errorCode"] == "MSG-333"
    simulator.advance(60)
    simulator.fault("sync_full", Fault(count=1))
    full = client.sync(token)
    assert full["syncInfo"]["syncType"] == "FSync"
    assert len(full["records"]) == 1
    assert client.sync(full["syncInfo"]["syncToken"])["records"] == []


def test_times_are_utc_with_milliseconds(simulator, client):
    moment = client.sync()["syncInfo"]["syncTime"]
    assert moment.endswith("Z")
    assert datetime.now(UTC) - datetime.fromisoformat(moment) < timedelta(seconds=10)
