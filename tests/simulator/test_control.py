"""The control endpoints, and the program that runs the simulator."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.journal import KEEP, Asked, Carried, Journal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def order(simulator):
    """Sends one order to /control and gives back the JSON of a good answer."""

    def send(method, path, body=None, status=200):
        answer = requests.request(method, f"{simulator.control_url}{path}", json=body, timeout=5)
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


def test_the_list_in_words(order):
    words = order("GET", "/")
    assert len(words["endpoints"]) > 30
    assert "content_cut" in words["faults"]


def test_faxes_by_control(simulator, order):
    body = {"count": 2, "pages": 1, "from": "+16505550155", "content_type": "image/tiff"}
    first, second = order("POST", "/faxes", body)["ids"]
    sent = order("POST", "/faxes/sent", {"to": ["+16505550111"], "pages": 2})["id"]
    order("POST", f"/faxes/{sent}/render")
    order("POST", f"/faxes/{sent}/finish", {"error": "NoAnswer"})
    order("POST", f"/faxes/{first}/hide", {"seconds": 60})
    order("POST", f"/faxes/{first}/mark", {"readStatus": "Read"})
    order("POST", f"/faxes/{second}/delete", {"purge": True})
    order("POST", f"/faxes/{first}/fault", {"name": "content_html", "tries": 2})
    order("POST", "/faxes/lost", {})
    one, two, three = order("GET", "/truth")["records"]
    assert (one["readStatus"], one["contentFault"], one["from"]) == (
        "Read",
        "content_html",
        "+16505550155",
    )
    assert one["hiddenUntil"] > one["created"]
    assert two["availability"] == "Purged"
    assert three["recipients"][0]["error"] == "NoAnswer"
    raw = requests.get(f"{simulator.control_url}/faxes/{first}/document", timeout=5)
    assert raw.content[:4] in (b"II*\0", b"MM\0*")


def test_circumstances_by_control(simulator, order):
    before = order("GET", "/clock")["now"]
    assert order("POST", "/clock", {"advance": 3600})["now"] > before
    assert order("PUT", "/faults/slow", {"seconds": 2, "probability": 0.5})["slow"]["seconds"] == 2
    assert order("DELETE", "/faults/slow") == {}
    assert len(order("POST", "/bad-day")) == 18
    assert order("DELETE", "/faults") == {}
    assert order("PUT", "/limits", {"Light": {"requests": 3}})["Light"]["requests"] == 3
    assert order("PUT", "/settings", {"id_style": "string"})["id_style"] == "string"
    assert order("POST", "/tokens/revoke", {}) == {"ended": 0}


def test_residents_by_control(order):
    made = order("POST", "/accounts", {"name": "B", "extensions": [{"name": "Ada"}]})
    added = order("POST", f"/accounts/{made['id']}/extensions", {"name": "Ben"})
    assert added["env"]["RC_APP_CLIENT_ID"] == made["extensions"][0]["env"]["RC_APP_CLIENT_ID"]
    changed = order("PATCH", f"/extensions/{added['id']}", {"status": "Disabled"})
    assert changed["status"] == "Disabled"
    renewed = order("POST", f"/extensions/{added['id']}/credentials")["env"]
    assert renewed["RC_APP_CLIENT_SECRET"] != added["env"]["RC_APP_CLIENT_SECRET"]
    assert order("PATCH", f"/accounts/{made['id']}", {"inbox_limit": 5})["inboxLimit"] == 5
    assert len(order("GET", "/accounts")["records"]) == 2


def test_subscriptions_by_control(client, receiver, order):
    one, two = (client.subscribe(receiver.url).json()["id"] for _ in range(2))
    order("POST", f"/subscriptions/{one}/disable-filters", {})
    order("POST", f"/subscriptions/{one}/expire", {})
    order("POST", f"/subscriptions/{two}/blacklist", {"reason": "x"})
    first, second = order("GET", "/subscriptions")["records"]
    assert first["expired"]
    assert second["status"] == "Blacklisted"


def test_the_journal_by_control(simulator, client, receiver, order):
    client.subscribe(receiver.url)
    simulator.receive()
    simulator.wait_delivered()
    client.records()
    everything = order("GET", "/requests")
    assert everything["total"] == 3
    (listed,) = order("GET", "/requests?path=message-store&method=GET")["records"]
    assert (listed["group"], listed["status"], listed["host"]) == ("Light", 200, "api")
    assert listed["extension_id"] == simulator.accounts()[0]["extensions"][0]["id"]
    assert order("GET", "/requests?since=2999")["records"] == []
    told = order("GET", "/notifications")
    assert (told["records"][0]["result"], told["counts"]) == ("ok", {"ok": 1})
    order("DELETE", "/journal")
    assert order("GET", "/requests")["total"] == 0


def test_the_journal_counts_more_than_it_keeps():
    journal, tries = Journal(), KEEP + 1
    for _ in range(tries):
        journal.asked(Asked("", "GET", "api", "/", "", "Light", 200, "", "", 0, ""))
        journal.carried(Carried("", "", "", "", 200, 0, "ok"))
    assert len(journal.requests()["records"]) == len(journal.notifications()) == KEEP
    assert journal.requests()["counts"][0]["count"] == journal.results()["ok"] == tries


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("POST", "/faxes", {"colour": "red"}, 400),
        ("POST", "/faxes", {"document_base64": "!"}, 400),
        ("POST", "/faxes", {"extension": "5"}, 404),
        ("POST", "/faxes", {"count": 0}, 400),
        ("POST", "/faxes/5/finish", {}, 404),
        ("POST", "/faxes/5/hide", {"seconds": 5}, 404),
        ("POST", "/faxes/5/hide", {}, 400),
        ("POST", "/clock", {"advance": -1}, 400),
        ("POST", "/clock", {}, 400),
        ("PUT", "/faults/earthquake", {}, 400),
        ("PUT", "/faults/slow", {"count": "many"}, 400),
        ("PUT", "/limits", {"Light": {"pages": 1}}, 400),
        ("PUT", "/limits", {"Light": 5}, 400),
        ("PUT", "/settings", {"id_style": 5}, 400),
        ("PATCH", "/accounts/5", {}, 404),
        ("POST", "/subscriptions/5/expire", {}, 404),
        ("POST", "/extensions/5/credentials", {}, 404),
        ("POST", "/accounts", {"extensions": [{"jwt_expires": "someday"}]}, 400),
    ],
)
def test_nonsense_is_refused(order, method, path, body, status):
    order(method, path, body, status)


def test_the_program_says_where_it_is_and_ends_when_told():
    command = [sys.executable, "-m", "simulator", "--seed", "3", "--accounts", "2,1", "--bad-day"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        about = json.loads(program.stdout.readline())
        assert set(about) == {"url", "media_url", "control_url", "env"}
        assert about["url"] != about["media_url"]
        accounts = requests.get(f"{about['control_url']}/accounts", timeout=5).json()["records"]
        assert [len(each["extensions"]) for each in accounts] == [2, 1]
        assert accounts[0]["extensions"][0]["env"] == about["env"]
        program.send_signal(signal.SIGTERM)
        rest, complaints = program.communicate(timeout=5)
    assert (program.returncode, rest, complaints) == (0, b"", b"")
