"""What the catalog promises about tokens of the HTTP API, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog import AccessToken, Transaction

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
ERP = AccessToken("0a", "erp", "ff00", "send read", "1-2 1-3", NOW)


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def test_a_token_is_kept_as_it_is(tx: Transaction) -> None:
    ending = replace(ERP, id="0b", name="scanner", expires_at=minutes(9))
    tx.access_tokens.add(ERP)
    tx.access_tokens.add(ending)
    assert tx.access_tokens.get("0a") == ERP
    assert tx.access_tokens.get("0c") is None
    assert tx.access_tokens.all() == [ERP, ending]
    assert tx.access_tokens.named("erp") == tx.access_tokens.named("0a") == [ERP]


def test_a_revoked_token_stays_listed_but_answers_to_its_name_no_more(tx: Transaction) -> None:
    tx.access_tokens.add(ERP)
    assert tx.access_tokens.revoke("0a", minutes(1))
    assert not tx.access_tokens.revoke("0a", minutes(2))
    assert not tx.access_tokens.revoke("0c", minutes(2))
    assert tx.access_tokens.all() == [replace(ERP, revoked_at=minutes(1))]
    assert tx.access_tokens.named("erp") == []


def test_its_use_is_noted(tx: Transaction) -> None:
    tx.access_tokens.add(ERP)
    tx.access_tokens.mark_used("0a", minutes(5))
    assert tx.access_tokens.get("0a") == replace(ERP, used_at=minutes(5))
