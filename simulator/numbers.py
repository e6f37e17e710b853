"""The phone numbers of an account: made up, checked, and listed page by page."""

from simulator.ask import Ask, Json
from simulator.refusals import not_found
from simulator.state import Account, Number
from simulator.wire import Response, answer

USAGES = ("MainCompanyNumber", "CompanyNumber", "CompanyFaxNumber", "DirectNumber")
TYPES = ("VoiceFax", "FaxOnly", "VoiceOnly")


def direct_number(account: Account, position: int) -> str:
    """The number of an account's extension, by its position from 0; E.164."""
    return _made_up(650 + account.position, position)


def company_number(account: Account) -> str:
    """One more number of an account; E.164."""
    return _made_up(850 + account.position, len(account.numbers))


def _made_up(area: int, position: int) -> str:
    return f"+1{area}{555 + position // 100}{100 + position % 100:04d}"


def add(account: Account, number: Number) -> None:
    """Give an account a number.

    Raises ValueError for a usage or type there is none of and for a direct number of nobody,
    Refusal (404) for an extension that is not the account's.
    """
    if number.usage not in USAGES or number.type not in TYPES:
        raise ValueError(f"no number is a {number.usage} and {number.type}")
    if number.usage == "DirectNumber" and not number.extension_id:
        raise ValueError("a direct number is an extension's")
    if number.extension_id and number.extension_id not in account.extensions:
        raise not_found("extensionId")
    account.numbers.append(number)


def held(account: Account) -> list[Number]:
    """An account's numbers, without the direct ones of removed extensions."""
    return [
        each
        for each in account.numbers
        if each.usage != "DirectNumber" or each.extension_id in account.extensions
    ]


def list_numbers(ask: Ask) -> Response:
    """GET phone-number: every number for administrators, direct ones for others."""
    account, admin = ask.account(), ask.caller.extension.admin
    usages = [value for value in ask.request.query.get("usageType", []) if value]
    found = [
        each
        for each in held(account)
        if (admin or each.usage == "DirectNumber") and each.usage in (usages or [each.usage])
    ]
    shown, around = ask.page(found)
    return answer({**around, "records": [_view(ask, each) for each in shown]})


def _view(ask: Ask, number: Number) -> Json:
    account = ask.account()
    base = f"{ask.world.url}/restapi/v1.0/account/{account.id}"
    body: Json = {
        "uri": f"{base}/phone-number/{number.id}",
        "id": ask.world.rest_id(number.id),
        "phoneNumber": number.number,
        "paymentType": "Local",
        "type": number.type,
        "usageType": number.usage,
        "status": "Normal",
    }
    if owner := account.extensions.get(number.extension_id):
        body["extension"] = {
            "id": ask.world.rest_id(owner.id),
            "uri": f"{base}/extension/{owner.id}",
            "extensionNumber": owner.number,
        }
    return body
