"""The tokens of the HTTP API: made, shown once, recognized again, revoked.

A token is `faxkeep_<id>_<secret>`: 256 random bits, so nobody guesses it and a single SHA-256 keeps
it safe at rest. Slow hashes (bcrypt, Argon2) exist for passwords, which people choose; here they
would cost a tenth of a second on every request and protect nothing.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import AccessToken, Catalog
from errors import CatalogError, UserError

SEND, READ, ADMIN = "send", "read", "admin"
SCOPES = (SEND, READ, ADMIN)
USE_NOTED_EVERY = timedelta(hours=1)
"""Coarse on purpose: a write for each request would cost more than most requests."""
_FORM = re.compile(r"faxkeep_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NOBODY = hashlib.sha256(b"nobody").hexdigest()


@dataclass(frozen=True)
class Wish:
    """What a new token shall be; `lasts` None: until it is revoked. No mailboxes means all."""

    name: str
    scopes: tuple[str, ...]
    mailboxes: tuple[str, ...] = ()
    lasts: timedelta | None = None


@dataclass(frozen=True)
class Holder:
    """Who asks, as the token tells."""

    token_id: str
    name: str
    scopes: frozenset[str]
    mailboxes: tuple[str, ...]

    def may(self, scope: str) -> bool:
        """Whether the token allows that; `admin` allows everything."""
        return scope in self.scopes or ADMIN in self.scopes

    def may_see(self, mailbox_id: str) -> bool:
        """Whether this mailbox is among the token's."""
        return not self.mailboxes or mailbox_id in self.mailboxes


@dataclass(frozen=True)
class Keyring:
    """All tokens of an installation; `catalog` opens when it is first asked for."""

    catalog: Callable[[], Catalog]
    now: Callable[[], datetime]

    def create(self, wish: Wish) -> tuple[str, AccessToken]:
        """A new token in plain text, which is nowhere else from now on, and what is kept of it.

        Raises:
            UserError: the wish cannot be fulfilled as it is.
        """
        now = self.now()
        token_id = secrets.token_hex(6)
        text = f"faxkeep_{token_id}_{secrets.token_urlsafe(32)}"
        made = AccessToken(
            id=token_id,
            name=wish.name,
            hash=hash_of(text),
            scopes=" ".join(each for each in SCOPES if each in wish.scopes),
            mailboxes=" ".join(sorted(set(wish.mailboxes))),
            created_at=now,
            expires_at=now + wish.lasts if wish.lasts else None,
        )
        with self.catalog().transaction() as tx:
            names = {each.name for each in tx.access_tokens.all() if each.revoked_at is None}
            known = {mailbox.id for mailbox in tx.mailboxes.all()}
            if problem := _problem(wish, names, known):
                raise UserError(problem)
            tx.access_tokens.add(made)
        return text, made

    def list(self) -> list[AccessToken]:
        """Every token there ever was, the oldest first."""
        with self.catalog().reading() as tx:
            return tx.access_tokens.all()

    def revoke(self, text: str) -> AccessToken:
        """End the token of this name or id, at once.

        Raises:
            UserError: no token, or more than one, is meant by that.
        """
        with self.catalog().transaction() as tx:
            found = tx.access_tokens.named(text)
            if len(found) != 1:
                raise UserError("No such token. `faxkeep tokens list` shows them.")
            tx.access_tokens.revoke(found[0].id, self.now())
        return found[0]

    def holder(self, text: str) -> Holder | None:
        """Whose token that is; None for one that is unknown, ended or revoked."""
        form = _FORM.fullmatch(text)
        if form is None:
            return None
        with self.catalog().reading() as tx:
            kept = tx.access_tokens.get(form[1])
        matches = hmac.compare_digest(hash_of(text), kept.hash if kept else _NOBODY)
        if kept is None or not matches or not _is_good(kept, self.now()):
            return None
        self._note_use(kept)
        scopes, mailboxes = frozenset(kept.scopes.split()), tuple(kept.mailboxes.split())
        return Holder(kept.id, kept.name, scopes, mailboxes)

    def _note_use(self, kept: AccessToken) -> None:
        now = self.now()
        if kept.used_at is not None and abs(now - kept.used_at) < USE_NOTED_EVERY:
            return
        hour = now.replace(minute=0, second=0, microsecond=0)
        # Not worth failing for: the request itself may only want to read.
        with suppress(CatalogError), self.catalog().transaction() as tx:
            tx.access_tokens.mark_used(kept.id, hour)


def hash_of(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_good(kept: AccessToken, now: datetime) -> bool:
    ended = kept.expires_at is not None and kept.expires_at <= now
    return kept.revoked_at is None and not ended


def _problem(wish: Wish, names: set[str], known: set[str]) -> str:
    """What is wrong with a wish; "" when nothing is."""
    if not _NAME.fullmatch(wish.name):
        return "A token's name is of letters, digits, dots, - and _, at most 40 of them."
    if wish.name in names:
        return "There is a token of that name already. Revoke it first, or choose another name."
    if not wish.scopes or set(wish.scopes) - set(SCOPES):
        return f"Give the token at least one scope: {', '.join(SCOPES)}."
    if strange := [each for each in wish.mailboxes if each not in known]:
        return f"No such mailbox: {', '.join(strange)}. Mailboxes are named account-extension."
    if wish.lasts is not None and wish.lasts <= timedelta():
        return "A token must last longer than nothing."
    return ""
