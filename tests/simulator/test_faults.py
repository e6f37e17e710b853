"""Requests that go wrong, the seeded dice, and the mixture of a bad day."""

import random
import threading
import time

import pytest
import requests

from simulator import Fault, Inbound, Plan, Simulator
from simulator.faults import LISTING, MEANINGS, NAMES, Faults, bad_day

MAILBOX = "/restapi/v1.0/account/~/extension/~"


def test_server_errors(simulator, client):
    simulator.fault("server_error", Fault(count=1, status=500))
    assert client.get(MAILBOX).status_code == 500
    simulator.fault("server_error", Fault(count=1, status=503, seconds=7))
    answer = client.get(MAILBOX)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert client.get(MAILBOX).status_code == 200


def test_a_forced_429_is_a_real_penalty(simulator, client):
    simulator.fault("throttled", Fault(count=1, seconds=5))
    assert client.get(MAILBOX).headers["Retry-After"] == "5"
    simulator.advance(4)
    assert client.get(MAILBOX).status_code == 429
    simulator.advance(6)
    assert client.get(MAILBOX).status_code == 200


def test_cut_before_did_nothing_and_cut_after_did_it(simulator, client):
    (fax_id,) = simulator.receive()
    path = f"{MAILBOX}/message-store/{fax_id}"
    for name, expected in (("cut_before", "Unread"), ("cut_after", "Read")):
        simulator.fault(name, Fault(count=1))
        with pytest.raises(requests.ConnectionError):
            client.ask("PUT", path, json={"readStatus": "Read"})
        assert simulator.truth()[0]["readStatus"] == expected
    faults = [each["fault"] for each in simulator.requests(method="PUT")["records"]]
    assert faults == ["cut_before", "cut_after"]


def test_in_an_outage_nothing_is_answered_and_faxes_still_arrive(simulator, client):
    (fax_id,) = simulator.receive()
    uri = client.get(f"{MAILBOX}/message-store/{fax_id}").json()["attachments"][0]["uri"]
    simulator.fault("outage")
    for act in (client.login, lambda: client.get(MAILBOX), lambda: client.get(uri)):
        with pytest.raises(requests.ConnectionError):
            act()
    simulator.receive()
    noted = simulator.requests()["records"][-3:]
    assert [(each["fault"], each["status"]) for each in noted] == [("outage", 0)] * 3
    assert requests.delete(f"{simulator.control_url}/faults/outage", timeout=5).json() == {}
    assert len(client.records()) == 2


def test_an_outage_may_end_by_itself(simulator, client):
    simulator.fault("outage", Fault(seconds=60))
    simulator.advance(30)
    with pytest.raises(requests.ConnectionError):
        client.get(MAILBOX)
    simulator.advance(31)
    assert client.get(MAILBOX).status_code == 200
    short = Fault(seconds=60)
    simulator.fault("outage", short)
    simulator.advance(30)
    simulator.fault("outage", short)
    simulator.advance(31)
    assert "outage" in simulator.faults()
    simulator.advance(30)
    assert simulator.faults() == {}


def test_a_fault_may_be_limited_to_paths(simulator, client):
    simulator.fault("server_error", Fault(path="/message-sync"))
    assert client.get(MAILBOX).status_code == 200
    assert client.get(f"{MAILBOX}/message-sync").status_code == 503


def test_stopping_does_not_wait_for_slow_answers():
    asked: list[Exception] = []

    def ask(url):
        try:
            requests.get(f"{url}{MAILBOX}", timeout=20)
        except requests.ConnectionError as problem:
            asked.append(problem)

    with Simulator(1) as simulator:
        simulator.fault("slow", Fault(seconds=15))
        thread = threading.Thread(target=ask, args=(simulator.url,))
        thread.start()
        while not simulator.requests()["total"]:
            time.sleep(0.005)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    thread.join()
    assert asked


def test_slow_answers_are_slow(simulator, client):
    simulator.fault("slow", Fault(count=1, seconds=0.1))
    began = time.monotonic()
    assert client.get(MAILBOX).status_code == 200
    assert time.monotonic() - began >= 0.1


def test_a_session_revoked_in_the_middle(simulator, client):
    simulator.fault("token_revoked", Fault(count=1))
    assert client.get(MAILBOX).json()["errorCode"] == "OAU-213"
    client.login()
    assert client.get(MAILBOX).status_code == 200


def test_counts_probabilities_and_names():
    faults = Faults(random.Random(3))
    faults.set("slow", Fault(count=2))
    assert [faults.strike("slow") is None for _ in range(3)] == [False, False, True]
    faults.set("slow", Fault(probability=0.5))
    struck = sum(faults.strike("slow") is not None for _ in range(1000))
    assert 400 < struck < 600
    with pytest.raises(KeyError):
        faults.set("earthquake", Fault())
    assert set(MEANINGS) == set(NAMES)
    assert set(NAMES) - set(bad_day()) == {"outage", "report_failed", *LISTING}


def story(seed):
    """What a seed makes of some faxes and requests, ports and times left out."""
    with Simulator(seed, Plan(accounts=(2, 1))) as simulator:
        simulator.bad_day()
        simulator.receive(Inbound(pages=1, document=b"%PDF-", content_type="x"), count=3)
        simulator.send(["+16505550111"])
        people = [
            (each["id"], each["env"]["RC_USER_JWT"], each["phone"])
            for account in simulator.accounts()
            for each in account["extensions"]
        ]
        faxes = [(fax["id"], fax["from"], fax["document"]["size"]) for fax in simulator.truth()]
        struck = [simulator._world.faults.strike("event_dropped") is None for _ in range(50)]
        return people, faxes, struck


def test_the_same_seed_tells_the_same_story():
    assert story(1) == story(1)
    assert story(1) != story(2)


def test_on_a_bad_day_every_fax_can_still_be_had(simulator, client):
    simulator.bad_day()
    ids = simulator.receive(Inbound(pages=1), count=15)
    got = {}
    for _ in range(400):
        missing = [each for each in ids if each not in got]
        if not missing:
            break
        try:
            answer = client.content(missing[0])
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, KeyError):
            client.login()
            simulator.advance(6)
            continue
        if answer.status_code == 200 and answer.content == simulator.document(missing[0]):
            got[missing[0]] = answer.content
    assert len(got) == 15
