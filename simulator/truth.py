"""What RingCentral really held and did, for a test to compare an archive with."""

from typing import Any

from simulator.clock import iso
from simulator.faxes import Fax
from simulator.numbers import held
from simulator.state import Account, Extension, Number
from simulator.world import World

Json = dict[str, Any]


def truth(world: World) -> list[Json]:
    """Every fax ever held, oldest first, with evicted and deleted ones."""
    faxes = sorted(world.faxes(), key=lambda fax: int(fax.id))
    return [{**_known(fax), "extensionRemoved": _removed(world, fax)} for fax in faxes]


def _known(fax: Fax) -> Json:
    if not fax.gone:
        return record(fax)
    fax.epitaph = fax.epitaph or record(fax)
    return fax.epitaph


def _removed(world: World, fax: Fax) -> str:
    moment = world.owner(fax).removed
    return iso(moment) if moment else ""


def record(fax: Fax) -> Json:
    """One fax in full. `document` is null for one that could not be rendered."""
    return {
        "id": fax.id,
        "accountId": fax.account_id,
        "extensionId": fax.extension_id,
        "direction": fax.direction,
        "from": fax.sender.number,
        "status": fax.status,
        "recipients": [
            {"number": each.party.number, "status": each.status, "error": each.error}
            for each in fax.recipients
        ],
        "readStatus": fax.read_status,
        "availability": fax.availability,
        "created": iso(fax.created),
        "modified": iso(fax.modified),
        "evicted": iso(fax.evicted) if fax.evicted else "",
        "hiddenUntil": iso(fax.hidden_until) if fax.hidden_until else "",
        "deleted": fax.availability != "Alive" and fax.evicted is None,
        "pages": fax.page_count,
        "document": _document(fax),
        "sources": fax.sources,
        "contentFault": fax.ailment.name if fax.ailment else "",
    }


def _document(fax: Fax) -> Json | None:
    if fax.document is None:
        return None
    return {
        "sha256": fax.document.sha256,
        "size": len(fax.document.data),
        "contentType": fax.document.content_type,
        "pages": fax.document.pages,
        "ready": fax.rendered,
    }


def account_view(world: World, account: Account) -> Json:
    """An account with what is needed to log in as each of its users."""
    return {
        "id": account.id,
        "name": account.name,
        "scopes": sorted(account.scopes),
        "inboxLimit": account.inbox_limit,
        "retentionDays": account.retention_days,
        "hipaa": account.hipaa,
        "otherExtensions": account.other_extensions,
        "refreshTokens": account.refresh_tokens,
        "numbers": [number_view(each) for each in held(account)],
        "extensions": [extension_view(world, each) for each in account.extensions.values()],
    }


def number_view(number: Number) -> Json:
    """A phone number and the id of the extension it is mapped to, if to one."""
    return {
        "id": number.id,
        "phoneNumber": number.number,
        "usage": number.usage,
        "type": number.type,
        "extension": number.extension_id,
    }


def extension_view(world: World, extension: Extension) -> Json:
    """An extension and the environment of a client that logs in as its user."""
    return {
        "id": extension.id,
        "number": extension.number,
        "name": extension.name,
        "phone": extension.phone,
        "type": extension.type,
        "status": extension.status,
        "admin": extension.admin,
        "contentType": extension.content_type,
        "readable": extension.readable,
        "jwtExpires": extension.jwt_expires,
        "faxes": len(extension.mailbox.every),
        "env": environment(world, extension),
    }


def environment(world: World, extension: Extension) -> dict[str, str]:
    """The settings of a client."""
    account = world.accounts[extension.account_id]
    return {
        "RC_SERVER_URL": world.url,
        "RC_MEDIA_URL": world.media_url,
        "RC_APP_CLIENT_ID": account.client_id,
        "RC_APP_CLIENT_SECRET": account.client_secret,
        "RC_USER_JWT": extension.jwt,
    }
