"""A blueprint that describes, beside what it does, who may do it and how it refuses."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from api.problems import Problem

REFUSALS: dict[int, str] = {401: "Stranger", 403: "NotAllowed", 429: "TooMany"}
ALWAYS: dict[int, str] = {500: "Problem", 503: "Busy"}


class StrictParser(FlaskParser):
    """Refuses what it does not know: a filter with a typo would otherwise show everything."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 as in its base
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        """The body, which must say that it is JSON."""
        if not req.is_json:
            raise Problem("content-type", "Send JSON, with Content-Type: application/json.")
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError):  # endless digits, endless depth
            raise Problem("malformed", "The body is not JSON that can be read.") from None


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """Adds scopes and problem documents to the description of each address."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._prepare_doc_cbks.append(_describe_refusals)

    @staticmethod
    def problems(*statuses: int) -> Callable[[Any], Any]:
        """The address can also answer with a problem of these statuses."""

        def decorate(view: Any) -> Any:
            view._apidoc = {**getattr(view, "_apidoc", {}), "problems": statuses}
            return view

        return decorate

    def bytes_of(self, *content_types: str) -> Callable[[Any], Any]:
        """The address answers with bytes of one of these types."""
        schema = {"type": "string", "format": "binary"}
        content = {each: {"schema": schema} for each in content_types}
        headers = {
            "Content-Disposition": {"schema": {"type": "string"}},
            "Repr-Digest": {
                "description": "RFC 9530: the SHA-256 of the body.",
                "schema": {"type": "string"},
            },
        }
        documented: Callable[[Any], Any] = self.doc(
            responses={200: {"description": "The bytes.", "content": content, "headers": headers}}
        )
        return documented


def _describe_refusals(doc: Any, info: Any, **_: Any) -> Any:
    responses = doc.setdefault("responses", {})
    with_body = (400, 413, 415) if "requestBody" in doc else ()
    refused = {422} & responses.keys() | {*info.get("problems", ()), *with_body}
    responses.update(dict.fromkeys(sorted(refused), "Problem"))
    if scopes := info.get("scopes"):
        doc["security"] = [{"token": list(scopes)}]
        responses.update(REFUSALS)
    responses.update(ALWAYS)
    return doc
