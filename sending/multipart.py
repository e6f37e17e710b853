"""Parts and boundaries: the forms in which RingCentral takes a fax with documents.

developers.ringcentral.com/guide/messaging/fax/fax-multipart-formats; RFC 2046, 2183 and 7578.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sending.body import Body, Section, base64_section, bytes_section


@dataclass(frozen=True)
class Part:
    """One part: headers in order, without line ends, and what follows them."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    content: Section


def text_field(name: str, value: str) -> Part:
    """A form field."""
    headers = (_form_field(name), ("Content-Type", "text/plain; charset=utf-8"))
    return Part(headers, bytes_section(value.encode("utf-8", "replace")))


def json_field(value: bytes) -> Part:
    """The JSON envelope as RingCentral's own SDKs put it into a form."""
    place = _form_field("json", "request.json")
    return Part((place, ("Content-Type", "application/json")), bytes_section(value))


def file_field(name: str, content_type: str, content: Section) -> Part:
    """A document in a form; all are called `attachment`."""
    return Part((_form_field("attachment", name), ("Content-Type", content_type)), content)


def json_part(value: bytes) -> Part:
    """The JSON envelope at the head of multipart/mixed."""
    return Part((("Content-Type", "application/json"),), bytes_section(value))


def file_part(name: str, content_type: str, content: Section) -> Part:
    """A document in multipart/mixed, as raw bytes."""
    place = ("Content-Disposition", f'attachment; filename="{_quoted(name)}"')
    return Part((place, ("Content-Type", content_type)), content)


def in_base64(part: Part) -> Part:
    """The same part with its content in base64."""
    coding = ("Content-Transfer-Encoding", "base64")
    return Part((*part.headers, coding), base64_section(part.content))


def multipart(parts: Sequence[Part], boundary: str) -> Body:
    """All parts as one body. Nobody may be able to guess the boundary."""
    sections: list[Section] = []
    for part in parts:
        head = "".join(f"{name}: {value}\r\n" for name, value in part.headers)
        sections += [
            bytes_section(f"--{boundary}\r\n{head}\r\n".encode()),
            part.content,
            bytes_section(b"\r\n"),
        ]
    return Body([*sections, bytes_section(f"--{boundary}--\r\n".encode())])


def _form_field(name: str, file_name: str | None = None) -> tuple[str, str]:
    named = "" if file_name is None else f'; filename="{_quoted(file_name)}"'
    return "Content-Disposition", f'form-data; name="{name}"{named}'


def _quoted(name: str) -> str:
    """As browsers write it (RFC 7578, 4.2 and HTML): UTF-8, and no quote or line end as such."""
    swapped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return swapped.encode("utf-8", "replace").decode()
