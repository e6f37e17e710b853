"""Names of copied documents, made from a template: no value can lead out of the folder. Pure."""

import re
from pathlib import PurePosixPath

from notifications.channel import Attachment
from notifications.notice import Notice

DEFAULT = "{year}/{month}/{date}_{time}_{direction}_{fax}"
FIELDS = (
    "year",
    "month",
    "day",
    "date",
    "time",
    "kind",
    "mailbox",
    "mailbox_name",
    "direction",
    "number",
    "fax",
)
LONGEST = 120
_FIELD = re.compile(r"\{([a-z_]*)\}")
_UNSAFE = re.compile(r"[^0-9A-Za-z+._-]+")
_PART = re.compile(r"[0-9A-Za-z_+-][0-9A-Za-z_+. -]*")


def template_problem(template: str) -> str:
    """What is wrong with a template; "" when nothing is."""
    named = set(_FIELD.findall(template))
    if strange := named - set(FIELDS):
        return f"has an unknown part {{{min(strange)}}}; there are {', '.join(FIELDS)}"
    if "fax" not in named:
        return "must hold {fax}, so that no two faxes get the same name"
    plain = _FIELD.sub("x", template)
    if not all(_PART.fullmatch(part) for part in plain.split("/")):
        return "must be a relative path of letters, digits and + _ - . without leading dots"
    return "" if len(template) <= LONGEST else f"must have at most {LONGEST} characters"


def name_of(template: str, notice: Notice, attachment: Attachment) -> PurePosixPath:
    """The relative path of one document; a second document of a fax gets `-2`."""
    values = _values(notice)
    path = _FIELD.sub(lambda found: values[found[1]], template)
    parts = [part.lstrip(". ") or "_" for part in path.split("/")]
    extra = f"-{attachment.place}" if attachment.place > 1 else ""
    kind = _safe(attachment.kind)
    return PurePosixPath(*parts[:-1], f"{parts[-1]}{extra}.{kind}")


def _values(notice: Notice) -> dict[str, str]:
    texts = {
        "kind": notice.kind,
        "mailbox": notice.mailbox,
        "mailbox_name": notice.mailbox_name or notice.mailbox,
        "direction": notice.direction.lower(),
        "number": notice.number,
        "fax": notice.fax,
    }
    moments = {
        "year": f"{notice.at:%Y}",
        "month": f"{notice.at:%m}",
        "day": f"{notice.at:%d}",
        "date": f"{notice.at:%Y-%m-%d}",
        "time": f"{notice.at:%H%M%S}",
    }
    return moments | {name: _safe(text) or "none" for name, text in texts.items()}


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text)[:60].strip("-")
