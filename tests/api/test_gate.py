"""Who is let in where: every address with every token, and what strangers are told."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from api.tokens import Wish
from tests.api.served import BACK, DESK, Served

SCOPES = ("send", "read", "admin")
ADDRESSES: dict[tuple[str, str], set[str]] = {
    ("GET", "/faxes"): {"read"},
    ("POST", "/search"): {"read"},
    ("GET", "/faxes/<fax_id>"): {"read"},
    ("GET", "/faxes/<fax_id>/document"): {"read"},
    ("GET", "/faxes/<fax_id>/evidence"): {"read"},
    ("GET", "/events"): {"read"},
    ("POST", "/faxes"): {"send"},
    ("GET", "/sendings"): {"read"},
    ("GET", "/sendings/<sending_id>"): {"read", "send"},
    ("DELETE", "/sendings/<sending_id>"): {"send"},
}
"""Which scope opens which address; `admin` opens them all."""


@pytest.fixture(scope="module")
def filled(shared: Served) -> Served:
    shared.take_in("7", DESK)
    return shared


def asked(served: Served, method: str, path: str, token: str) -> TestResponse:
    named = path.replace("<fax_id>", "1-7").replace("<sending_id>", "none")
    served.clock.pass_time(minutes=1)
    return served.ask(named, token, method)


def test_every_address_is_in_the_matrix(shared: Served) -> None:
    there = {
        (method, rule.rule.removeprefix("/api/v1"))
        for rule in shared.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if rule.rule.startswith("/api/")
    }

    assert there - {("GET", "/openapi.json")} == ADDRESSES.keys()


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_scope_opens_what_it_should_and_no_more(
    filled: Served, method: str, path: str, scope: str
) -> None:
    answer = asked(filled, method, path, filled.token(scope))
    opens = scope == "admin" or scope in ADDRESSES[method, path]

    if opens:
        assert answer.status_code not in (401, 403)
        return
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:faxkeep:problem:not-allowed"
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_without_a_good_token_everything_is_closed(filled: Served, method: str, path: str) -> None:
    keyring = filled.house.keyring
    ended, _ = keyring.create(Wish("ended", SCOPES, lasts=timedelta(seconds=30)))
    revoked, _ = keyring.create(Wish("revoked", SCOPES))
    keyring.revoke("revoked")
    for token in (ended, revoked, "faxkeep_000000000000_" + "A" * 43, "x", "\xe9"):
        answer = asked(filled, method, path, token)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    keyring.revoke("ended")


STRANGERS = {
    "nothing": ([], 401, 'Bearer realm="faxkeep"'),
    "basic": (["Basic dXNlcjpwYXNz"], 401, 'Bearer realm="faxkeep"'),
    "no token": (["Bearer"], 400, 'Bearer realm="faxkeep", error="invalid_request"'),
    "two": (["Bearer a", "Bearer b"], 401, 'Bearer realm="faxkeep", error="invalid_token"'),
    "parameters": (["Bearer a=b"], 400, 'Bearer realm="faxkeep", error="invalid_request"'),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_are_told_how_to_knock(shared: Served, name: str) -> None:
    given, status, challenge = STRANGERS[name]

    answer = shared.client.get("/api/v1/faxes", headers=[("Authorization", g) for g in given])

    assert answer.status_code == status
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.content_type == "application/problem+json"


def test_the_scheme_is_compared_without_case(shared: Served) -> None:
    headers = {"Authorization": f"bEARER {shared.token('read')}"}

    assert shared.client.get("/api/v1/faxes", headers=headers).status_code == 200


def test_a_token_in_the_address_opens_nothing(shared: Served) -> None:
    path = f"/api/v1/faxes?access_token={shared.token('read')}"

    assert shared.client.get(path).status_code == 401


def test_a_wrong_scope_does_nothing_before_it_is_refused(api: Served) -> None:
    fax_id = api.take_in("7")
    answer = api.ask(f"/faxes/{fax_id}/evidence", api.token("send"))

    assert answer.status_code == 403
    with api.house.catalog.reading() as tx:
        assert tx.ledger.count() == 0


def test_another_mailbox_is_as_if_it_did_not_exist(api: Served) -> None:
    ours, theirs = api.take_in("1", DESK), api.take_in("2", BACK)
    token = api.token("read", mailboxes=(DESK,))

    assert [fax["id"] for fax in api.told("/faxes", token)["items"]] == [ours]
    assert api.told(f"/faxes?mailbox={BACK}", token)["items"] == []
    hidden, absent = api.ask(f"/faxes/{theirs}", token), api.ask("/faxes/1-9", token)
    assert (hidden.status_code, hidden.json) == (404, absent.json)
    assert api.ask(f"/faxes/{theirs}/document", token).status_code == 404
    assert api.ask(f"/faxes/{theirs}/evidence", token).status_code == 404
    administrator = api.token("admin", mailboxes=(DESK,))
    assert api.ask(f"/faxes/{theirs}", administrator).status_code == 404


def test_a_token_is_slowed_down_and_told_so(api: Served) -> None:
    token, other = api.token("read"), api.token("admin")
    answers = [api.ask("/faxes", token) for _ in range(601)]

    assert {each.status_code for each in answers[:600]} == {200}
    assert answers[0].headers["RateLimit-Policy"] == '"read";q=600;w=60'
    assert answers[0].headers["RateLimit"] == '"read";r=599;t=1'
    last = answers[600]
    assert (last.status_code, last.headers["Retry-After"]) == (429, "1")
    assert last.json["type"] == "urn:faxkeep:problem:too-many"
    assert api.ask("/faxes", other).status_code == 200
    api.clock.pass_time(seconds=1)
    assert api.ask("/faxes", token).status_code == 200


def test_the_log_tells_who_read_what_and_no_more(
    api: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fax_id = api.take_in("7")
    api.ask(f"/faxes/{fax_id}", api.token("read"))
    api.ask("/search", api.token("read"), "POST", json={"number": "+12025550147"})
    api.client.get("/api/v1/faxes/Quintessa%20Oddname?x=+12025550147")

    lines = [record.getMessage() for record in caplog.records if record.name == "api.gate"]
    assert lines == [
        f"read: GET /api/v1/faxes/<fax_id> {fax_id} -> 200",
        "read: POST /api/v1/search -> 200",
        "nobody: GET /api/v1/faxes/<fax_id> ? -> 401",
    ]
    for secret in known(api):
        assert secret not in caplog.text


def known(api: Served) -> Iterator[str]:
    yield from ("12025550147", "Quintessa", "Oddname")
    for token in api.tokens.values():
        yield token
        yield token.split("_", 2)[2]
