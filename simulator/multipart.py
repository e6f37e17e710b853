"""Takes multipart bodies apart: form-data and mixed, base64 or plain, as fax senders write them."""

import base64
import binascii
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage


@dataclass(frozen=True)
class Part:
    """One part; `name` is the form field's, `file_name` empty when none was given."""

    name: str
    file_name: str
    content_type: str
    data: bytes


def parts(content_type: str, body: bytes) -> list[Part]:
    """The parts in order. Raises ValueError when there is no boundary or a part is broken."""
    boundary = _head(f"Content-Type: {content_type}".encode()).get_boundary()
    if not boundary:
        raise ValueError("no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    return [_part(piece) for piece in pieces[1:] if not piece.startswith(b"--")]


def _part(piece: bytes) -> Part:
    raw_head, gap, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not gap:
        raise ValueError("a part has no header")
    head = _head(raw_head)
    disposition = head["Content-Disposition"]
    name = disposition.params.get("name", "") if disposition else ""
    typed = head.get_content_type() if head["Content-Type"] else ""
    return Part(str(name), head.get_filename() or "", typed, _decoded(head, data))


def _head(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw + b"\r\n\r\n", policy=email.policy.HTTP)


def _decoded(head: EmailMessage, data: bytes) -> bytes:
    if str(head["Content-Transfer-Encoding"] or "").lower() != "base64":
        return data
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        raise ValueError("a part is not base64") from None
