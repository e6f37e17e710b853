"""Tokens: shown once, kept as a hash, good only as long and as far as they should be."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.tokens import Holder, Keyring, Wish, hash_of
from catalog import Catalog, Mailbox
from errors import UserError

NOON = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
READER = Wish("reader", ("read",))


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring(tmp_path: Path, clock: Clock) -> Iterator[Keyring]:
    with closing(Catalog.open(str(tmp_path / "catalog.sqlite3"))) as catalog:
        with catalog.transaction() as tx:
            tx.mailboxes.watch(Mailbox("1-2", "1", "2", "Front desk", "101"), NOON)
        yield Keyring(lambda: catalog, clock)


def test_a_new_token_is_recognized(keyring: Keyring) -> None:
    text, made = keyring.create(Wish("erp", ("send", "read"), ("1-2",)))

    found = keyring.holder(text)

    assert found == Holder(made.id, "erp", frozenset({"send", "read"}), ("1-2",))
    assert found.may("send")
    assert not found.may("admin")
    assert (found.may_see("1-2"), found.may_see("1-3")) == (True, False)


def test_an_administrator_may_everything_and_no_mailboxes_means_all(keyring: Keyring) -> None:
    text, _ = keyring.create(Wish("boss", ("admin",)))

    found = keyring.holder(text)

    assert found is not None
    assert all(found.may(scope) for scope in ("send", "read", "admin"))
    assert found.may_see("9-9")


def test_no_two_tokens_are_alike_and_none_is_kept(keyring: Keyring) -> None:
    texts = [keyring.create(replace(READER, name=f"r{n}"))[0] for n in range(20)]

    assert len(set(texts)) == 20
    kept = keyring.list()
    assert {each.hash for each in kept} == set(map(hash_of, texts))
    secrets = [text.split("_", 2)[2] for text in texts]
    assert [each for each in secrets if each in str([vars(one) for one in kept])] == []
    assert [each for each in kept if each.hash in repr(kept)] == []


def test_a_token_ends_when_it_was_to_end(keyring: Keyring, clock: Clock) -> None:
    text, _ = keyring.create(replace(READER, lasts=timedelta(days=1)))
    clock.moment = NOON + timedelta(days=1, seconds=-1)
    assert keyring.holder(text)
    clock.moment = NOON + timedelta(days=1)
    assert keyring.holder(text) is None


def test_a_revoked_token_is_good_for_nothing_and_its_name_is_free(keyring: Keyring) -> None:
    text, _ = keyring.create(READER)
    keyring.revoke("reader")
    assert keyring.holder(text) is None
    again, made = keyring.create(READER)
    assert keyring.holder(again) is not None
    keyring.revoke(made.id)
    assert keyring.holder(again) is None
    with pytest.raises(UserError, match="No such token"):
        keyring.revoke("reader")


def test_the_last_use_is_noted_to_the_hour(keyring: Keyring, clock: Clock) -> None:
    text, _ = keyring.create(READER)
    keyring.holder(text)
    assert keyring.list()[0].used_at == NOON.replace(minute=0)
    clock.moment = NOON + timedelta(minutes=29)
    keyring.holder(text)
    assert keyring.list()[0].used_at == NOON.replace(minute=0)
    clock.moment = NOON + timedelta(minutes=31)
    keyring.holder(text)
    assert keyring.list()[0].used_at == NOON.replace(hour=13, minute=0)


@given(st.text())
def test_what_is_no_token_is_refused_without_asking_the_catalog(text: str) -> None:
    def no_catalog() -> Catalog:
        raise AssertionError("the catalog was asked")

    assert Keyring(no_catalog, lambda: NOON).holder(text) is None


def test_any_other_character_is_refused(keyring: Keyring) -> None:
    text, _ = keyring.create(READER)
    for place in range(len(text)):
        other = "B" if text[place] == "A" else "A"
        assert keyring.holder(text[:place] + other + text[place + 1 :]) is None
    assert keyring.holder(text + "A") is None
    assert keyring.holder(text[:-1]) is None
    assert keyring.holder(text.upper()) is None


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("a b", ("read",)), "name"),
        (Wish("", ("read",)), "name"),
        (Wish("x" * 41, ("read",)), "name"),
        (Wish("taken", ("read",)), "already"),
        (Wish("x", ()), "scope"),
        (Wish("x", ("write",)), "scope"),
        (Wish("x", ("read",), ("1-3",)), "1-3"),
        (Wish("x", ("read",), lasts=timedelta()), "longer"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(keyring: Keyring, wish: Wish, said: str) -> None:
    keyring.create(replace(READER, name="taken"))

    with pytest.raises(UserError, match=said):
        keyring.create(wish)
    assert len(keyring.list()) == 1
