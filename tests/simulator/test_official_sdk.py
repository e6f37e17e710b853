"""RingCentral's own Python SDK takes the simulator for RingCentral."""

import json

import pytest
from ringcentral.http.multipart_builder import MultipartBuilder

from simulator import Inbound

MAILBOX = "/restapi/v1.0/account/~/extension/~"


def test_logs_in_subscribes_hears_lists_syncs_and_downloads(simulator, sdk, receiver):
    made = sdk.post(
        "/restapi/v1.0/subscription",
        {
            "eventFilters": [f"{MAILBOX}/message-store?type=Fax"],
            "deliveryMode": {"transportType": "WebHook", "address": receiver.url},
        },
    ).json_dict()
    assert made["status"] == "Active"
    full = sdk.get(f"{MAILBOX}/message-sync?syncType=FSync").json_dict()
    (fax_id,) = simulator.receive(Inbound(pages=2))
    assert simulator.wait_delivered()
    assert receiver.bodies[0]["body"]["changes"][0]["newMessageIds"] == [int(fax_id)]
    (listed,) = sdk.get(f"{MAILBOX}/message-store").json_dict()["records"]
    token = full["syncInfo"]["syncToken"]
    synced = sdk.get(f"{MAILBOX}/message-sync?syncType=ISync&syncToken={token}").json_dict()
    assert synced["records"] == [listed]
    document = sdk.get(listed["attachments"][0]["uri"]).response().content
    assert document == simulator.document(fax_id)
    assert listed["readStatus"] == "Unread"


@pytest.mark.parametrize("mixed", [False, True])
def test_sends_a_fax_both_ways(simulator, sdk, mixed):
    builder = MultipartBuilder(sdk).set_multipart_mixed(mixed)
    builder.set_body({"to": [{"phoneNumber": "+16505550123", "name": "Kit"}], "coverIndex": 1})
    builder.add(("letter.txt", "Dear Kit\n" * 130, "text/plain"))
    answer = sdk.send_request(builder.request(f"{MAILBOX}/fax")).json_dict()
    assert answer["messageStatus"] == "Queued"
    assert answer["faxPageCount"] == 0
    simulator.finish(str(answer["id"]))
    sent = sdk.get(f"{MAILBOX}/message-store/{answer['id']}").json_dict()
    assert sent["messageStatus"] == "Sent"
    assert sent["faxPageCount"] == 4
    assert simulator.truth()[-1]["sources"][0]["fileName"] == "letter.txt"


def test_refreshes_and_logs_out(simulator, sdk):
    before = sdk.auth().access_token()
    sdk.refresh()
    assert sdk.auth().access_token() != before
    sdk.logout()
    assert simulator.revoke_tokens() == 0


def test_shows_no_secret_in_its_journal(simulator, sdk, receiver):
    simulator.receive()
    listed = sdk.get(f"{MAILBOX}/message-store").json_dict()["records"][0]
    token = sdk.auth().access_token()
    sdk.get(listed["attachments"][0]["uri"] + f"?access_token={token}")
    text = json.dumps(simulator.requests()) + json.dumps(simulator.notifications())
    secrets = [token, simulator.env["RC_APP_CLIENT_SECRET"], simulator.env["RC_USER_JWT"]]
    assert not any(secret in text for secret in secrets)
