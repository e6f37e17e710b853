"""What can go wrong under /api, as problem documents (RFC 9457): kind, words, advice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

CONTENT_TYPE = "application/problem+json"
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read."),
    "malformed-key": (400, "The Idempotency-Key is not what its standard says."),
    "malformed-authorization": (400, "The Authorization header cannot be read."),
    "no-token": (401, "A token is needed."),
    "bad-token": (401, "This token lets nobody in."),
    "not-allowed": (403, "This token does not allow that."),
    "unknown": (404, "There is no such thing, or this token may not see it."),
    "unknown-address": (404, "There is nothing at this address."),
    "method": (405, "This address has no such method."),
    "too-slow": (408, "The request took too long to arrive."),
    "not-archived": (409, "This fax is not in the archive."),
    "still-busy": (409, "The first request with this Idempotency-Key is still being answered."),
    "wrong-state": (409, "That is not possible any more."),
    "length-needed": (411, "The length of the body must be told."),
    "too-large": (413, "The body is too large."),
    "content-type": (415, "The body is of a type that is not understood here."),
    "invalid": (422, "The request cannot be fulfilled as it is."),
    "key-reused": (422, "This Idempotency-Key came before with another request."),
    "too-many": (429, "Too many requests with this token."),
    "fault": (500, "Faxkeep failed. Its log says more."),
    "busy": (503, "Too many requests at once."),
    "catalog": (503, "The catalog cannot be used right now."),
    "archive": (503, "The archive cannot be read as it should be."),
    "key-missing": (503, "This process has no key that opens the archive."),
    "later": (503, "Not yet."),
}
"""Every kind of problem: its status and its title."""
TYPE = "urn:faxkeep:problem:"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request: `field` as in `to.0` or `limit`."""

    field: str
    detail: str
    advice: str = ""


class Told(Protocol):
    """Something about a fax that the sending room found."""

    @property
    def field(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def advice(self) -> str: ...


def fault_of(told: Told) -> Fault:
    """The same for a program, which has a field where a person has an option."""
    return Fault(told.field, told.words, told.advice.replace("`--flatten`", "`flatten`"))


class Problem(Exception):
    """The answer to a request that went wrong; becomes a problem document."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.status, self.title = KINDS[kind]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        super().__init__(kind)

    def document(self) -> dict[str, object]:
        """The members of the problem document; empty ones are left out."""
        told: dict[str, object] = {
            "type": TYPE + self.kind,
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            told["detail"] = self.detail
        if self.errors:
            told["errors"] = [
                {name: value for name, value in vars(each).items() if value or name != "advice"}
                for each in self.errors
            ]
        return told


BY_STATUS: Mapping[int, str] = {
    400: "malformed",
    404: "unknown-address",
    405: "method",
    408: "too-slow",
    411: "length-needed",
    413: "too-large",
    415: "content-type",
    422: "invalid",
    429: "too-many",
}
"""What a framework's own error is in our words."""


def of_status(status: int, headers: Mapping[str, str]) -> Problem:
    """The problem that stands for a framework's error."""
    known = BY_STATUS.get(status, "malformed" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "")
    return Problem(known or "fault", headers=headers)


def faults_of(messages: Any, place: str = "") -> Iterator[Fault]:
    """What a schema found, each with its place as in `to[1].number`; places count from 1."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from faults_of(inner, _below(place, name))
    else:
        listed = messages if isinstance(messages, list) else [messages]
        yield from (Fault(place, str(each)) for each in listed)


def _below(place: str, name: object) -> str:
    if isinstance(name, int):
        return f"{place}[{name + 1}]"
    if name == "_schema":
        return place
    return f"{place}.{short_name(str(name))}" if place else short_name(str(name))


def short_name(name: str) -> str:
    """A field's name that somebody else chose."""
    return name[:64]
