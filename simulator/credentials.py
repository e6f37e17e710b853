"""Client secrets and personal JWTs: made up, and made anew."""

import base64
import json
from datetime import datetime

from simulator.clock import parse
from simulator.state import Extension
from simulator.world import World


def new_secret(world: World) -> str:
    """A client secret."""
    return f"{world.draw('credentials').getrandbits(160):040x}"


def new_jwt(world: World, extension: Extension) -> str:
    """A personal JWT of this extension, with `exp` if its `jwt_expires` says so."""
    head = {"alg": "RS256", "typ": "JWT", "kid": "simulator"}
    claims: dict[str, str | int] = {
        "sub": extension.id,
        "account": extension.account_id,
        "aud": "simulator",
    }
    if end := end_of(extension.jwt_expires):
        claims["exp"] = int(end.timestamp())
    signature = f"{world.draw('credentials').getrandbits(256):064x}"
    return ".".join([_coded(head), _coded(claims), signature])


def end_of(text: str) -> datetime | None:
    """When a JWT expires, None for never. Raises ValueError."""
    return parse(text) if text else None


def _coded(claims: dict[str, str] | dict[str, str | int]) -> str:
    text = json.dumps(claims, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")
