"""The life of extensions: changed, closed to administrators, disabled, removed."""

import pytest
import requests

from simulator import Inbound, NewExtension, Refusal

ACCOUNT = "/restapi/v1.0/account/~"
LIST = f"{ACCOUNT}/extension"


def code(answer):
    return answer.json()["errors"][0]["errorCode"]


def store(extension_id, rest="message-store"):
    return f"{LIST}/{extension_id}/{rest}"


@pytest.fixture
def second(simulator):
    """The id of an extension that is no administrator."""
    return simulator.accounts()[0]["extensions"][1]["id"]


def told(simulator, receiver):
    """The changes of the extension list that the webhook heard of."""
    simulator.wait_delivered()
    return [(body["body"]["extensionId"], body["body"]["eventType"]) for body in receiver.bodies]


def test_a_removed_extension_is_gone_for_the_api(simulator, login, second, receiver):
    admin, user = login(), login(second)
    (fax_id,) = simulator.receive(extension=second)
    own = f"{store(second)}/{fax_id}"
    uri = admin.get(own).json()["attachments"][0]["uri"]
    admin.subscribe(receiver.url, LIST, store(second))
    user.subscribe(receiver.url)
    simulator.remove_extension(second)
    assert second not in [str(each["id"]) for each in admin.get(LIST).json()["records"]]
    gone = [admin.get(path) for path in (own, uri, store(second), store(second, "message-sync"))]
    assert {(each.status_code, code(each)) for each in gone} == {(404, "CMN-102")}
    assert code(user.get(LIST)) == "OAU-213"
    assert code(user.login()) == "OAU-140"
    assert len(simulator.subscriptions()) == 1
    assert told(simulator, receiver) == [(second, "Delete")]


def test_the_truth_remembers_the_faxes_of_a_removed_extension(simulator, second):
    (kept,) = simulator.receive()
    (fax_id,) = simulator.receive(extension=second)
    queued = simulator.send(["+16505550111"], extension=second)
    simulator.remove_extension(second)
    truth = {each["id"]: each for each in simulator.truth()}
    assert truth[kept]["extensionRemoved"] == ""
    assert "T" in truth[fax_id]["extensionRemoved"]
    assert not truth[fax_id]["deleted"]
    assert not truth[fax_id]["evicted"]
    assert simulator.document(fax_id)
    with pytest.raises(Refusal):
        simulator.finish(queued)
    simulator.advance(100 * 86_400)
    assert simulator.truth() == list(truth.values())


def test_a_sent_fax_of_a_removed_extension_never_ends(simulator, second):
    simulator.change_settings(finish_after=60)
    simulator.send(["+16505550111"], extension=second)
    simulator.remove_extension(second)
    simulator.advance(120)
    assert simulator.truth()[0]["status"] == "Queued"


def test_a_new_extension_takes_nobodys_number(simulator, second):
    account = simulator.accounts()[0]["id"]
    numbers = [each["number"] for each in simulator.accounts()[0]["extensions"]]
    simulator.remove_extension(second)
    added = simulator.add_extension(account, NewExtension())
    assert added["number"] not in numbers


def test_a_changed_extension_is_told(simulator, client, receiver, second):
    client.subscribe(receiver.url, LIST)
    simulator.change_extension(second, name="Fax line")
    assert told(simulator, receiver) == [(second, "Update")]


@pytest.mark.parametrize("status", ["Disabled", "Frozen", "NotActivated", "Unassigned"])
def test_a_disabled_user_is_out_but_the_store_stays(simulator, login, second, status):
    admin, user = login(), login(second)
    (fax_id,) = simulator.receive(extension=second)
    simulator.change_extension(second, status=status)
    assert code(user.get(LIST)) == "OAU-213"
    assert code(user.login()) == "OAU-141"
    assert admin.get(f"{store(second)}/{fax_id}").status_code == 200


def test_an_extension_may_be_closed_to_administrators(simulator, login, second):
    admin, user = login(), login(second)
    (fax_id,) = simulator.receive(Inbound(pages=1), extension=second)
    uri = user.get(f"{store(second)}/{fax_id}").json()["attachments"][0]["uri"]
    simulator.change_extension(second, readable=False)
    paths = (store(second), f"{store(second)}/{fax_id}", store(second, "message-sync"), uri)
    refused = [admin.get(path) for path in paths]
    assert {(each.status_code, code(each)) for each in refused} == {(403, "CMN-408")}
    assert [user.get(path).status_code for path in paths] == [200] * 4
    assert admin.get(f"{LIST}/{second}").status_code == 200


def test_by_control(simulator, second):
    url = f"{simulator.control_url}/extensions/{second}"
    changed = requests.patch(url, json={"readable": False}, timeout=5).json()
    assert changed["readable"] is False
    assert requests.delete(url, timeout=5).status_code == 200
    assert requests.delete(url, timeout=5).status_code == 404
