"""Which operation answers a request: route, caller, rate limit, permission, faults, journal."""

from dataclasses import dataclass
from typing import Any

from simulator import retention, sessions
from simulator.ask import Ask
from simulator.clock import iso
from simulator.faults import Fault
from simulator.journal import Asked, without_secrets
from simulator.rates import Verdict
from simulator.refusals import Refusal, not_found, scope_missing
from simulator.routes import MEDIA_ROUTES, ROUTES, Route
from simulator.state import Caller
from simulator.wire import NO_ANSWER, Request, Response, answer
from simulator.world import World


@dataclass
class _Trip:
    """What becomes known about one request on its way; written to the journal at the end."""

    request: Request
    group: str = ""
    extension_id: str = ""
    code: str = ""
    fault: str = ""
    wait: float = 0
    verdict: Verdict | None = None


class Api:
    """The API host, or with `media` the media host."""

    def __init__(self, world: World, logins: sessions.Sessions, *, media: bool = False) -> None:
        self._world = world
        self._logins = logins
        self._media = media
        self._routes = MEDIA_ROUTES if media else ROUTES

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        trip = _Trip(request)
        try:
            response = self._travel(trip)
        except Refusal as refusal:
            trip.code = refusal.code
            response = answer(refusal.body(), refusal.status)
            if refusal.retry_after:
                response.headers["Retry-After"] = str(refusal.retry_after)
        response.headers |= _rate_headers(trip)
        response.wait = trip.wait
        self._note(trip, response)
        return response

    def _travel(self, trip: _Trip) -> Response:
        with self._world.lock:
            retention.sweep_if_due(self._world)
            if self._cuts(trip):
                return Response(cut_at=NO_ANSWER)
            self._misfortune(trip)
        response = self._oauth(trip) or self._operate(trip)
        with self._world.lock:
            if self._strikes(trip, "cut_after"):
                response.cut_at = NO_ANSWER
        return response

    def _cuts(self, trip: _Trip) -> bool:
        """Whether the connection ends before anything is done."""
        if self._world.faults.on("outage"):
            trip.fault = "outage"
            return True
        return self._strikes(trip, "cut_before") is not None

    def _misfortune(self, trip: _Trip) -> None:
        """Slowness and server errors. Raises Refusal for the latter."""
        if fault := self._strikes(trip, "slow"):
            trip.wait = fault.seconds
        if fault := self._strikes(trip, "server_error"):
            code = "CMN-201" if fault.status == 503 else "CMN-203"
            pause = max(1, round(fault.seconds)) if fault.status == 503 else 0
            text = "Service Temporary Unavailable"
            raise Refusal(fault.status, code, text, retry_after=pause)

    def _strikes(self, trip: _Trip, name: str) -> Fault | None:
        fault = self._world.faults.strike(name, trip.request.path)
        if fault:
            trip.fault = f"{trip.fault} {name}".strip()
        return fault

    def _oauth(self, trip: _Trip) -> Response | None:
        request = trip.request
        action = {"/restapi/oauth/token": "token", "/restapi/oauth/revoke": "revoke"}
        if self._media or request.method != "POST" or request.path not in action:
            return None
        with self._world.lock:
            account, form = sessions.client_of(self._world, request), sessions.form_of(request)
            trip.extension_id = sessions.user_of(account, form)
            trip.group = "Auth"
            self._count(trip, (trip.extension_id, account.client_id, "Auth"))
            if action[request.path] == "token":
                return sessions.token(self._logins, account, form)
            return sessions.revoke(self._logins, form)

    def _operate(self, trip: _Trip) -> Response:
        route, ids = self._find(trip.request)
        trip.group = route.group
        with self._world.lock:
            caller = self._caller(trip)
            self._count(trip, (caller.extension.id, caller.account.client_id, route.group))
            if route.scope and route.scope not in caller.account.scopes:
                raise scope_missing(route.scope)
            ask = Ask(self._world, trip.request, caller, ids)
            if route.locked:
                return route.operation(ask)
        return route.operation(ask)

    def _find(self, request: Request) -> tuple[Route, dict[str, Any]]:
        known = False
        for route in self._routes:
            if found := route.pattern.match(request.path):
                known = True
                if request.method in route.methods.split():
                    return route, found.groupdict()
        if known:
            raise Refusal(405, "OAU-151", "Method not supported")
        raise Refusal(404, "CMN-120", "Invalid URI") if not self._media else not_found()

    def _caller(self, trip: _Trip) -> Caller:
        caller = self._logins.caller(trip.request, query_token=self._media)
        trip.extension_id = caller.extension.id
        if self._strikes(trip, "token_revoked"):
            self._logins.revoke(session_id=caller.session_id)
            return self._logins.caller(trip.request, query_token=self._media)
        return caller

    def _count(self, trip: _Trip, key: tuple[str, str, str]) -> None:
        rates, now = self._world.rates, self._world.clock.now().timestamp()
        if fault := self._strikes(trip, "throttled"):
            limit = rates.limits[key[2]]
            trip.verdict = rates.punish(key, now, fault.seconds or limit.penalty)
        else:
            trip.verdict = rates.take(key, now)
        if trip.verdict.retry_after:
            text = "Request rate exceeded"
            raise Refusal(429, "CMN-301", text, retry_after=trip.verdict.retry_after)

    def _note(self, trip: _Trip, response: Response) -> None:
        request = trip.request
        with self._world.lock:
            entry = Asked(
                time=iso(self._world.clock.now()),
                method=request.method,
                host="media" if self._media else "api",
                path=request.path,
                query=without_secrets(request.raw_query),
                group=trip.group,
                status=0 if response.cut_at == NO_ANSWER else response.status,
                code=trip.code,
                extension_id=trip.extension_id,
                bytes=len(response.body),
                fault=f"{trip.fault} {response.fault}".strip(),
            )
            self._world.journal.asked(entry)


def _rate_headers(trip: _Trip) -> dict[str, str]:
    if trip.verdict is None:
        return {}
    return {
        "X-Rate-Limit-Group": trip.group.lower(),
        "X-Rate-Limit-Limit": str(trip.verdict.limit.requests),
        "X-Rate-Limit-Remaining": str(trip.verdict.remaining),
        "X-Rate-Limit-Window": f"{trip.verdict.limit.window:g}",
    }
