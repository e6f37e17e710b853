"""The one access token all workers share: kept sealed, renewed ahead of its end by one of them."""

import json
from dataclasses import dataclass, field

from errors import Later, LoginRefused, Unreachable
from ringcentral_api.credentials import Credentials
from ringcentral_api.governor import Timing
from ringcentral_api.login import Issued, Login
from ringcentral_api.sealing import Seal
from ringcentral_api.stores import TokenStore

CLAIM = 90.0
"""Seconds until a dead worker's renewal is free again, and a refused login may be repeated."""
RENEW_AHEAD = 120.0
_SHORT_SHARE = 0.2
_LAST_MOMENT = 5.0
_SHORTEST_PAUSE = 1.0
_LOOK_AGAIN = 0.25


@dataclass(frozen=True)
class Token:
    """An access token with its life; times are epoch seconds."""

    value: str = field(repr=False)
    scope: str
    lifetime: float
    expires_at: float
    sealed: str = field(repr=False)

    @property
    def renew_at(self) -> float:
        """From then on a worker renews it; for short lives in their last fifth."""
        return self.expires_at - min(RENEW_AHEAD, self.lifetime * _SHORT_SHARE)

    @property
    def last_use(self) -> float:
        """From then on it might end on its way."""
        return self.expires_at - min(_LAST_MOMENT, self.lifetime * _SHORT_SHARE)


class SharedToken:
    """Gives the current token. Two workers logging in by themselves would push each other out."""

    def __init__(
        self, credentials: Credentials, login: Login, tokens: TokenStore, timing: Timing
    ) -> None:
        self._account = credentials.user
        self._seal = Seal(credentials)
        self._login = login
        self._tokens = tokens
        self._timing = timing
        self._refused_until = 0.0
        self._refusal = LoginRefused("")

    def current(self) -> Token:
        """A token good for a request; waits within the patience when another worker logs in.

        Raises LoginRefused, Unreachable, or Later (rate limit, or another worker is still at it).
        """
        waited = 0.0
        while waited <= self._timing.patience:
            now = self._timing.clock()
            held = self._held()
            if held and now < held.renew_at:
                return held
            self._repeat_refusal(now)
            if self._tokens.claim_renewal(self._account, now, now + CLAIM):
                return self._renew()
            if held and now < held.last_use:
                return held
            self._timing.wait(_LOOK_AGAIN)
            waited += _LOOK_AGAIN
        pause = max(self._timing.patience, _SHORTEST_PAUSE)
        raise Later("Another worker is logging in at RingCentral.", pause)

    def drop(self, token: Token) -> None:
        """Forget a token that the server refused."""
        self._tokens.drop(self._account, token.sealed)

    def forget(self) -> None:
        """Forget the current token, if there is one."""
        held = self._held()
        if held is not None:
            self.drop(held)

    def _held(self) -> Token | None:
        stored = self._tokens.read(self._account)
        plain = self._seal.open(stored[0]) if stored else None
        if stored is None or plain is None:
            return None
        value, scope, lifetime = json.loads(plain)
        return Token(value, scope, lifetime, stored[1], stored[0])

    def _renew(self) -> Token:
        held, now = self._held(), self._timing.clock()
        if held and now < held.renew_at:  # another worker was faster between our look and our claim
            self._tokens.release_renewal(self._account)
            return held
        try:
            return self._keep(self._login.ask(), now)
        except LoginRefused as error:
            # The claim stays: until it ends nobody tries again, for that could lock the account.
            self._refusal, self._refused_until = error, now + CLAIM
            raise
        except (Unreachable, Later):
            self._tokens.release_renewal(self._account)
            if held and self._timing.clock() < held.last_use:
                return held
            raise
        except BaseException:
            self._tokens.release_renewal(self._account)
            raise

    def _keep(self, issued: Issued, asked_at: float) -> Token:
        plain = json.dumps([issued.token, issued.scope, issued.lifetime]).encode()
        sealed, expires_at = self._seal.close(plain), asked_at + issued.lifetime
        self._tokens.write(self._account, sealed, expires_at)
        return Token(issued.token, issued.scope, issued.lifetime, expires_at, sealed)

    def _repeat_refusal(self, now: float) -> None:
        if now < self._refused_until:
            refused = self._refusal
            raise LoginRefused(str(refused), status=refused.status, code=refused.code)
