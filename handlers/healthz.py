"""The page a monitor asks: whether all is well, to anybody, so no more than what is wrong.

No mailbox, number or name is told: the page needs no secret, and is as public as the webhook.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, jsonify

from errors import FaxkeepError
from handlers.health import PROBLEM, WARNING, Sign

log = logging.getLogger(__name__)

blueprint = Blueprint("healthz", __name__)

FRESH = timedelta(seconds=10)
"""Whoever asks more often gets the judgement before: asking costs nearly nothing."""
STALE = timedelta(minutes=1)
"""While a judgement takes long, the one before is told, but not for ever."""
UNKNOWN = Sign(PROBLEM, "unknown", "", "", "")
WORDS: Mapping[str, str] = {
    "at-risk": "RingCentral may delete faxes before they are archived.",
    "blind": "RingCentral does not call about some mailboxes.",
    "clock": "This machine's clock is wrong.",
    "contradicted": "RingCentral listed faxes that a statement of completeness did not contain.",
    "destination": "Somebody who is to be told of faxes cannot be reached.",
    "disk": "The disk is filling.",
    "failing": "Some jobs fail again and again.",
    "given-up": "Some jobs were given up.",
    "login": "A login is refused, or was never tried.",
    "login-ends": "A login ends soon.",
    "lost": "Faxes were lost lately.",
    "no-statement": "Some days have no statement of completeness.",
    "not-looked-at": "Some mailboxes have not been looked at for long.",
    "notices-given-up": "Some notices of faxes could not be delivered.",
    "refused": "Some faxes came as something that is no whole, true document.",
    "silence": "A mailbox is unusually silent.",
    "stuck": "Some sent faxes have had no end for unusually long.",
    "unknown": "The catalog cannot be read.",
    "unsent": "Faxes have been waiting to be sent for long.",
    "unsure": "Whether some faxes were sent is not known, and a person must find out.",
    "unreachable": "Some mailboxes cannot be read.",
    "web": "The web process has not been answering.",
    "worker": "The worker is not at work: nothing is fetched.",
}
"""What each kind of sign is in plain words, without saying whom it concerns."""


@dataclass
class HealthPage:
    """Judges at most every FRESH; stands on the application as `extensions["healthz"]`."""

    judge: Callable[[], Sequence[Sign]]
    now: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _judged: tuple[datetime, Sequence[Sign]] | None = None

    def signs(self) -> Sequence[Sign]:
        """What is wrong, as of FRESH ago or, while somebody is judging anew, of STALE.

        Nobody else waits for that: all threads in which RingCentral is answered could hang here.
        """
        if self._lock.acquire(blocking=self._judged is None):
            try:
                if self._held(FRESH) is None:
                    self._judged = self.now(), self._judge()
            finally:
                self._lock.release()
        held = self._held(STALE)
        return [UNKNOWN] if held is None else held

    def _held(self, age: timedelta) -> Sequence[Sign] | None:
        """The last judgement unless it is older than that, or our clock was set back."""
        judged = self._judged
        return judged[1] if judged and timedelta() <= self.now() - judged[0] < age else None

    def _judge(self) -> Sequence[Sign]:
        try:
            return self.judge()
        except FaxkeepError as error:
            log.warning("Health cannot be judged: %s", error)
            return [UNKNOWN]


@blueprint.get("/healthz", provide_automatic_options=False)
def healthz() -> tuple[Response, int]:
    """200 while there is no problem, else 503; warnings alone do not make it fail."""
    page: HealthPage = current_app.extensions["healthz"]
    signs = page.signs()
    problems, warnings = _kinds(signs, PROBLEM), _kinds(signs, WARNING)
    status = "problem" if problems else "warning" if warnings else "ok"
    told = {"status": status, "problems": problems, "warnings": warnings}
    return jsonify(told), 503 if problems else 200


def _kinds(signs: Sequence[Sign], severity: str) -> dict[str, str]:
    kinds = sorted({sign.kind for sign in signs if sign.severity == severity})
    return {kind: WORDS[kind] for kind in kinds}
