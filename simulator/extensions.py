"""Extensions: the paged list, one of them, and the account's message store settings."""

from dataclasses import dataclass, field

from simulator import retention
from simulator.ask import Ask, Json
from simulator.credentials import end_of
from simulator.refusals import invalid, permission_missing
from simulator.state import Account, Extension
from simulator.wire import Response, answer

STATUSES = ("Enabled", "Disabled", "Frozen", "NotActivated", "Unassigned")

COVER_PAGES = [
    "None",
    "Ancient",
    "Birthday",
    "Blank",
    "Clasmod",
    "Classic",
    "Confidential",
    "Contempo",
    "Elegant",
    "Express",
    "Formal",
    "Jazzy",
    "Modern",
    "Urgent",
]


@dataclass(frozen=True)
class NewExtension:
    """What a person chooses about an extension to be added; the rest is made up.

    `jwt_expires` is an ISO 8601 moment, empty for never. Raises ValueError if it is neither.
    """

    name: str = ""
    type: str = "User"
    admin: bool = False
    content_type: str = "application/pdf"
    status: str = "Enabled"
    jwt_expires: str = ""

    def __post_init__(self) -> None:
        end_of(self.jwt_expires)


@dataclass(frozen=True)
class NewAccount:
    """An account to be added, with its first extensions; the first of them is an administrator."""

    name: str = ""
    extensions: list[NewExtension] = field(default_factory=list)


def list_extensions(ask: Ask) -> Response:
    """GET account/~/extension."""
    statuses = ask.several("status", STATUSES)
    types = [value for value in ask.request.query.get("type", []) if value]
    number = ask.request.one("extensionNumber")
    found = [
        each
        for each in ask.account().extensions.values()
        if each.status in (statuses or [each.status])
        and each.type in (types or [each.type])
        and number in ("", each.number)
    ]
    shown, around = ask.page(found)
    return answer({**around, "records": [_view(ask, each) for each in shown]})


def read_extension(ask: Ask) -> Response:
    """GET account/~/extension/~: the cheapest "who am I"."""
    own, account = ask.extension(), ask.account()
    uri = f"{ask.world.url}/restapi/v1.0/account/{account.id}"
    features = [{"featureName": "HipaaCompliance", "enabled": account.hipaa}]
    about = {"id": account.id, "uri": uri}
    return answer({**_view(ask, own), "account": about, "serviceFeatures": features})


def _view(ask: Ask, extension: Extension) -> Json:
    account = ask.account()
    return {
        "uri": f"{ask.world.url}/restapi/v1.0/account/{account.id}/extension/{extension.id}",
        "id": ask.world.rest_id(extension.id),
        "extensionNumber": extension.number,
        "name": extension.name,
        "type": extension.type,
        "status": extension.status,
        "hidden": False,
        "contact": {"firstName": extension.name, "businessPhone": extension.phone},
        "permissions": {"admin": {"enabled": extension.admin}},
    }


def list_cover_pages(ask: Ask) -> Response:
    """GET dictionary/fax-cover-page."""
    pages = [{"id": str(number), "name": name} for number, name in enumerate(COVER_PAGES)]
    shown, around = ask.page(pages)
    return answer({**around, "records": shown})


def read_configuration(ask: Ask) -> Response:
    """GET message-store-configuration, for administrators."""
    return answer({"retentionPeriod": _configurable(ask).retention_days})


def update_configuration(ask: Ask) -> Response:
    """PUT message-store-configuration: 7 to 90 days."""
    account, days = _configurable(ask), ask.json().get("retentionPeriod")
    if not isinstance(days, int) or not 7 <= days <= 90:
        raise invalid("retentionPeriod")
    account.retention_days = days
    retention.sweep(ask.world)
    return answer({"retentionPeriod": days})


def _configurable(ask: Ask) -> Account:
    if not ask.caller.extension.admin:
        raise permission_missing("AccountAdministration")
    return ask.account()
