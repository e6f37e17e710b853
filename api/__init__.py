"""The HTTP API for programs: what Faxkeep knows and does, as JSON, for holders of a token."""

from flask import Flask, Response, request

from api import events, faxes, sendings
from api.answers import ROOT, errors_below
from api.description import DescribedApi, describe
from api.gate import after_each
from api.services import AT_ONCE, Services
from api.turnstile import Turnstile

__all__ = ["ROOT", "Services", "description", "errors_below", "register"]

BLUEPRINTS = (faxes.blueprint, sendings.blueprint, events.blueprint)


def register(app: Flask, services: Services) -> None:
    """Add the API to the application. Every other address stays as it is."""
    app.extensions["api"] = services
    app.json.sort_keys = False  # type: ignore[attr-defined]
    _add_addresses(app)
    app.after_request(_after_each)
    app.wsgi_app = Turnstile(app.wsgi_app, AT_ONCE)  # type: ignore[method-assign, assignment]


def description() -> dict[str, object]:
    """The description of the API (OpenAPI 3.1), which needs no installation."""
    told: dict[str, object] = _add_addresses(Flask("faxkeep", static_folder=None)).spec.to_dict()
    return told


def _add_addresses(app: Flask) -> DescribedApi:
    described = describe(app)
    for blueprint in BLUEPRINTS:
        described.register_blueprint(blueprint)
    return described


def _after_each(response: Response) -> Response:
    return after_each(response) if request.path.startswith(ROOT) else response
