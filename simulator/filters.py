"""Which event filters a caller may ask for, and what they become when `~` is resolved."""

from collections.abc import Sequence

from simulator.events import EXTENSIONS, MESSAGES, REMINDER, split_filter
from simulator.refusals import Refusal, invalid
from simulator.state import Caller

PARAMETERS = {
    "type": {"Fax", "SMS", "VoiceMail", "Pager"},
    "direction": {"Inbound", "Outbound"},
}


def admitted(caller: Caller, asked: object, most: int) -> tuple[list[str], list[str]]:
    """The resolved filters, and those of them that will never fire; `most` 0 means any number.

    Raises Refusal.
    """
    if not isinstance(asked, list) or not asked or not all(isinstance(each, str) for each in asked):
        raise invalid("eventFilters")
    if 0 < most < len(asked):
        raise _not_sound()
    resolved = [resolve(each, caller) for each in asked]
    if all(_is_reminder(each) for each in resolved):
        raise Refusal(400, "SUB-515", "Reminder filter must not be the only one")
    return resolved, _disabled(resolved, caller)


def _not_sound() -> Refusal:
    return Refusal(400, "SUB-508", "Event filters are invalid", parameter="eventFilters")


def _is_reminder(text: str) -> bool:
    return REMINDER.match(split_filter(text)[0]) is not None


def resolve(text: str, caller: Caller) -> str:
    """A filter with `~` replaced; a reminder stays as it is. Raises Refusal (400 SUB-508)."""
    path, query = split_filter(text)
    if REMINDER.match(path):
        _check_reminder(query)
        return text
    mark = "?" if "?" in text else ""
    own = path.replace("/account/~", f"/account/{caller.account.id}")
    own = own.replace("/extension/~", f"/extension/{caller.extension.id}")
    if not (MESSAGES.match(own) or EXTENSIONS.match(own)) or not _sound(own, query):
        raise _not_sound()
    return own + mark + text.partition("?")[2]


def _sound(path: str, query: dict[str, list[str]]) -> bool:
    """Whether the parameters are among those known for this filter."""
    if path.endswith("/fax"):
        return query == {"direction": ["Inbound"]}
    allowed = PARAMETERS if path.endswith("/message-store") else {}
    return all(allowed.get(name, set()).issuperset(query[name]) for name in query)


def _check_reminder(query: dict[str, list[str]]) -> None:
    numbers = [query.get(name, [""])[-1] for name in ("threshold", "interval")]
    if not all(number.isdecimal() and int(number) > 0 for number in numbers):
        raise _not_sound()


def _disabled(filters: Sequence[str], caller: Caller) -> list[str]:
    disabled = []
    for text in filters:
        named = MESSAGES.match(split_filter(text)[0])
        if named and _refuse_others(caller, named[1], named[2]):
            disabled.append(text)
    return disabled


def _refuse_others(caller: Caller, account_id: str, extension_id: str) -> bool:
    """Whether this filter comes back disabled. Raises Refusal (403) when it is not allowed."""
    if account_id != caller.account.id:
        raise Refusal(403, "SUB-406", "Not allowed to subscribe for events of other accounts")
    if extension_id == caller.extension.id:
        return False
    if extension_id not in caller.account.extensions:
        raise Refusal(403, "SUB-408", "Unknown user")
    rule = caller.account.other_extensions if caller.extension.admin else "refuse"
    if rule == "refuse":
        text = "Not allowed to subscribe for messages of other extensions"
        raise Refusal(403, "SUB-405", text)
    return rule == "disable"
