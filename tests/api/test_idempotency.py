"""Idempotency keys, as their draft standard writes and treats them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.idempotency import InHand, fingerprint_of, key_of
from api.problems import Problem

KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255)


@given(KEYS, st.sampled_from(["", " ", ";a", "; a=1;b=?0", ' ;q="x"']))
def test_every_string_of_a_structured_field_is_a_key(key: str, more: str) -> None:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')

    assert key_of(f'"{escaped}"{more}') == key


def test_without_a_header_there_is_no_key() -> None:
    assert key_of(None) == ""


@pytest.mark.parametrize(
    "header",
    [
        "",
        '""',
        "order-7",
        "7",
        '"open',
        'open"',
        '"a" "b"',
        '"a", "b"',
        "'a'",
        '"\xe9"',
        '"a\tb"',
        '"a\\x"',
        ":YQ==:",
        '"' + "k" * 256 + '"',
        '"a";;',
    ],
)
def test_anything_else_is_malformed(header: str) -> None:
    with pytest.raises(Problem) as raised:
        key_of(header)
    assert (raised.value.status, raised.value.kind) == (400, "malformed-key")


def test_a_key_is_in_hand_until_its_request_is_answered() -> None:
    keys = InHand()
    with keys.hold("erp", "k"), keys.hold("other", "k"), keys.hold("erp", "l"):
        with pytest.raises(Problem) as raised, keys.hold("erp", "k"):
            pass
        assert (raised.value.status, raised.value.kind) == (409, "still-busy")
    with pytest.raises(RuntimeError), keys.hold("erp", "k"):
        raise RuntimeError
    with keys.hold("erp", "k"):
        pass


def test_requests_without_a_key_are_never_in_each_others_way() -> None:
    keys = InHand()
    with keys.hold("erp", ""), keys.hold("erp", ""):
        pass


def test_a_fingerprint_is_of_the_content_alone() -> None:
    assert fingerprint_of({"a": 1, "b": ["x"]}) == fingerprint_of({"b": ["x"], "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": "1"})
