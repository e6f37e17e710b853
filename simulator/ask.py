"""One authenticated request on its way to an operation, and the checks they share."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from simulator.clock import parse
from simulator.mailbox import Mailbox
from simulator.refusals import Refusal, invalid, not_found, permission_missing
from simulator.state import Account, Caller, Extension
from simulator.wire import Request
from simulator.world import World

Json = dict[str, Any]
MAX_PER_PAGE = 1000


@dataclass(frozen=True)
class Ask:
    """The request, who makes it, and the ids in its path."""

    world: World
    request: Request
    caller: Caller
    ids: dict[str, str]

    def account(self) -> Account:
        """The account of the path. Raises Refusal (404)."""
        if self.ids.get("account", "~") not in ("~", self.caller.account.id):
            raise not_found("accountId")
        return self.caller.account

    def extension(self) -> Extension:
        """The extension of the path; others' are for administrators. Raises Refusal."""
        account, wanted = self.account(), self.ids["extension"]
        own = self.caller.extension
        if wanted in ("~", own.id):
            return own
        if wanted not in account.extensions:
            raise not_found("extensionId")
        if not own.admin:
            raise permission_missing("ReadMessages")
        return account.extensions[wanted]

    def mailbox(self) -> Mailbox:
        """The faxes of the path's extension. Raises Refusal (403) where not even admins may."""
        extension = self.extension()
        if extension is not self.caller.extension and not extension.readable:
            raise permission_missing("ReadMessages")
        return extension.mailbox

    def json(self) -> Json:
        """The body as a JSON object. Raises Refusal (400 CMN-103)."""
        return body_of(self.request)

    def moment(self, name: str, default: datetime) -> datetime:
        """A date-time parameter. Raises Refusal (400)."""
        text = self.request.one(name)
        try:
            return parse(text) if text else default
        except ValueError:
            raise invalid(name) from None

    def window(self) -> tuple[datetime, datetime]:
        """dateFrom and dateTo with their defaults: the last 24 hours."""
        end = self.moment("dateTo", self.world.clock.now())
        return self.moment("dateFrom", end - timedelta(hours=24)), end

    def number(self, name: str, default: int) -> int:
        """A positive integer parameter. Raises Refusal (400)."""
        text = self.request.one(name) or str(default)
        if not text.isdecimal() or not 1 <= int(text) < 2**31:
            raise invalid(name)
        return int(text)

    def several(self, name: str, allowed: Sequence[str]) -> list[str]:
        """A repeatable parameter; empty means no restriction. Raises Refusal (400)."""
        values = [value for value in self.request.query.get(name, []) if value]
        if any(value not in allowed for value in values):
            raise invalid(name)
        return values

    def flag(self, name: str) -> bool:
        """A true/false parameter."""
        return self.request.one(name).lower() == "true"

    def page(self, records: list[Any]) -> tuple[list[Any], Json]:
        """The asked page of `records`, and `uri`, `paging` and `navigation` around it."""
        text = self.request.one("perPage")
        size = MAX_PER_PAGE if text == "max" else min(self.number("perPage", 100), MAX_PER_PAGE)
        page = self.number("page", 1)
        start = (page - 1) * size
        shown = records[start : start + size]
        last = max(1, -(-len(records) // size))
        paging: Json = {"page": page, "perPage": size}
        if shown:
            paging |= {"pageStart": start, "pageEnd": start + len(shown) - 1}
        if not self.world.settings.omit_totals:
            paging |= {"totalPages": last, "totalElements": len(records)}
        around = {"uri": self._uri(page), "paging": paging, "navigation": self._links(page, last)}
        return shown, around

    def _links(self, page: int, last: int) -> Json:
        links = {"firstPage": 1, "lastPage": last}
        if page < last:
            links["nextPage"] = page + 1
        if page > 1:
            links["previousPage"] = page - 1
        return {name: {"uri": self._uri(number)} for name, number in links.items()}

    def _uri(self, page: int) -> str:
        query = {**self.request.query, "page": [str(page)]}
        return f"{self.world.url}{self.request.path}?{urlencode(query, doseq=True)}"


def body_of(request: Request) -> Json:
    """The body as a JSON object; an empty body is an empty one. Raises Refusal (400 CMN-103)."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "CMN-103", "JSON cannot be parsed")
    return body
