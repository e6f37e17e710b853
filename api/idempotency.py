"""The Idempotency-Key header, as draft-ietf-httpapi-idempotency-key-header-07 says.

A repeated request gets the answer of the first. The key is kept with the fax that it ordered, in
one transaction, for as long as the catalog knows that fax; here is the rest.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from api.problems import Problem

LONGEST = 255
_PARAMETER = r"(?: *; *[a-z*][a-z0-9_.*-]*(?:=[!-:<-~]*)?)*"
_STRING = re.compile(r' *"((?:[ !#-\[\]-~]|\\["\\])*)"' + _PARAMETER + " *", re.ASCII)
ADVICE = 'Write it with quotes, as in Idempotency-Key: "order-4711", at most 255 characters.'


def key_of(header: str | None) -> str:
    """The key that the header holds; "" without a header.

    Raises:
        Problem: it is no string of a structured field (RFC 9651), empty, or too long.
    """
    if header is None:
        return ""
    form = _STRING.fullmatch(header)
    key = re.sub(r"\\(.)", r"\1", form[1]) if form else ""
    if not 1 <= len(key) <= LONGEST:
        raise Problem("malformed-key", ADVICE)
    return key


def fingerprint_of(content: Mapping[str, object]) -> str:
    """A digest of what a request asks for, however it was written."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class InHand:
    """The keys whose first request is being answered in this process."""

    _keys: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def hold(self, token_id: str, key: str) -> Iterator[None]:
        """Answer a request with this key; without a key there is nothing to hold.

        Raises:
            Problem: the first request with it is still being answered.
        """
        named = token_id, key
        with self._lock:
            if key and named in self._keys:
                raise Problem("still-busy", headers={"Retry-After": "1"})
            self._keys.add(named)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(named)
