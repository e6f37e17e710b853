"""What reaches a terminal or a program: aligned, on one line, nothing that steers."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing import cell, plain_value, show_json, show_rows, table

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Fruit:
    name: str
    picked: datetime


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        ("", ""),
        (0, "0"),
        (True, "True"),
        (NOON, "2026-11-23 12:00:05"),
        ("Ann\nBen", "Ann\N{REPLACEMENT CHARACTER}Ben"),
        ("\x1b[2J\x07", "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}"),
        ("\x9b31m", "\N{REPLACEMENT CHARACTER}31m"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud800b", "a\N{REPLACEMENT CHARACTER}b"),
        ("Jörg \N{PILL}", "Jörg \N{PILL}"),
    ],
)
def test_a_cell(value: object, shown: str) -> None:
    assert cell(value) == shown


@given(st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_any_text_is_printable_in_a_cell(text: str) -> None:
    shown = cell(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    shown.encode()


def test_a_table_is_aligned_and_has_a_head() -> None:
    rows: list[dict[str, object]] = [{"id": "1", "name": "Ann"}, {"id": "1000", "name": None}]
    assert list(table(rows)) == ["id    name", "1     Ann", "1000  -"]


@given(
    st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.integers() | st.none()}), min_size=1)
)
def test_every_row_of_a_table_is_one_line(rows: list[dict[str, object]]) -> None:
    lines = list(table(rows))
    assert len(lines) == len(rows) + 1
    assert all(line.isprintable() for line in lines)


def test_rows_as_a_table_as_json_or_as_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows([{"a": 1}])
    assert capsys.readouterr().out == "a\n1\n"
    show_rows([{"a": 1}], as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"a": 1}]
    show_rows([], empty="Nothing.")
    assert capsys.readouterr().out == "Nothing.\n"
    show_rows([], as_json=True, empty="Nothing.")
    assert json.loads(capsys.readouterr().out) == []


def test_json_is_plain_ascii_and_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    berlin = NOON.astimezone(timezone(timedelta(hours=1)))
    fruit = Fruit("\x1b\ud800ö", berlin)
    show_json({"fruit": fruit, "path": Path("a/b"), "body": b"\xff{}", "none": None})
    told = capsys.readouterr().out
    assert told.isascii()
    assert "\x1b" not in told
    assert json.loads(told) == {
        "fruit": {"name": "\x1b\ud800ö", "picked": "2026-11-23T12:00:05.000Z"},
        "path": "a/b",
        "body": "\N{REPLACEMENT CHARACTER}{}",
        "none": None,
    }


def test_what_nobody_thought_of_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot print a set"):
        plain_value(set())
