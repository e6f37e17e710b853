"""Addresses that read faxes: lists, one fax, its documents."""

import heapq
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from flask import Response, request

from api.answers import ROOT
from api.blueprint import ApiBlueprint
from api.fax_bodies import (
    DocumentAsked,
    FaxesAsked,
    FaxesSearched,
    FaxPageBody,
    WholeFaxBody,
    media_type,
    told_fax,
    whole_fax,
)
from api.gate import ASKING, holder, needs
from api.paging import bad_cursor, cursor_at, position_of
from api.problems import Problem
from api.services import services
from api.streams import streamed
from api.tokens import READ
from catalog import DocumentRow, Fax, FaxQuery, Transaction

blueprint = ApiBlueprint("faxes", __name__, url_prefix=f"{ROOT}v1")


@blueprint.get("/faxes")
@needs(READ)
@blueprint.arguments(FaxesAsked, location="query")
@blueprint.response(200, FaxPageBody)
def list_faxes(asked: dict[str, Any]) -> dict[str, object]:
    """List faxes

    The newest first. To search by a number, use `POST /search`.
    """
    return _page(asked)


@blueprint.post("/search")
@needs(READ)
@blueprint.arguments(FaxesSearched)
@blueprint.response(200, FaxPageBody)
def search_faxes(asked: dict[str, Any]) -> dict[str, object]:
    """Search faxes, also by number

    The same list, asked for in a body: a phone number has no place in an address.
    """
    return _page(asked)


@blueprint.get("/faxes/<fax_id>")
@needs(READ)
@blueprint.problems(404)
@blueprint.response(200, WholeFaxBody)
def get_fax(fax_id: str) -> object:
    """Tell all that is known of a fax

    With every step of every recipient.
    """
    with services().catalog().reading() as tx:
        return whole_fax(tx, visible_fax(tx, fax_id))


@blueprint.get("/faxes/<fax_id>/document")
@needs(READ)
@blueprint.problems(404, 409)
@blueprint.arguments(DocumentAsked, location="query")
@blueprint.bytes_of("application/pdf", "image/tiff")
def get_document(asked: dict[str, Any], fax_id: str) -> Response:
    """Fetch a document of a fax

    As it was faxed, byte for byte; `Repr-Digest` holds its SHA-256. It is read whole and checked
    before the first byte goes out, so what arrives is never half a truth.
    """
    number = asked["number"]
    with services().catalog().reading() as tx:
        fax = visible_fax(tx, fax_id)
        documents = tx.documents.of(fax.id)
    if fax.state != "archived":
        raise Problem("not-archived", f"It is {fax.state} {fax.state_reason}".strip() + ".")
    if number > len(documents):
        raise Problem("unknown", f"This fax has {len(documents)} document(s).")

    def write(into: BinaryIO) -> DocumentRow:
        return services().documents().document(fax, number, into)

    row, answer = streamed(write)
    answer.content_type = media_type(row.kind)
    name = f"{fax.id}-{number}.{row.kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(row.sha256)).decode()}:"
    return answer


@blueprint.get("/faxes/<fax_id>/evidence")
@needs(READ, policy=ASKING)
@blueprint.problems(404)
@blueprint.bytes_of("application/zip")
def get_evidence(fax_id: str) -> Response:
    """Make evidence of a fax

    A ZIP with the document, every step and its source, and a verifier that needs only Python. That
    it was made is entered in the ledger.
    """
    with services().catalog().reading() as tx:
        fax = visible_fax(tx, fax_id)
    if request.method == "HEAD":
        # Nobody gets anything: none is made, and the ledger tells of none.
        return Response(content_type="application/zip")
    _, answer = streamed(lambda into: services().evidence().make(fax.id, into))
    answer.content_type = "application/zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{fax.id}-evidence.zip"'
    return answer


def visible_fax(tx: Transaction, fax_id: str) -> Fax:
    """The fax, if this token may see it.

    Raises:
        Problem: there is none, or it is of another mailbox; the two cannot be told apart.
    """
    fax = tx.faxes.get(fax_id)
    if fax is None or not holder().may_see(fax.mailbox_id):
        raise Problem("unknown")
    return fax


def _page(asked: dict[str, Any]) -> dict[str, object]:
    limit, cursor = asked.pop("limit"), asked.pop("cursor", "")
    query = FaxQuery(**asked, limit=limit + 1)
    with services().catalog().reading() as tx:
        if cursor:
            query = replace(query, before=_last(tx, cursor))
        found = list(_newest(tx, query))
        items = [told_fax(tx, fax) for fax in found[:limit]]
    more = len(found) > limit
    return {"items": items, "next": cursor_at("faxes", found[limit - 1].id) if more else None}


def _last(tx: Transaction, cursor: str) -> str:
    fax = tx.faxes.get(position_of("faxes", cursor))
    if fax is None or not holder().may_see(fax.mailbox_id):
        raise bad_cursor()
    return fax.id


def _newest(tx: Transaction, query: FaxQuery) -> Iterator[Fax]:
    """The faxes of a query, in as far as this token may see them."""
    seen = holder().mailboxes
    if not seen:
        return iter(tx.faxes.list(query))
    boxes = [each for each in seen if query.mailbox in (None, each)]
    lists = [tx.faxes.list(replace(query, mailbox=each)) for each in boxes]
    return heapq.merge(*lists, key=lambda fax: (fax.created_at, fax.id), reverse=True)
