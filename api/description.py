"""The description of the API: OpenAPI 3.1, generated from the code that answers."""

import json
from functools import cached_property
from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from marshmallow import Schema, fields

from api.answers import ROOT
from api.fields import Moment, sure
from api.new_fax_bodies import File, Line, RecipientAsked, To
from api.problems import CONTENT_TYPE

INTRODUCTION = """Everything Faxkeep knows of your faxes, and sending them.

Every error is a problem document (RFC 9457). Lists come in pages: pass `next` of one as `cursor` of
the next. Times are UTC. Faxkeep never changes anything at RingCentral when it is read."""
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
RATE_HEADERS = {
    "RateLimit": {"description": "What is left of the token's quota.", "schema": STRING},
    "RateLimit-Policy": {"description": "The token's quota.", "schema": STRING},
}
CHALLENGE = {"WWW-Authenticate": {"description": "RFC 6750.", "schema": STRING}}
RETRY = {"Retry-After": {"description": "Seconds.", "schema": INTEGER}}
REFUSALS: dict[str, tuple[str, dict[str, Any]]] = {
    "Problem": ("What went wrong.", {}),
    "Stranger": ("No good token came with the request.", CHALLENGE),
    "NotAllowed": ("The token does not allow it.", CHALLENGE),
    "TooMany": ("The token's quota is used up.", {**RETRY, **RATE_HEADERS}),
    "Busy": ("Not now.", RETRY),
}


class FaultBody(Schema):
    """One thing that is wrong with the request."""

    field = sure(fields.String, "Where, as in `to.0` or `limit`.")
    detail = sure(fields.String, "What is wrong there.")
    advice = fields.String(metadata={"description": "What to do about it."})


class ProblemBody(Schema):
    """A problem document after RFC 9457."""

    type = sure(fields.String, "`urn:faxkeep:problem:` and the kind of problem.")
    title = sure(fields.String, "The kind in words.")
    status = sure(fields.Integer, "The status of the answer.")
    detail = fields.String(metadata={"description": "What it is in this case."})
    errors = fields.List(
        fields.Nested(FaultBody), metadata={"description": "Everything that is wrong."}
    )


class DescribedApi(Api):  # type: ignore[misc]
    """flask-smorest, with problem documents and without a say in errors of other addresses."""

    ERROR_SCHEMA = ProblemBody
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """The application has one handler for all, because the webhook's answers must be short."""

    @cached_property
    def _told(self) -> bytes:
        """Made once: whoever asks needs no token, and shall cost nothing."""
        return json.dumps(self.spec.to_dict()).encode()

    def _openapi_json(self) -> Response:
        return Response(self._told, content_type="application/json")

    def _register_responses(self) -> None:
        content = {CONTENT_TYPE: {"schema": ProblemBody}}
        for name, (says, headers) in REFUSALS.items():
            response = {"description": says, "headers": headers, "content": content}
            self.spec.components.response(name, response)


def _either(converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    """A recipient is a number or an object."""
    if type(field) is not To:
        return {}
    return {"anyOf": [STRING, converter.resolve_nested_schema(RecipientAsked)]}


def describe(app: Flask) -> DescribedApi:
    """An API on this application, to which blueprints can be added."""
    app.config["OPENAPI_URL_PREFIX"] = f"{ROOT}v1"
    api = DescribedApi(
        app,
        spec_kwargs={
            "title": "Faxkeep",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": INTRODUCTION, "license": {"name": "MIT", "identifier": "MIT"}},
            "servers": [{"url": "/"}],
        },
    )
    api.register_field(Moment, "string", "date-time")
    api.register_field(Line, "string", None)
    api.register_field(File, "string", "binary")
    api.ma_plugin.converter.add_attribute_function(_either)
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that `faxkeep tokens create` made.",
    }
    api.spec.components.security_scheme("token", bearer)
    return api
