"""The doctor: one line for each thing, fine or what to do where, and nothing about anybody."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog import KnownLogin, Observation
from handlers.diagnosis import DO, FINE, NOTE, Diagnosis
from handlers.doctor import report
from handlers.open_questions import OPEN, Seen, answers
from simulator import Fault, Party
from subscriptions.knocking import Answer
from tests.handlers.household import LOGIN, Household

GOOD = Answer(status=200, seconds=0.01, size=180, echoed=True, content_type="application/json")
AREA = f"login {LOGIN}"


def examined(home: Household, answer: Answer = GOOD, base: str = "") -> dict[str, Diagnosis]:
    doctor = replace(home.house.doctor, knock=lambda address, token: answer, base=base)
    return {f"{each.area}: {each.what}": each for each in doctor.examine()}


def verdict(found: dict[str, Diagnosis], what: str) -> str:
    return found[f"{AREA}: {what}"].verdict


# --- logins --------------------------------------------------------------------------------


def test_an_administrator_with_all_permissions_is_fine(home: Household) -> None:
    home.receive_one()
    found = examined(home)
    for what in ("login", "ReadMessages", "own mailbox", "documents", "read status", "extensions"):
        assert verdict(found, what) == FINE, what
    assert {e.verdict for e in found.values() if e.area == AREA} == {FINE, NOTE}


def test_a_refused_login_says_what_to_do(home: Household) -> None:
    home.simulator.change_extension(home.mailbox.extension_id, status="Disabled")
    found = examined(home)
    assert verdict(found, "login") == DO
    assert f"{AREA}: ReadMessages" not in found


@pytest.mark.parametrize("scope", ["ReadMessages", "ReadAccounts", "SubscriptionWebhook"])
def test_a_missing_permission_is_named_with_its_place(home: Household, scope: str) -> None:
    scopes = {"ReadMessages", "ReadAccounts", "SubscriptionWebhook"} - {scope}
    home.simulator.change_account(scopes=sorted(scopes))
    found = examined(home)
    told = found.get(f"{AREA}: {scope}") or found[f"{AREA}: login"]
    assert told.verdict == DO
    assert scope in told.what or scope in told.words


def test_a_permission_too_many_is_only_noted(home: Household) -> None:
    assert verdict(examined(home), "EditMessages") == NOTE


def test_a_permission_that_only_sending_needs_is_noted_where_it_lacks(home: Household) -> None:
    assert verdict(examined(home), "Faxes") == FINE
    home.simulator.change_account(scopes=["ReadMessages", "ReadAccounts", "SubscriptionWebhook"])
    told = examined(home)[f"{AREA}: Faxes"]
    assert (told.verdict, "only to send" in told.words) == (NOTE, True)


def test_a_media_host_that_does_not_answer_is_told(home: Household) -> None:
    home.receive_one()
    home.simulator.fault("server_error", Fault(path="/content/", status=503))
    found = examined(home)
    assert verdict(found, "documents") == DO
    assert "RC_MEDIA_URL" in found[f"{AREA}: documents"].advice


def test_without_any_fax_there_is_nothing_to_try(home: Household) -> None:
    assert verdict(examined(home), "documents") == NOTE


def test_the_doctor_changes_nothing(home: Household) -> None:
    home.receive(2)
    before = home.simulator.truth()
    examined(home)
    assert home.simulator.truth() == before
    methods = {call["method"] for call in home.simulator.requests()["records"]}
    assert methods <= {"GET", "POST"}
    posts = [e["path"] for e in home.simulator.requests()["records"] if e["method"] == "POST"]
    assert all(path.endswith("/oauth/token") for path in posts)


# --- webhook and machine -------------------------------------------------------------------


def test_a_good_door_is_fine(home: Household) -> None:
    found = examined(home, base="https://faxes.example/webhooks/ringcentral/")
    assert found["webhook of main: public address"].verdict == FINE


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (Answer(trouble="nobody listens there"), "FAXKEEP_PUBLIC_URL"),
        (Answer(trouble="its certificate is not accepted: expired"), "whole chain"),
        (replace(GOOD, status=404, echoed=False), "pass /webhooks/ on"),
    ],
)
def test_a_bad_door_says_what_to_do(home: Household, answer: Answer, advice: str) -> None:
    told = examined(home, answer, "https://faxes.example/")["webhook of main: public address"]
    assert told.verdict == DO
    assert advice in told.advice


def test_without_a_public_address_there_is_a_note(home: Household) -> None:
    assert examined(home)["webhook: calls"].verdict == NOTE


def test_a_data_folder_that_others_can_read_is_told(home: Household) -> None:
    assert examined(home)["machine: data folder"].verdict == FINE
    home.house.settings.data.chmod(0o755)
    assert examined(home)["machine: data folder"].verdict == DO


def test_signs_of_the_service_are_told_too(home: Household) -> None:
    assert examined(home)["service: worker"].verdict == DO


# --- what is written down ------------------------------------------------------------------


def test_the_report_tells_of_nobody(home: Household) -> None:
    sender = Party("+12025550177", "Mallory Patient")
    home.simulator.receive(replace(home.page, sender=sender))
    home.look()
    text = json.dumps(report(list(examined(home).values()), "0.1.0", home.clock.now()))
    settings = home.house.settings.accounts[0]
    for secret in ("2025550177", "Mallory", "Ada", settings.client_secret, settings.logins[0].jwt):
        assert secret not in text
    assert not re.search(r"\+1\d{10}", text)


def test_the_report_calls_no_mailbox_by_its_number(home: Household) -> None:
    home.pass_time(5 * 24 * 3600)
    home.tamper("UPDATE mailboxes SET status = 'unreachable', status_reason = 'x'")
    found = [*examined(home).values()]
    assert any("Mailbox 101 " in each.words for each in found)
    text = json.dumps(report(found, "0.1.0", home.clock.now()))
    assert "Mailbox (number) cannot be read: x" in text
    assert "Mailbox 101" not in text
    ids = replace(found[0], words=f"a statement of mailbox {home.mailbox.id}, for one")
    told = report([ids], "0.1.0", home.clock.now())["diagnoses"]
    assert "statement of mailbox (number), for one" in str(told)


# --- open questions ------------------------------------------------------------------------


NOTHING = Seen((), {}, (), (), {}, 0, 0)


def told(seen: Seen) -> dict[str, str]:
    return {each.what: each.words for each in answers(seen)}


def test_nothing_seen_is_said_of_every_question() -> None:
    assert set(told(NOTHING).values()) == {OPEN}


def observed(home: Household, topic: str, value: str) -> Sequence[Observation]:
    with home.house.catalog.transaction() as tx:
        tx.observations.note(topic, value, home.clock.now())
        return tx.observations.all()


@pytest.mark.parametrize(
    ("topic", "value", "question"),
    [
        ("a sync token was refused at the age of", "3 days", "sync token"),
        ("a list named a fax that no sync had told", "1-2", "no sync told"),
        ("the call log told of a fax that no list had", "1-2", "call log"),
        ("RingCentral answered GET /x with", "409 MSG-368", "MSG-368"),
        ("RingCentral answered POST /x with", "400 SUB-521", "errors of subscriptions"),
        ("RingCentral answered GET /message-store/*/content/* with", "403 CMN-408", "fetching"),
    ],
)
def test_what_was_observed_answers_its_question(
    home: Household, topic: str, value: str, question: str
) -> None:
    answered = told(replace(NOTHING, observations=observed(home, topic, value)))
    (matching,) = [words for what, words in answered.items() if question in what]
    assert matching != OPEN
    assert [words for words in answered.values() if words != OPEN] == [matching]


def test_signs_logins_and_counts_answer_theirs(home: Household) -> None:
    moment = home.clock.now()
    answered = told(
        replace(
            NOTHING,
            signs={"handshake": moment - timedelta(days=1), "handshake with our secret": moment},
            logins=[KnownLogin("a/1", "a", mailboxes_per_subscription=11)],
            documents={"pdf": 7, "tiff": 2},
            repeated_calls=3,
            late_calls=2,
        )
    )
    assert {what: words for what, words in answered.items() if words != OPEN} == {
        "does a handshake carry our verification token?": f"yes, last {moment:%Y-%m-%d}",
        "are calls repeated?": "yes: 3 of the last 30 days",
        "are calls kept while a subscription is suspended?": "yes: 2 faxes of blind windows",
        "how many filters may a subscription have?": "fewer than for 22 mailboxes (SUB-508)",
        "does fetching documents need a permission of the user?": (
            "no: 9 were fetched and none refused"
        ),
        "are there TIFF documents?": "7 pdf, 2 tiff",
    }


@pytest.mark.parametrize(
    ("content_type", "base", "noted"),
    [
        ("application/problem+json", "https://faxes.example/webhooks/ringcentral/", True),
        ("application/json", "https://faxes.example/webhooks/ringcentral/", False),
        ("text/html", "https://faxes.example/webhooks/ringcentral/", False),
        ("application/problem+json", "http://127.0.0.1:8080/webhooks/ringcentral/", False),
    ],
)
def test_an_api_that_the_internet_reaches_is_noted(
    home: Household, content_type: str, base: str, noted: bool
) -> None:
    asked = []

    def knock(address: str, token: str) -> Answer:
        asked.append(address)
        is_api = address.endswith("/api/v1/faxes")
        return replace(GOOD, content_type=content_type) if is_api else GOOD

    doctor = replace(home.house.doctor, knock=knock, base=base)
    found = {f"{each.area}: {each.what}": each for each in doctor.examine()}

    assert ("webhook: HTTP API" in found) == noted
    if noted:
        assert found["webhook: HTTP API"].verdict == NOTE
    assert asked[-1] == base.replace("/webhooks/ringcentral/", "/api/v1/faxes")
