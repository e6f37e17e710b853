"""Registers: every fax of some days with each of its recipients, in names that programs know."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import Beside, FaxQuery, Recipient
from errors import UserError
from handlers.export import FORMULA
from handlers.register import write_csv, write_json
from handlers.register_rows import BEFORE, COLUMNS, rows_of
from simulator import Clock, Inbound
from tests.handlers import evidences
from tests.handlers.evidences import ANN, BEN
from tests.handlers.household import Household, opened
from tests.handlers.test_export_folder import fax

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
NOON = evidences.NOON
OF_ZAPIER = {
    "id", "creationTime", "direction", "faxPageCount", "faxResolution", "lastModifiedTime",
    "messageContent", "messageStatus", "priority", "readStatus", "subject", "from",
    "fromExtensionNumber", "fromName", "fromPhoneNumber", "to", "toExtensionNumber", "toName",
    "toPhoneNumber",
}  # fmt: skip
"""The fields of the sample that RingCentral's page on its Zapier trigger shows."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, page: Inbound) -> Iterator[Household]:
    with opened(tmp_path_factory.mktemp("register"), page, Clock(lambda: NOON)) as made:
        evidences.amended(made)
        made.archive_one()
        evidences.lost(made)
        evidences.pending(made)
        yield made


def rows(home: Household, days: tuple[date, date] = NOVEMBER, **query: Any) -> list[dict[str, Any]]:
    return list(home.house.register.rows(days, FaxQuery(**query)))


def as_csv(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    into = io.BytesIO()
    assert write_csv(found, into) == len(found)
    return list(csv.DictReader(io.StringIO(into.getvalue().decode(), newline="")))


def test_the_names_are_those_of_zapiers_trigger() -> None:
    assert set(BEFORE) == OF_ZAPIER
    assert len(COLUMNS) == len(set(COLUMNS))


def test_each_recipient_has_a_row_with_its_own_end(house: Household) -> None:
    sent = rows(house, direction="Outbound")
    assert [(each["toPhoneNumber"], each["recipientStatus"]) for each in sent] == [
        (ANN, "Delivered"),
        (BEN, "SendingFailed"),
    ]
    assert [each["messageStatus"] for each in sent] == ["SendingFailed"] * 2
    assert (sent[0]["failureReason"], sent[1]["faxErrorCode"]) == (None, "LineBusy")
    assert "busy" in sent[1]["failureReason"]
    assert [each["recipientPosition"] for each in sent] == [1, 2]


def test_every_state_is_listed_with_the_line_that_says_so(house: Household) -> None:
    found = {each["archiveState"]: each for each in rows(house)}
    assert found.keys() == {"archived", "lost", "pending"}
    assert found["pending"]["ledgerLine"] is None
    lines = {row.seq: row for row in house.ledger()}
    for state in ("archived", "lost"):
        line = lines[found[state]["ledgerLine"]]
        assert (line.kind, line.fax_id) == (state, found[state]["faxkeepId"])


def test_the_document_is_told_by_its_hash(house: Household) -> None:
    (first, *_) = [each for each in rows(house, direction="Inbound") if each["attachments"]]
    row = house.documents(first["id"])[0]
    assert first["attachments"][0]["sha256"] == row.sha256
    (flat,) = [each for each in as_csv(rows(house)) if each["id"] == first["id"]]
    assert (flat["documentSha256"], flat["attachmentSize"]) == (row.sha256, str(row.size))


def test_the_csv_is_rfc_4180_and_the_json_says_the_same(house: Household) -> None:
    found, into = rows(house), io.BytesIO()
    assert write_json(found, into) == len(found)
    assert json.loads(into.getvalue()) == found
    written = io.BytesIO()
    write_csv(found, written)
    assert written.getvalue().count(b"\r\n") == len(found) + 1
    flat = as_csv(found)
    assert tuple(flat[0]) == COLUMNS
    for one, other in zip(flat, found, strict=True):
        assert one["id"] == other["id"]
        assert one["fromPhoneNumber"] == other["fromPhoneNumber"]


def test_nothing_to_list_is_said_in_both_forms() -> None:
    into = io.BytesIO()
    assert (write_json([], into), json.loads(into.getvalue())) == (0, [])
    assert as_csv([]) == []


def test_only_the_days_asked_for_in_order_of_time(home: Household) -> None:
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    moments = [begin + timedelta(hours=7 * number) for number in range(40)]
    home.take_in(*moments, first=900)
    days = date(2026, 11, 2), date(2026, 11, 4)
    told = [each["creationTime"] for each in rows(home, days)]
    assert told == sorted(told)
    expected = [each for each in moments if days[0] <= each.date() <= days[1]]
    assert len(told) == len(expected)


def test_a_crowded_day_is_read_hour_by_hour(home: Household) -> None:
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    home.take_in(*[begin + timedelta(minutes=17 * number) for number in range(84)], first=900)
    few = replace(home.house.register, at_once=10)
    told = [each["creationTime"] for each in few.rows(NOVEMBER, FaxQuery())]
    assert len(told) == 84
    assert told == sorted(told)


def test_the_days_must_make_sense(house: Household) -> None:
    with pytest.raises(UserError, match="must not come after"):
        rows(house, (NOVEMBER[1], NOVEMBER[0]))


def test_a_filter_narrows_it(house: Household) -> None:
    assert {each["direction"] for each in rows(house, number=ANN)} == {"Outbound"}


def alone(recipient: Recipient | None, raw: str, **changed: Any) -> list[dict[str, Any]]:
    """The rows of a fax of which nothing else is known."""
    facts = {"message_status": "", "read_status": "", "raw": raw, "state": "pending"}
    facts |= {"state_reason": "", "state_at": NOON, "mailbox_id": "4-5"}
    made = fax(**{**facts, **changed})
    beside = Beside({made.id: [recipient]} if recipient else {}, {}, {}, {}, {}, {})
    return list(rows_of(made, beside))


@pytest.mark.parametrize("raw", ["{}", "[]", "not JSON", '{"to": 7, "from": []}', '{"to": [1]}'])
def test_an_odd_record_is_no_trouble(raw: str) -> None:
    assert len(alone(Recipient(number=ANN), raw)) == 1
    assert len(alone(None, raw)) == 1


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_cell_of_the_csv_is_a_formula(name: str, cover: str) -> None:
    recipient = Recipient(number=name, name=cover, status=name, error_code=cover)
    raw = json.dumps({"coverPageText": cover, "from": {"extensionNumber": name}})
    found = alone(recipient, raw, from_name=name, subject=cover)
    into = io.BytesIO()
    write_csv(found, into)
    (_, cells) = csv.reader(io.StringIO(into.getvalue().decode(), newline=""))
    for cell in cells:
        plain = cell.removeprefix("+").replace(" +", " ").replace(" ", "")
        assert not cell.startswith(FORMULA) or (cell[0] == "+" and plain.isdecimal())
    into = io.BytesIO()
    write_json(found, into)
    assert json.loads(into.getvalue())[0]["coverPageText"] == cover


def test_it_is_streamed(house: Household, tmp_path: Path) -> None:
    stream = house.house.register.rows(NOVEMBER, FaxQuery())
    assert next(stream)
    stream.close()
