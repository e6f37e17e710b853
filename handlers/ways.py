"""Which login reads which mailbox, and why some extensions are watched by nobody. Pure.

Three ways, as RingCentral's rules allow: a login of its own, an administrator's, or an
administrator's without being called (which shows only when RingCentral refuses the event filters).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts import ALL, OWN
from ringcentral_api import Extension, Identity

HOLDS_FAXES = frozenset(
    {"User", "DigitalUser", "FlexibleUser", "FaxUser", "VirtualUser", "Department", "Limited"}
)
"""Extension types with a message store that faxes can be in. `Department` is a call queue."""
IN_USE = frozenset({"Enabled", "Disabled", "Frozen"})
"""A disabled or frozen extension receives nothing, but what it holds is still there."""


@dataclass(frozen=True)
class Way:
    """One mailbox that is to be watched, and the login that reads it."""

    extension_id: str
    login: str
    name: str = ""
    number: str = ""


@dataclass(frozen=True)
class Ways:
    """Every mailbox to watch, and for the extensions left out the reason."""

    watched: tuple[Way, ...]
    left_out: Mapping[str, str]


def ways(
    words: Sequence[str], logins: Mapping[str, Identity], extensions: Sequence[Extension]
) -> Ways:
    """Decide for one account. `logins` are those that work; the first reads what no other owns.

    `extensions` may be empty where nobody may list them: `all` is then every login's own.
    """
    if not logins:
        return Ways((), {})
    first = next(iter(logins))
    own: dict[str, str] = {}
    for name, identity in logins.items():
        own.setdefault(identity.extension_id, name)
    known = {each.id: each for each in extensions}
    reasons = {each.id: _reason(each, words, own) for each in extensions}
    wanted = [each_id for each_id in _named(words, own, known) if not reasons.get(each_id)]
    found = [
        _way(each_id, own.get(each_id, first), known.get(each_id), logins) for each_id in wanted
    ]
    return Ways(tuple(found), {each_id: why for each_id, why in reasons.items() if why})


def _named(words: Sequence[str], own: Iterable[str], known: Iterable[str]) -> list[str]:
    """Everything the words mean, once. A list that lacks a login's own extension is mistaken."""
    meant = {OWN: [*own], ALL: [*known, *own]}
    return list(dict.fromkeys(each for word in words for each in meant.get(word, [word])))


def _reason(extension: Extension, words: Sequence[str], own: Mapping[str, str]) -> str:
    """Why an extension is not watched; "" when it is."""
    is_named = extension.id in words or (OWN in words and extension.id in own)
    if not is_named and ALL not in words:
        return "it is not among the mailboxes that the settings name"
    if is_named or extension.id in own:
        return ""
    if extension.kind not in HOLDS_FAXES:
        return f"an extension of the type {extension.kind} holds no faxes"
    if extension.status not in IN_USE:
        return f"it is not in use yet ({extension.status})"
    return ""


def _way(
    extension_id: str, login: str, extension: Extension | None, logins: Mapping[str, Identity]
) -> Way:
    if extension is not None:
        return Way(extension_id, login, extension.name, extension.number)
    identity = logins[login]
    if identity.extension_id != extension_id:
        return Way(extension_id, login)
    return Way(extension_id, login, identity.name or "", identity.extension_number or "")
