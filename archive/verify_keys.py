"""Whether every month still has its key, and which of them this machine can open."""

from collections.abc import Iterator

from pyrage.x25519 import Identity

from archive.address import month_of
from archive.finding import Finding, Kind
from archive.keys import Keys
from archive.month_keys import PUBLIC_HALVES
from errors import ArchiveError


class OpenMonths:
    """The months' identities as they are on disk now, opened once for one verification."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._own = keys.own_identities()
        self._opened: dict[str, Identity | None] = {}

    def check(self) -> Iterator[Finding]:
        """Open every month's key and compare its two halves; one note if this machine cannot."""
        if not self._own:
            detail = "no archive key on this machine: encrypted files are compared, not opened"
            yield Finding("note", "key", "archive.key", detail)
        for name in PUBLIC_HALVES:
            yield from self._check_public(name)
        for month in self._keys.months.names():
            yield from self._check_month(month)

    def _check_public(self, name: str) -> Iterator[Finding]:
        try:
            self._keys.months.own_recipient(name)
        except ArchiveError as error:
            kind: Kind = "changed" if self._keys.has_public(name) else "missing"
            yield Finding(kind, "key", name, str(error))

    def check_for(self, folder: str) -> Iterator[Finding]:
        """Say, once a month, that a folder's month has no key."""
        month = month_of(folder)
        if month is not None and month not in self._opened:
            yield from self._check_month(month)

    def identities(self, folder: str) -> list[Identity]:
        """Return what may open a folder's files; empty when they can only be compared."""
        month = month_of(folder)
        found = self._opened.values() if month is None else [self._opened.get(month)]
        return [identity for identity in found if identity is not None]

    def _check_month(self, month: str) -> Iterator[Finding]:
        self._opened[month] = None
        try:
            public = str(self._keys.months.published_recipient(month))
        except ArchiveError as error:
            public = ""
            kind: Kind = "changed" if self._keys.months.is_published(month) else "missing"
            yield Finding(kind, "key", month, str(error))
        if not self._own:
            return
        try:
            identity = self._opened[month] = self._keys.months.open(month, self._own)
        except ArchiveError as error:
            yield Finding("missing", "key", month, str(error))
            return
        if public and str(identity.to_public()) != public:
            yield Finding("changed", "key", month, "recipient.txt is not the half of identity.age")
