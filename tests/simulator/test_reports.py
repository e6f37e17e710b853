"""The account's export: its task, its zips and their layout."""

import io
import json
import zipfile

import pytest

from simulator import Fault, Inbound, Party

ACCOUNT = "/restapi/v1.0/account/~"
PATH = f"{ACCOUNT}/message-store-report"
STEP = 3.34


@pytest.fixture
def people(simulator):
    """The ids of the account's three extensions."""
    return [each["id"] for each in simulator.accounts()[0]["extensions"]]


@pytest.fixture
def export(simulator, client):
    """Makes a task, waits for its end and unpacks its zips: for each, bytes by name."""

    def make(**body):
        task = client.ask("POST", PATH, json=body).json()["uri"]
        simulator.advance(11)
        listed = client.get(f"{task}/archive").json()["records"]
        zips = [client.get(each["uri"]).content for each in listed]
        assert [each["size"] for each in listed] == [len(data) for data in zips]
        return [unpacked(data) for data in zips]

    return make


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_task_takes_its_time(simulator, client):
    made = client.ask("POST", PATH, json={"messageTypes": ["Fax"]})
    task, seen = made.json()["uri"], [made.json()["status"]]
    assert made.status_code == 202
    for _ in range(2):
        simulator.advance(STEP)
        seen.append(client.get(task).json()["status"])
        assert client.get(f"{task}/archive").json() == {"records": []}
        assert client.get(f"{task}/archive/0").status_code == 404
    simulator.advance(STEP)
    done = client.get(task).json()
    assert [*seen, done["status"]] == ["Accepted", "Pending", "InProgress", "Completed"]
    assert "finishTime" in done


def test_two_tasks_at_once_are_the_most(simulator, client):
    assert [client.ask("POST", PATH, json={}).status_code for _ in range(3)] == [202, 202, 429]
    simulator.advance(11)
    assert client.ask("POST", PATH, json={}).status_code == 202


def test_the_layout(simulator, export, people):
    ids = simulator.receive(Inbound(pages=1)) + simulator.receive(extension=people[1])
    simulator.send(["+16505550111"])
    listing, documents = export(messageTypes=["Fax"])
    account = simulator.accounts()[0]["id"]
    folders = [f"account/{account}/extension/{each}/message-store" for each in people]
    records = [json.loads(listing[f"{each}.json"])["records"] for each in folders]
    assert len(listing) == 3
    assert [len(each) for each in records] == [2, 1, 0]
    assert str(records[1][0]["id"]) == ids[1]
    assert documents == {
        f"{folder}/content/{fax_id}": simulator.document(fax_id)
        for folder, fax_id in zip(folders, ids, strict=False)
    }


def test_it_may_take_several_zips(simulator, export):
    ids = simulator.receive(Inbound(document=bytes(1000), pages=1), count=5)
    simulator.change_settings(export_zip_bytes=2500)
    _, *zips = export()
    assert [len(each) for each in zips] == [2, 2, 1]
    simulator.change_settings(export_zip_bytes=10)
    _, *zips = export()
    assert [name.rpartition("/")[2] for each in zips for name in each] == ids


def test_it_shows_the_account_as_of_its_making(simulator, client, people):
    (fax_id,) = simulator.receive()
    (gone,) = simulator.receive(extension=people[1])
    simulator.remove_extension(people[1])
    task = client.ask("POST", PATH, json={}).json()["uri"]
    simulator.delete(fax_id)
    simulator.receive()
    simulator.advance(11)
    names = unpacked(client.get(f"{task}/archive/1").content)
    assert [name.rpartition("/")[2] for name in names] == [fax_id]
    assert gone not in str(unpacked(client.get(f"{task}/archive/0").content))


def test_only_what_was_asked_for(simulator, export):
    simulator.receive()
    (listing,) = export(messageTypes=["SMS"])
    assert set(listing.values()) == {b'{\n "records": []\n}'}
    assert len(export(dateTo="2020-01-02T00:00:00Z", dateFrom="2020-01-01T00:00:00Z")) == 1


def test_numbers_may_be_masked(simulator, export):
    simulator.change_settings(mask_export=True)
    simulator.receive(Inbound(sender=Party("+16505550177"), pages=1))
    simulator.receive(Inbound(sender=Party("", "Nobody"), pages=1))
    text = next(iter(export()[0].values())).decode()
    first, second = json.loads(text)["records"]
    assert first["from"]["phoneNumber"] == "+1650555XXXX"
    assert first["to"][0]["phoneNumber"] == first["subject"] == "+1651555XXXX"
    assert "phoneNumber" not in second["from"]
    assert "+16515550100" not in text


def test_a_task_may_fail(simulator, client):
    simulator.receive()
    simulator.fault("report_failed", Fault(count=1))
    task, seen = client.ask("POST", PATH, json={}).json()["uri"], []
    for _ in range(4):
        simulator.advance(STEP)
        seen.append(client.get(task).json()["status"])
    assert seen == ["Pending", "InProgress", "AttemptFailed", "Failed"]
    assert client.get(f"{task}/archive").json() == {"records": []}
    assert client.ask("POST", PATH, json={}).status_code == 202
    simulator.advance(11)
    assert client.get(task).json()["status"] == "Failed"


def test_it_is_for_administrators(login, people):
    assert login(people[1]).ask("POST", PATH, json={}).json()["errorCode"] == "CMN-408"
