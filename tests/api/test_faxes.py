"""What the API tells of faxes: pages, filters, one fax, its documents."""

import hashlib
import subprocess
import sys
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paging import cursor_at, position_of
from api.problems import Problem
from catalog import Recipient
from errors import ArchiveError, CatalogError
from tests.api.served import BACK, DESK, NOON, Served
from tests.handlers.household import Household

JSON = "application/json"


def ids(told: dict[str, list[dict[str, str]]]) -> list[str]:
    return [fax["id"] for fax in told["items"]]


def walked(api: Served, token: str, limit: int) -> list[str]:
    """Every fax, page by page."""
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.told(f"/faxes?limit={limit}" + (f"&cursor={cursor}" if cursor else ""), token)
        assert len(page["items"]) <= limit
        seen += ids(page)
        if page["next"] is None:
            return seen
        cursor = page["next"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_show_every_fax_once_newest_first(api: Served, limit: int) -> None:
    expected = [
        api.take_in(str(n), (DESK, BACK)[n % 2], created_at=NOON + timedelta(minutes=n // 2))
        for n in range(7)
    ][::-1]

    assert walked(api, api.token("read"), limit) == expected
    assert walked(api, api.token("read", mailboxes=(DESK, BACK)), limit) == expected
    only = [each for n, each in zip(range(6, -1, -1), expected, strict=True) if n % 2 == 0]
    assert walked(api, api.token("read", mailboxes=(DESK,)), limit) == only


def test_filters_narrow_and_search_takes_a_number(api: Served) -> None:
    early = api.take_in("1", created_at=NOON - timedelta(days=1))
    sent = api.take_in(
        "2", direction="Outbound", recipients=(Recipient(number="+442071838750", status="Sent"),)
    )
    other = api.take_in("3", BACK)
    token = api.token("read")

    assert ids(api.told("/faxes?direction=Outbound", token)) == [sent]
    assert ids(api.told("/faxes?until=2026-11-23T12:00:00Z", token)) == [early]
    assert ids(api.told("/faxes?since=2026-11-23T13:00:00%2B01:00", token)) == [other, sent]
    assert ids(api.told(f"/faxes?mailbox={BACK}", token)) == [other]
    assert ids(api.told("/faxes?state=archived", token)) == []
    wanted = {"number": "+442071838750", "limit": 5}
    assert ids(api.told("/search", token, method="POST", json=wanted)) == [sent]


def test_all_that_is_wrong_with_a_question_is_told_at_once(api: Served) -> None:
    answer = api.ask("/faxes?limit=0&direction=Up&since=noon&numbr=1&cursor=x")

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    fields = sorted(fault["field"] for fault in answer.json["errors"])
    assert fields == ["direction", "limit", "numbr", "since"]


@pytest.mark.parametrize("cursor", ["x", "====", "%C3%A9", "Zm94OjEtNA", "A" * 299])
def test_a_cursor_that_is_none_of_ours_is_refused(api: Served, cursor: str) -> None:
    api.take_in("4")

    answer = api.ask(f"/faxes?cursor={cursor}")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "cursor")


def test_a_cursor_of_a_hidden_fax_leads_nowhere(api: Served) -> None:
    api.take_in("1", BACK)
    api.take_in("2", BACK)
    cursor = api.told("/faxes?limit=1")["next"]

    answer = api.ask(f"/faxes?cursor={cursor}", api.token("read", mailboxes=(DESK,)))

    assert answer.status_code == 422


@given(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=200))
def test_a_cursor_leads_back_to_its_position(position: str) -> None:
    assert position_of("faxes", cursor_at("faxes", position)) == position
    with pytest.raises(Problem):
        position_of("events", cursor_at("faxes", position))


@given(st.text(max_size=300))
def test_any_other_text_is_no_cursor(text: str) -> None:
    try:
        position = position_of("faxes", text)
    except Problem as problem:
        assert problem.status == 422
    else:
        assert cursor_at("faxes", position) == text


def test_a_fax_is_told_with_every_recipient_and_step(api: Served) -> None:
    told = {
        "direction": "Outbound",
        "message_status": "SendingFailed",
        "recipients": (
            Recipient("r1", "+12025550111", "One", "Sent"),
            Recipient("r2", "+12025550112", None, "SendingFailed", "LineBusy"),
        ),
    }
    fax = api.told(f"/faxes/{api.take_in('7', **told)}")

    assert fax["to"][1] == {
        "number": "+12025550112",
        "name": None,
        "status": "SendingFailed",
        "error_code": "LineBusy",
    }
    assert fax["from"] == {"number": "+12025550147", "name": "Quintessa Oddname"}
    assert [(step["recipient"], step["status"]) for step in fax["steps"]] == [
        (1, "Sent"),
        (2, "SendingFailed"),
    ]
    assert fax["created_at"] == "2026-11-23T12:00:00.000Z"
    assert "raw" not in fax


def test_a_document_comes_as_it_was_faxed(home: Household) -> None:
    message_id = home.archive_one()
    api = served_by(home)
    path = f"/faxes/{home.id_of(message_id)}"
    (document,) = api.told(path)["documents"]

    answer = api.ask(f"{path}/document")

    assert answer.status_code == 200
    assert answer.data == home.plain(message_id)
    digest = hashlib.sha256(answer.data).digest()
    assert (document["sha256"], document["size"]) == (digest.hex(), len(answer.data))
    assert answer.headers["Content-Type"] == document["content_type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Repr-Digest"] == f"sha-256=:{b64encode(digest).decode()}:"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert api.ask(f"{path}/document?number=2").status_code == 404
    assert writes(home) == []


def test_evidence_comes_as_a_zip_that_verifies(home: Household, tmp_path: Path) -> None:
    path = f"/faxes/{home.id_of(home.archive_one())}/evidence"

    answer = served_by(home).ask(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Length"] == str(len(answer.data))
    file = tmp_path / "evidence.zip"
    file.write_bytes(answer.data)
    with ZipFile(file) as evidence:
        (verifier,) = (name for name in evidence.namelist() if name.endswith(".py"))
        evidence.extract(verifier, tmp_path)
    checked = subprocess.run(
        [sys.executable, str(tmp_path / verifier), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_asking_for_the_head_of_evidence_makes_none(home: Household) -> None:
    path = f"/faxes/{home.id_of(home.archive_one())}/evidence"
    lines = home.kinds()

    answer = served_by(home).ask(path, method="HEAD")

    assert (answer.status_code, answer.data) == (200, b"")
    assert home.kinds() == lines


def served_by(home: Household) -> Served:
    return Served.over(home.house)


def writes(home: Household) -> list[str]:
    asked = home.simulator.requests(path="message-store")["records"]
    return [each["method"] for each in asked if each["method"] != "GET"]


def test_without_the_key_the_answer_says_what_to_do(home: Household, tmp_path: Path) -> None:
    path = f"/faxes/{home.id_of(home.archive_one())}/document"
    keys = home.house.settings.data / "keys"
    away = tmp_path / "away"
    away.mkdir()

    def take_away() -> None:
        for name in ("archive.key", "recovery.key"):
            (keys / name).rename(away / name)

    home.restart(take_away)
    answer = served_by(home).ask(path)

    assert answer.status_code == 503
    assert answer.json["type"] == "urn:faxkeep:problem:key-missing"
    assert "FAXKEEP_ARCHIVE_KEY" in answer.json["detail"]


def test_a_changed_document_never_goes_out(home: Household) -> None:
    message_id = home.archive_one()
    folder = home.house.archive.root / (home.fax(message_id).folder or "")
    (file,) = folder.glob("document*.age")
    changed = bytearray(file.read_bytes())
    changed[-1] ^= 1
    file.chmod(0o600)
    file.write_bytes(changed)

    answer = served_by(home).ask(f"/faxes/{home.id_of(message_id)}/document")

    assert answer.status_code == 503
    assert answer.json["type"] == "urn:faxkeep:problem:archive"


def test_a_fax_that_is_not_archived_has_no_document_yet(api: Served) -> None:
    answer = api.ask(f"/faxes/{api.take_in('7')}/document")

    assert (answer.status_code, answer.json["detail"]) == (409, "It is pending.")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (CatalogError("The catalog database refused: secret"), 503, "catalog"),
        (ArchiveError("secret"), 503, "archive"),
        (KeyError("secret"), 500, "fault"),
    ],
)
def test_a_fault_of_ours_tells_nothing_of_the_inside(
    api: Served, error: Exception, status: int, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise error

    api.app.add_url_rule("/api/v1/fault", view_func=fails)
    answer = api.ask("/fault")

    assert (answer.status_code, answer.json["type"]) == (status, f"urn:faxkeep:problem:{kind}")
    assert "secret" not in answer.text
    if kind == "fault":
        assert "secret" not in caplog.text
        assert "test_faxes.py" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "kind"),
    [
        ("GET", "/nothing", {}, 404, "unknown-address"),
        ("GET", "/faxes/", {}, 404, "unknown-address"),
        ("DELETE", "/faxes", {}, 405, "method"),
        ("OPTIONS", "/faxes", {}, 405, "method"),
        ("POST", "/search", {"data": "{}", "content_type": "text/plain"}, 415, "content-type"),
        ("POST", "/search", {"data": "{", "content_type": "application/json"}, 400, "malformed"),
        ("POST", "/search", {"json": {"number": "1" * 70_000}}, 413, "too-large"),
        ("POST", "/search", {"json": []}, 422, "invalid"),
        ("POST", "/search", {"data": "[" * 60_000, "content_type": JSON}, 400, "malformed"),
        ("POST", "/search", {"data": "9" * 60_000, "content_type": JSON}, 400, "malformed"),
        ("POST", "/search", {"data": b'"\\ud800"', "content_type": JSON}, 422, "invalid"),
        ("POST", "/search", {"json": {"number": "\ud800"}}, 422, "invalid"),
        ("GET", "/faxes/%ED%A0%80%00", {}, 404, "unknown"),
    ],
)
def test_every_refusal_is_a_problem_document(
    shared: Served, method: str, path: str, more: dict[str, object], status: int, kind: str
) -> None:
    answer = shared.ask(path, shared.token("admin"), method, **more)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["type"] == f"urn:faxkeep:problem:{kind}"
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert ("Allow" in answer.headers) == (status == 405)
