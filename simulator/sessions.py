"""Log-in sessions: JWT and refresh grants, five at a time, and what a dead token is called."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from simulator.ask import Json
from simulator.credentials import end_of
from simulator.refusals import LoginRefusal, Refusal
from simulator.state import Account, Caller, Extension
from simulator.wire import Request, Response, answer
from simulator.world import World

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MOST_SESSIONS = 5
REUSE_SECONDS = 10
UNUSED_REUSE_SECONDS = 3600


@dataclass(eq=False)
class Session:
    """One log-in; refreshing replaces its tokens."""

    id: str
    account: Account
    extension: Extension
    access: str
    access_until: datetime
    refresh: str
    refresh_until: datetime
    previous_refresh: str = ""
    refreshed: datetime | None = None
    used: bool = False


class Sessions:
    """All live sessions. Hold the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: list[Session] = []

    def caller(self, request: Request, *, query_token: bool) -> Caller:
        """Who asks. `query_token` allows `?access_token=`. Raises Refusal (401)."""
        session = self._live(self._token(request, query_token=query_token))
        if self._world.clock.now() >= session.access_until:
            raise Refusal(401, "OAU-128", "Access token expired")
        session.used = True
        return Caller(session.account, session.extension, session.id)

    def _token(self, request: Request, *, query_token: bool) -> str:
        if query_token and request.one("access_token"):
            return request.one("access_token")
        header = request.headers.get("authorization", "")
        if not header:
            raise Refusal(401, "AGW-401", "Authorization header is not specified")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(401, "AGW-402", "Invalid Authorization header")
        return token.strip()

    def _live(self, token: str) -> Session:
        for session in self._sessions:
            if session.access == token:
                return session
        raise Refusal(401, "OAU-213", "Token not found")

    def revoke(self, *, extension_id: str = "", token: str = "", session_id: str = "") -> int:
        """End sessions by owner, token or id, or all of them; says how many."""
        keep = [
            session
            for session in self._sessions
            if extension_id not in ("", session.extension.id)
            or session_id not in ("", session.id)
            or token not in ("", session.access, session.refresh)
        ]
        ended = len(self._sessions) - len(keep)
        self._sessions = keep
        return ended

    def login(self, account: Account, form: dict[str, str]) -> Session:
        """A new session, or a refreshed one. Raises LoginRefusal."""
        match form.get("grant_type"):
            case str(grant) if grant == JWT_GRANT:
                return self._by_jwt(account, form)
            case "refresh_token":
                return self._by_refresh(account, form)
        text = "Grant type is not supported"
        raise LoginRefusal("unsupported_grant_type", "OAU-250", text)

    def _by_jwt(self, account: Account, form: dict[str, str]) -> Session:
        extension = _owner(account, form.get("assertion", ""))
        if extension is None:
            raise LoginRefusal("invalid_grant", "OAU-140", "Invalid resource owner credentials")
        end = end_of(extension.jwt_expires)
        if end and self._world.clock.now() >= end:
            raise LoginRefusal("invalid_grant", "OAU-210", "Token expired")
        if extension.status != "Enabled":
            raise LoginRefusal("invalid_grant", "OAU-141", "Extension is disabled")
        now = self._world.clock.now()
        session = Session(self._world.new_uuid(), account, extension, "", now, "", now)
        self._issue(session, form)
        self._sessions.append(session)
        own = [each for each in self._sessions if each.extension is extension]
        for oldest in own[:-MOST_SESSIONS]:
            self._sessions.remove(oldest)
        return session

    def _by_refresh(self, account: Account, form: dict[str, str]) -> Session:
        token, now = form.get("refresh_token", ""), self._world.clock.now()
        for session in self._sessions:
            if session.account is not account or not token:
                continue
            if token == session.refresh and now < session.refresh_until:
                session.previous_refresh, session.refreshed, session.used = token, now, False
                self._issue(session, form)
                return session
            if token == session.previous_refresh and _may_repeat(session, now):
                return session
        raise LoginRefusal("invalid_grant", "OAU-210", "Token expired")

    def _issue(self, session: Session, form: dict[str, str]) -> None:
        now = self._world.clock.now()
        access = _ttl(form, "access_token_ttl", (600, 3600), 3600)
        refresh = _ttl(form, "refresh_token_ttl", (1, 2_592_000), 604_800)
        session.access = "A" + self._world.new_uuid().replace("-", "")
        session.access_until = now + timedelta(seconds=access)
        if session.account.refresh_tokens:
            session.refresh = "R" + self._world.new_uuid().replace("-", "")
            session.refresh_until = now + timedelta(seconds=refresh)

    def token_info(self, session: Session) -> Json:
        """The token endpoint's answer."""
        now = self._world.clock.now()
        info: Json = {
            "access_token": session.access,
            "token_type": "bearer",
            "expires_in": int((session.access_until - now).total_seconds()),
            "scope": " ".join(sorted(session.account.scopes)),
            "owner_id": session.extension.id,
            "endpoint_id": session.id[:22],
            "session_id": session.id,
        }
        if session.refresh:
            left = int((session.refresh_until - now).total_seconds())
            info |= {"refresh_token": session.refresh, "refresh_token_expires_in": left}
        return info


def _owner(account: Account, assertion: str) -> Extension | None:
    owners = (each for each in account.extensions.values() if each.jwt == assertion)
    return next(owners, None)


def _may_repeat(session: Session, now: datetime) -> bool:
    if session.refreshed is None:
        return False
    age = (now - session.refreshed).total_seconds()
    return age <= (REUSE_SECONDS if session.used else UNUSED_REUSE_SECONDS)


def _ttl(form: dict[str, str], name: str, bounds: tuple[int, int], default: int) -> int:
    text = form.get(name) or str(default)
    if not text.isdecimal():
        raise LoginRefusal("invalid_request", "CMN-101", f"Parameter [{name}] value is invalid")
    return min(max(int(text), bounds[0]), bounds[1])


def form_of(request: Request) -> dict[str, str]:
    """The form body."""
    fields = parse_qs(request.body.decode("latin-1"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def client_of(world: World, request: Request) -> Account:
    """The app that asks, by HTTP Basic. Raises LoginRefusal (OAU-153)."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(coded).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    for account in world.accounts.values():
        if pair == f"{account.client_id}:{account.client_secret}":
            return account
    raise LoginRefusal("invalid_client", "OAU-153", "Invalid client credentials")


def user_of(account: Account, form: dict[str, str]) -> str:
    """Whose rate limit a token request counts against: the JWT's owner, else the app's."""
    owner = _owner(account, form.get("assertion", ""))
    return owner.id if owner else ""


def token(sessions: Sessions, account: Account, form: dict[str, str]) -> Response:
    """POST oauth/token."""
    response = answer(sessions.token_info(sessions.login(account, form)))
    response.headers["Cache-Control"] = "no-store"
    return response


def revoke(sessions: Sessions, form: dict[str, str]) -> Response:
    """POST oauth/revoke: ends the whole session; 200 with nothing, whatever the token."""
    if form.get("token"):
        sessions.revoke(token=form["token"])
    return Response(200)
