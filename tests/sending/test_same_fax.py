"""RingCentral's own SDK and ours give RingCentral the same fax, in every form."""

import io
import json
import mimetypes
from typing import Any

import pytest
from ringcentral.http.multipart_builder import MultipartBuilder

from errors import UserError
from ringcentral_api import SendingClient
from sending import (
    FORMS,
    Document,
    OutgoingFax,
    Recipient,
    document_from_bytes,
    document_from_text,
    fax_request,
    resend_request,
)
from simulator import Simulator
from tests.sending.drawn import pdf, picture, tiff

FAX = "/restapi/v1.0/account/~/extension/~/fax"
NUMBERS = ("+16505550123", "+16505550124")
TO = (Recipient("+16505550123"),)
FILES = {
    "letter.pdf": pdf(3),
    "scan.tif": tiff(2),
    "Röntgen Müller.png": picture(),
    "notes.txt": b"one\r\ntwo\r\n",
    "table.csv": b"a,b\r\n1,2\r\n",
}


def by_the_sdk(sdk: Any, envelope: dict[str, Any], *, mixed: bool) -> str:
    builder = MultipartBuilder(sdk).set_multipart_mixed(mixed).set_body(envelope)
    for name, data in FILES.items():
        builder.add((name, data, mimetypes.guess_type(name)[0]))
    return str(sdk.send_request(builder.request(FAX)).json_dict()["id"])


def by_us(client: SendingClient, form: str, *names: str) -> str:
    fax = OutgoingFax(
        to=tuple(map(Recipient, NUMBERS, names or ("", ""))),
        documents=tuple(document_from_bytes(name, data) for name, data in FILES.items()),
        cover_index=7,
        cover_text="Für Kit & Co.",
        resolution="Low",
    )
    return client.request(fax_request(fax, form=form)).message_id


def as_received(simulator: Simulator, sdk: Any, fax_id: str) -> dict[str, Any]:
    """What the simulator holds of a fax, and what it tells of it, without what differs anyway."""
    simulator.finish(fax_id)
    (held,) = [each for each in simulator.truth() if each["id"] == fax_id]
    told = sdk.get(f"{FAX.removesuffix('/fax')}/message-store/{fax_id}").json_dict()
    to = [{key: each.get(key) for key in ("phoneNumber", "name")} for each in told["to"]]
    shown = ("faxResolution", "coverIndex", "coverPageText", "faxPageCount", "messageStatus")
    return {"sources": held["sources"], "to": to, **{key: told.get(key) for key in shown}}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("names", [(), ("Kit Ünger", "Doctor Who")])
def test_the_sdk_and_we_send_the_same_fax(
    simulator: Simulator, sdk: Any, client: SendingClient, form: str, names: tuple[str, ...]
) -> None:
    to = [
        {"phoneNumber": number, **({"name": name} if name else {})}
        for number, name in zip(NUMBERS, names or ("", ""), strict=True)
    ]
    envelope = {
        "to": to,
        "faxResolution": "Low",
        "coverIndex": 7,
        "coverPageText": "Für Kit & Co.",
        "isoCode": "US",
    }
    theirs = by_the_sdk(sdk, envelope, mixed=form != "form-data")
    ours = by_us(client, form, *names)
    seen = as_received(simulator, sdk, ours)
    assert seen == as_received(simulator, sdk, theirs)
    assert [each["fileName"] for each in seen["sources"]] == list(FILES)
    assert [each["phoneNumber"] for each in seen["to"]] == list(NUMBERS)
    assert [each["name"] or "" for each in seen["to"]] == list(names or ("", ""))
    assert (seen["coverIndex"], seen["faxPageCount"]) == (7, 1 + 3 + 2 + 1 + 1 + 1)


def test_a_text_alone_becomes_a_document(simulator: Simulator, client: SendingClient) -> None:
    fax = OutgoingFax((Recipient("650-555-0123"),), (document_from_text("Bonjour à tous\n" * 61),))
    taken = client.request(fax_request(fax))
    simulator.finish(taken.message_id)
    (seen,) = simulator.truth()
    assert seen["sources"][0]["fileName"] == "message.txt"
    assert seen["recipients"][0]["number"] == "+16505550123"
    assert seen["pages"] == 2


def test_a_failed_fax_is_resent_and_a_received_one_forwarded(
    simulator: Simulator, client: SendingClient
) -> None:
    sent = simulator.send(["+16505550111"])
    simulator.finish(sent, error="NoAnswer")
    again = client.request(resend_request(sent))
    assert [each.number for each in again.recipients] == ["+16505550111"]
    (received,) = simulator.receive()
    forwarded = client.request(resend_request(received, (Recipient("6505550114", "Kit"),)))
    assert [each.number for each in forwarded.recipients] == ["+16505550114"]


def test_cover_pages_are_listed(client: SendingClient) -> None:
    pages = client.cover_pages()
    assert pages[0].index == 0
    assert len({each.name for each in pages}) == len(pages) > 5


def test_the_answer_is_kept_whole(client: SendingClient) -> None:
    fax = OutgoingFax((Recipient("+16505550123"),), (document_from_text("x"),))
    taken = client.request(fax_request(fax))
    assert json.loads(json.dumps(taken.raw))["id"] == int(taken.message_id)


@pytest.mark.parametrize("form", FORMS)
def test_a_document_that_changes_while_it_is_sent_is_not_sent(
    simulator: Simulator, client: SendingClient, form: str
) -> None:
    for data in (b"shorter", b"a little longer than it was"):
        document = Document("a.txt", "", 20, lambda data=data: io.BytesIO(data))  # type: ignore[misc]
        with pytest.raises(UserError, match="length"):
            client.request(fax_request(OutgoingFax(TO, (document,)), form=form))
    assert simulator.truth() == []
