"""The message store: windows, filters, paging, bulk, and changes that must be provable."""

from email import message_from_string

import pytest

from simulator import Inbound

STORE = "/restapi/v1.0/account/~/extension/~/message-store"
VENDOR = {"Accept": "application/vnd.ringcentral.multipart+json"}


def test_without_dates_only_the_last_day_is_listed(simulator, client):
    old = simulator.receive()
    simulator.advance(25 * 3600)
    client.login()
    new = simulator.receive()
    assert [str(each["id"]) for each in client.records()] == new
    listed = client.records("?dateFrom=2020-01-01T00:00:00Z")
    assert [str(each["id"]) for each in listed] == new + old


def test_pages_are_walked_by_their_links(simulator, client):
    ids = simulator.receive(Inbound(pages=1), count=5)
    seen, uri = [], f"{STORE}?perPage=2&direction=Inbound"
    while uri:
        body = client.get(uri).json()
        seen += [str(each["id"]) for each in body["records"]]
        uri = body["navigation"].get("nextPage", {}).get("uri")
    assert seen == list(reversed(ids))
    assert body["paging"] == {
        "page": 3,
        "perPage": 2,
        "pageStart": 4,
        "pageEnd": 4,
        "totalPages": 3,
        "totalElements": 5,
    }


def test_totals_may_be_missing_and_big_pages_are_cut(simulator, client):
    simulator.change_settings(omit_totals=True)
    paging = client.get(f"{STORE}?perPage=5000").json()["paging"]
    assert paging == {"page": 1, "perPage": 1000}


@pytest.mark.parametrize(
    "query", ["page=0", "perPage=x", "dateFrom=yesterday", "direction=Up", "readStatus=Maybe"]
)
def test_senseless_parameters_are_refused(client, query):
    answer = client.get(f"{STORE}?{query}")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "CMN-101")


def test_filters(simulator, client):
    (inbound,) = simulator.receive(Inbound(pages=1))
    outbound = simulator.send(["+16505550111"])

    def ids(query):
        return [str(each["id"]) for each in client.records(query)]

    assert ids("?direction=Outbound") == [outbound]
    assert ids("?direction=Inbound&direction=Outbound") == [outbound, inbound]
    assert ids("?readStatus=Unread") == [inbound]
    assert ids("?messageType=SMS") == []
    assert ids("?phoneNumber=16505550111") == [outbound]


def test_ids_are_numbers_or_strings_as_set(simulator, client):
    simulator.receive()
    assert isinstance(client.records()[0]["id"], int)
    simulator.change_settings(id_style="string")
    assert isinstance(client.records()[0]["id"], str)


def test_bulk_answers_207_as_vendor_json_or_multipart(simulator, client):
    ids = simulator.receive(Inbound(pages=1), count=2)
    path = f"{STORE}/{','.join([*ids, '5'])}"
    answer = client.get(path, headers=VENDOR)
    assert answer.status_code == 207
    assert [part["status"] for part in answer.json()] == [200, 200, 404]
    mixed = client.get(path)
    whole = message_from_string(f"Content-Type: {mixed.headers['Content-Type']}\n\n{mixed.text}")
    assert len(whole.get_payload()) == 4
    too_many = client.get(f"{STORE}/{','.join(['1'] * 51)}")
    assert too_many.json()["errorCode"] == "CMN-106"


def test_read_status_changes_only_when_told(simulator, client):
    (fax_id,) = simulator.receive()
    client.content(fax_id)
    assert simulator.truth()[0]["readStatus"] == "Unread"
    client.ask("PUT", f"{STORE}/{fax_id}", json={"readStatus": "Read"})
    assert simulator.truth()[0]["readStatus"] == "Read"
    (written,) = simulator.requests(method="PUT")["records"]
    assert written["path"].endswith(fax_id)


def test_deleting_takes_two_steps_and_a_restore_undoes_the_first(simulator, client):
    (fax_id,) = simulator.receive()
    path = f"{STORE}/{fax_id}"
    assert client.ask("DELETE", path).status_code == 204
    assert client.records() == []
    assert client.records("?availability=Deleted")[0]["availability"] == "Deleted"
    client.ask("PATCH", path, json={"availability": "Alive"})
    assert len(client.records()) == 1
    client.ask("DELETE", path)
    client.ask("DELETE", path)
    assert simulator.truth()[0]["availability"] == "Purged"
    assert client.ask("DELETE", path).status_code == 204
    assert client.ask("PATCH", path, json={"availability": "Alive"}).status_code == 400


def test_deleting_without_ids_deletes_everything(simulator, client):
    simulator.receive(Inbound(pages=1), count=3)
    assert client.ask("DELETE", STORE).status_code == 204
    assert [each["deleted"] for each in simulator.truth()] == [True] * 3


def test_unknown_addresses_and_methods(client):
    assert client.get("/restapi/v1.0/nothing").json()["errorCode"] == "CMN-120"
    assert client.ask("POST", STORE).json()["errorCode"] == "OAU-151"
    assert client.get(f"{STORE}/5").json()["errorCode"] == "CMN-102"
