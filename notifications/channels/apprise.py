"""Everything that Apprise reaches: Slack, Teams, Telegram, ntfy, SMS services, more than a hundred.

https://github.com/caronc/apprise lists the addresses. Each holds its service's secret.
"""

import logging
from dataclasses import dataclass, field
from typing import Any

from errors import NotDelivered
from notifications.channel import Documents
from notifications.notice import Notice
from notifications.options import Options
from notifications.words import words

PATIENCE_SECONDS = 30.0
_KINDS = {
    "received": "info",
    "sent": "success",
    "test": "info",
    "failed": "failure",
    "lost": "failure",
    "login-failing": "failure",
}


@dataclass(frozen=True)
class Apprise:
    """Tells one service through Apprise."""

    url: str = field(repr=False)
    with_number: bool = False
    wants_documents = False

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it. Raises NotDelivered."""
        said = words(notice)
        try:
            taken = self._told(said.subject, "\n".join(said.lines[1:]), notice.kind)
        except Exception as error:
            # A plugin of a hundred may raise anything, and its text may hold the address.
            kind = type(error).__name__
            raise NotDelivered(f"Apprise failed with {kind}", whole=True) from None
        if not taken:
            raise NotDelivered("Apprise says that the service did not take it", whole=True)
        return ""

    def _told(self, title: str, body: str, kind: str) -> bool:
        library = _library()
        made = library.Apprise(asset=_asset(library))
        made.add(self.url)
        result = made.notify(
            body=body,
            title=title,
            notify_type=_KINDS.get(kind, "warning"),
            body_format="text",
            timeout=PATIENCE_SECONDS,
        )
        return bool(result)


def _library() -> Any:
    """Apprise, without its log, which quotes addresses and answers."""
    # Only here: it takes a quarter of a second, and most commands need none of it.
    import apprise

    log = logging.getLogger("apprise")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    return apprise


def _asset(library: Any) -> Any:
    """Who we are; no threads of its own, no redirects."""
    return library.AppriseAsset(
        app_id="Faxkeep",
        app_desc="Faxkeep",
        app_url="",
        async_mode=False,
        secure_logging=True,
        http_redirects=False,
    )


def read(options: Options) -> Apprise:
    """The service that a table describes."""
    url = options.secret("url")
    if url:
        library = _library()
        if library.Apprise.instantiate(url, asset=_asset(library)) is None:
            options.problem("url is no address that Apprise knows")
    return Apprise(url, options.switch("with_number"))
