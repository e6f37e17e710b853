"""Signed webhooks after the Standard Webhooks specification 1.0.0, for programs.

https://github.com/standard-webhooks/standard-webhooks: `webhook-id` is the notice's id, the same at
every try; `webhook-signature` holds an HMAC-SHA256 for each secret, so that one can be replaced.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from errors import NotDelivered
from notifications.channel import Documents
from notifications.notice import Notice
from notifications.options import Options, url_problem
from notifications.payload import payload
from notifications.posting import Answer, Endpoint, post

PREFIX = "whsec_"
SHORTEST_SECRET, LONGEST_SECRET = 24, 64
"""Bytes, as the specification has it."""
GONE = 410
_CONCERNS_THE_NOTICE = frozenset({400, 409, 413, 422})
"""Answers by which a receiver refuses this one body; any other failure is taken for everybody's."""


@dataclass(frozen=True)
class Webhook:
    """Posts a notice to one address, signed with every secret."""

    endpoint: Endpoint
    secrets: Sequence[bytes] = field(repr=False)
    with_number: bool = False
    clock: Callable[[], float] = time.time
    wants_documents = False

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it. Raises NotDelivered."""
        body, moment = payload(notice), int(self.clock())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Faxkeep",
            "webhook-id": notice.id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self.secrets, notice.id, moment, body),
        }
        judge(post(self.endpoint, body, headers))
        return ""


def read(options: Options) -> Webhook:
    """The webhook that a table describes."""
    url = options.address("url")
    if url and (problem := url_problem(url)):
        options.problem(f"url {problem}")
    keys = [_key(word, options) for word in options.secret("secret").split()]
    endpoint = Endpoint(url, options.switch("allow_private"))
    return Webhook(endpoint, keys, options.switch("with_number"))


def _key(word: str, options: Options) -> bytes:
    try:
        key = base64.b64decode(word.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not word.startswith(PREFIX) or not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        options.problem(
            f"secret must be {PREFIX} and then {SHORTEST_SECRET} to {LONGEST_SECRET} random bytes"
            " in base64 (several, one a line, while one is being replaced)"
        )
    return key


def signature(secrets: Sequence[bytes], notice_id: str, moment: int, body: bytes) -> str:
    """The value of `webhook-signature`: one `v1,<base64>` for each secret."""
    content = f"{notice_id}.{moment}.".encode() + body
    return " ".join(_signatures(secrets, content))


def _signatures(secrets: Sequence[bytes], content: bytes) -> Iterator[str]:
    for secret in secrets:
        digest = hmac.new(secret, content, hashlib.sha256).digest()
        yield f"v1,{base64.b64encode(digest).decode()}"


def judge(answer: Answer) -> None:
    """Return if it was taken. Raises NotDelivered otherwise."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status == GONE:
        raise NotDelivered("it answered 410: it wants no more notices", whole=True, gone=True)
    said = f"it answered {status}"
    if 300 <= status < 400:
        said += ", a redirect, which is not followed: put the right address into the settings"
    whole = status not in _CONCERNS_THE_NOTICE
    raise NotDelivered(said, whole=whole, retry_after=answer.retry_after)
