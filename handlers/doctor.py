"""Examines a new or an ailing installation: one line for each thing, fine or what to do where."""

import os
import platform
import re
import secrets
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from accounts import Account
from archive import utc_text
from catalog import Catalog, EventJournal
from environment import LOOPBACK
from handlers.diagnosis import DO, NOTE, Diagnosis, do, fine, note
from handlers.doctor_logins import LoginDoctor
from handlers.health import PROBLEM, WARNING, Sign
from handlers.open_questions import Seen, answers
from subscriptions.knocking import OWN_MARK, Answer, problems

_MAILBOX = re.compile(r"\b([Mm]ailbox) [0-9][^\s,:]*")
SELF_JUDGED = ("clock", "login", "login-ends", "keys")
"""Kinds of signs that the doctor looks into by itself."""
PROBLEM_DOCUMENT = "application/problem+json"
"""So the HTTP API answers a stranger (RFC 9457)."""


@dataclass(frozen=True)
class Doctor:
    """`knock(address, token)` tries the webhook; `base` begins its addresses, "" for no calls."""

    catalog: Catalog
    journal: EventJournal
    accounts: Mapping[str, Account]
    logins: LoginDoctor
    signs: Callable[[], Sequence[Sign]]
    knock: Callable[[str, str], Answer]
    data: Path
    base: str
    now: Callable[[], datetime]

    def examine(self) -> Iterator[Diagnosis]:
        """Everything, as it is found; takes some seconds for each login."""
        yield from self._machine()
        yield from self.logins.examine()
        yield from self._webhook()
        yield from map(_of_sign, self._other_signs())
        yield from self._questions()

    def _machine(self) -> Iterator[Diagnosis]:
        mode = stat.S_IMODE(self.data.stat().st_mode)
        if self.data.stat().st_uid != os.geteuid():
            advice = "Run Faxkeep as the user who owns it."
            yield do("machine", "data folder", "belongs to another user", advice)
        elif mode & 0o077:
            words = f"can be read by others (mode {mode:o})"
            yield do("machine", "data folder", words, "chmod 700 the folder of FAXKEEP_DATA")
        else:
            yield fine("machine", "data folder", "is yours alone")

    def _webhook(self) -> Iterator[Diagnosis]:
        accounts = [account for account in self.accounts.values() if account.webhook]
        if not self.base or not accounts:
            words = "RingCentral is not asked to call; faxes are found by regular looks"
            yield note("webhook", "calls", words, "Set FAXKEEP_PUBLIC_URL to be called.")
            return
        for account in accounts:
            yield from self._door(account)
        yield from self._api()

    def _door(self, account: Account) -> Iterator[Diagnosis]:
        token = OWN_MARK + secrets.token_hex(16)
        answer = self.knock(f"{self.base}{account.webhook_part}", token)
        if urlsplit(account.server_url).hostname in LOOPBACK:
            answer = replace(answer, is_public=True)  # a simulated RingCentral reaches us here
        found = problems(answer, self.now())
        area = f"webhook of {account.name}"
        for problem in found:
            yield do(area, "public address", problem, _door_advice(answer))
        if not found:
            ends = answer.certificate_ends
            until = f"; its certificate is good until {ends:%Y-%m-%d}" if ends else ""
            words = f"answers in {answer.seconds * 1000:.0f} ms with {answer.size} bytes{until}"
            yield fine(area, "public address", words)

    def _api(self) -> Iterator[Diagnosis]:
        """The HTTP API shares the webhook's address, but the internet has no business there."""
        answer = self.knock(urljoin(self.base, "/api/v1/faxes"), "")
        if answer.content_type == PROBLEM_DOCUMENT and not self._is_at_home():
            words = "can be reached at the public address; only its tokens keep people out"
            advice = "Have the proxy pass on /webhooks/ alone, or set FAXKEEP_API=off."
            yield note("webhook", "HTTP API", words, advice)

    def _is_at_home(self) -> bool:
        return urlsplit(self.base).hostname in LOOPBACK

    def _other_signs(self) -> list[Sign]:
        return [sign for sign in self.signs() if sign.kind not in SELF_JUDGED]

    def _questions(self) -> Iterator[Diagnosis]:
        signs, repeats = self.journal.signs(), self.journal.repeats()
        with self.catalog.reading() as tx:
            seen = Seen(
                observations=tx.observations.all(),
                signs=signs,
                logins=tx.logins.all(),
                mailboxes=tx.mailboxes.present(),
                documents=tx.traffic.documents_by_kind(),
                repeated_calls=repeats,
                late_calls=tx.windows.called_late(),
            )
        yield from answers(seen)


def report(found: Sequence[Diagnosis], version: str, now: datetime) -> dict[str, object]:
    """What can be sent to whoever helps: no number, no name, no secret."""
    return {
        "faxkeep": version,
        "at": utc_text(now),
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        "diagnoses": [asdict(_of_nobody(each)) for each in found],
    }


def _of_nobody(told: Diagnosis) -> Diagnosis:
    """Signs call a mailbox by its extension number or its ids: whoever helps needs neither."""
    words = (_MAILBOX.sub(r"\1 (number)", each) for each in (told.words, told.advice))
    return Diagnosis(told.verdict, told.area, told.what, *words)


def _of_sign(sign: Sign) -> Diagnosis:
    verdict = DO if sign.severity in (PROBLEM, WARNING) else NOTE
    return Diagnosis(verdict, "service", sign.kind, sign.words, sign.advice)


def _door_advice(answer: Answer) -> str:
    if "certificate" in answer.trouble:
        return "Have the proxy send the whole chain (fullchain.pem), and renew it by itself."
    if answer.trouble:
        return "Check FAXKEEP_PUBLIC_URL, its DNS name, the firewall and the reverse proxy."
    if answer.status in (404, 405) or not answer.echoed:
        return "Have the proxy pass /webhooks/ on, unchanged, to the web process (`faxkeep web`)."
    return "See the page on reverse proxies in the documentation."
