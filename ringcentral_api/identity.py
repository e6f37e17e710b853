"""Whose token we hold: the extension and account behind the credentials."""

import re
from dataclasses import dataclass, field

from errors import Unreachable
from ringcentral_api.calls import LIGHT, Call
from ringcentral_api.reading import Json, as_object, digits, inner, objects, text

_ACCOUNT_IN_URI = re.compile(r"/account/(\d{1,20})(?:/|$)")


@dataclass(frozen=True)
class Identity:
    """The token's owner; `hipaa` when its account is set up for HIPAA."""

    account_id: str
    extension_id: str
    name: str | None = field(repr=False)
    extension_number: str | None
    is_administrator: bool = False
    hipaa: bool = False


def identity_call(server_url: str) -> Call:
    """The cheapest question that needs a working token."""
    return Call("GET", f"{server_url}/restapi/v1.0/account/~/extension/~", LIGHT)


def identity_from(answer: object) -> Identity:
    """Read the extension's own record; the account id may stand only in its `uri`."""
    body = as_object(answer, "an extension is not an object")
    account_id, extension_id = _account_id(body), digits(body.get("id"))
    if account_id is None or extension_id is None:
        raise Unreachable("RingCentral's answer cannot be read: an extension has no ids.")
    administrator = inner(inner(body.get("permissions")).get("admin"))
    return Identity(
        account_id,
        extension_id,
        text(body.get("name")),
        text(body.get("extensionNumber")),
        is_administrator=administrator.get("enabled") is True,
        hipaa=any(map(_is_hipaa, objects(body.get("serviceFeatures")))),
    )


def _is_hipaa(feature: Json) -> bool:
    return feature.get("featureName") == "HipaaCompliance" and feature.get("enabled") is True


def _account_id(body: Json) -> str | None:
    given = digits(inner(body.get("account")).get("id"))
    if given is not None:
        return given
    in_uri = _ACCOUNT_IN_URI.search(text(body.get("uri")) or "")
    return in_uri[1] if in_uri else None
