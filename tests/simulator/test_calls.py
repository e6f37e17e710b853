"""The call log as proof of transmission, cover pages, and the list of extensions."""

from simulator import Inbound, NewExtension, Party

ACCOUNT = "/restapi/v1.0/account/~"
LOG = f"{ACCOUNT}/extension/~/call-log"


def test_every_finished_fax_has_a_call(simulator, client):
    sent = simulator.send(["+16505550111", "+16505550112"])
    simulator.finish(sent, number="+16505550111")
    simulator.finish(sent, number="+16505550112", error="LineBusy")
    busy, done = client.get(LOG, params={"type": "Fax", "direction": "Outbound"}).json()["records"]
    assert {busy["message"]["id"], done["message"]["id"]} == {sent}
    assert {(each["result"], each.get("reason")) for each in (busy, done)} == {
        ("Sent", None),
        ("Busy", "Line Busy"),
    }
    assert done["action"] == "Outgoing Fax"
    found = client.get(LOG, params={"phoneNumber": "16505550112"}).json()["records"]
    assert [each["result"] for each in found] == ["Busy"]


def test_a_lost_inbound_fax_is_found_only_here(simulator, client):
    simulator.lose_inbound()
    (call,) = client.get(LOG, params={"view": "Detailed"}).json()["records"]
    assert call["reason"] == "Fax Not Received"
    assert "message" not in call
    assert call["legs"][0]["direction"] == "Inbound"
    assert client.records() == []


def test_one_call_several_calls_and_none(simulator, client):
    simulator.receive(Inbound(pages=1), count=2)
    one, two = (each["id"] for each in client.get(LOG).json()["records"])
    assert client.get(f"{LOG}/{one}").json()["id"] == one
    assert [each["status"] for each in client.get(f"{LOG}/{one},{two},x").json()] == [200, 200, 404]
    assert client.get(f"{LOG}/x").status_code == 404


def test_the_company_log_is_for_administrators(simulator, client, login):
    second = simulator.accounts()[0]["extensions"][1]["id"]
    simulator.receive(extension=second)
    assert len(client.get(f"{ACCOUNT}/call-log").json()["records"]) == 1
    assert client.get(LOG).json()["records"] == []
    refused = login(second).get(f"{ACCOUNT}/call-log")
    assert refused.json()["errorCode"] == "CMN-408"


def test_messages_can_be_left_out_of_the_call_log(simulator, client):
    simulator.change_settings(omit_call_message=True)
    simulator.receive(Inbound(sender=Party("+16505550177")))
    (call,) = client.get(LOG).json()["records"]
    assert "message" not in call
    assert call["from"] == {"phoneNumber": "+16505550177"}


def test_a_call_that_is_tried_again_is_told_by_the_log_alone(simulator, client):
    sent = simulator.send(["+16505550111", "+16505550112"])
    before = simulator.truth()
    simulator.dial(sent, "LineBusy", number="+16505550112")
    assert simulator.truth() == before
    (call,) = client.get(LOG).json()["records"]
    assert (call["result"], call["to"]["phoneNumber"]) == ("Busy", "+16505550112")
    assert call["message"]["id"] == sent


def test_no_call_of_a_sent_fax_begins_before_it_was_there(simulator, client):
    sent = simulator.send(["+16505550111"], pages=3)
    simulator.finish(sent)
    (call,) = client.get(LOG).json()["records"]
    assert call["startTime"] >= simulator.truth()[0]["created"]


def test_a_call_may_stand_in_the_log_only_later(simulator, client):
    simulator.change_settings(call_log_lag=60.0)
    simulator.receive(Inbound(pages=1))
    assert client.get(LOG).json()["records"] == []
    simulator.advance(61)
    assert len(client.get(LOG).json()["records"]) == 1


def test_extensions_are_paged_and_filtered(simulator, client):
    account = simulator.accounts()[0]["id"]
    simulator.add_extension(account, NewExtension("Fax line", type="FaxUser", status="Disabled"))
    body = client.get(f"{ACCOUNT}/extension?perPage=3").json()
    assert len(body["records"]) == 3
    assert len(client.get(body["navigation"]["nextPage"]["uri"]).json()["records"]) == 1
    disabled = client.get(f"{ACCOUNT}/extension?status=Disabled&type=FaxUser").json()["records"]
    assert [each["name"] for each in disabled] == ["Fax line"]


def test_cover_pages_begin_with_none(client):
    first = client.get("/restapi/v1.0/dictionary/fax-cover-page").json()["records"][0]
    assert first == {"id": "0", "name": "None"}


def test_formatted_numbers(simulator, client):
    simulator.change_settings(format_numbers=True)
    simulator.receive(Inbound(sender=Party("+16505550177")))
    assert client.records()[0]["from"]["phoneNumber"] == "(650)555-0177"
