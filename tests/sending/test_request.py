"""A fax request is a plain value that any HTTP client can send."""

import http.client
import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from errors import UserError
from ringcentral_api import FaxRequest
from sending import (
    FORMS,
    OutgoingFax,
    Recipient,
    document_from_bytes,
    document_from_text,
    fax_request,
    resend_request,
)
from sending.request import wire_name, wire_type
from simulator import Simulator
from tests.sending.drawn import pdf

TO = (Recipient("+16505550123"),)


def by_requests(fax: FaxRequest, headers: dict[str, str]) -> Any:
    answer = requests.request(fax.method, fax.url, data=fax.body, headers=headers, timeout=10)
    return answer.json()


def by_urllib(fax: FaxRequest, headers: dict[str, str]) -> Any:
    asked = urllib.request.Request(fax.url, fax.body, headers, method=fax.method)  # type: ignore[arg-type]
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)


def by_http_client(fax: FaxRequest, headers: dict[str, str]) -> Any:
    where = urlsplit(fax.url)
    connection = http.client.HTTPConnection(where.netloc, timeout=10)
    connection.request(fax.method, where.path, fax.body, headers)  # type: ignore[arg-type]
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


@pytest.mark.parametrize("form", [*FORMS, "resend"])
@pytest.mark.parametrize("send", [by_requests, by_urllib, by_http_client])
def test_any_http_client_can_send_one(
    simulator: Simulator, sdk: Any, send: Callable[..., Any], form: str
) -> None:
    if form == "resend":
        (received,) = simulator.receive()
        fax = resend_request(received, TO)
    else:
        fax = fax_request(OutgoingFax(TO, (document_from_bytes("a.pdf", pdf(2)),)), form=form)
    token = sdk.auth().access_token()
    whole = fax.at(simulator.url)
    answer = send(whole, {**whole.headers, "Authorization": f"Bearer {token}"})
    assert answer["messageStatus"] == "Queued"
    assert [each["phoneNumber"] for each in answer["to"]] == ["+16505550123"]


def envelope(fax: OutgoingFax) -> Any:
    body = fax_request(fax, form="mixed").body.read()
    return json.loads(body.split(b"\r\n\r\n")[1].split(b"\r\n--")[0])


def test_the_envelope_says_what_was_asked_and_nothing_else() -> None:
    document = (document_from_text("x"),)
    assert envelope(OutgoingFax(TO, document, country="")) == {
        "to": [{"phoneNumber": "+16505550123"}],
        "faxResolution": "High",
    }
    later = datetime(2030, 1, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    kit = (Recipient("020 7946 0018", " Kit\r\nÜnger "),)
    assert envelope(OutgoingFax(kit, document, 0, "Hi", "Low", later, "uk")) == {
        "to": [{"phoneNumber": "+442079460018", "name": "Kit Ünger"}],
        "faxResolution": "Low",
        "coverIndex": 0,
        "coverPageText": "Hi",
        "sendTime": "2030-01-02T10:00:00.000Z",
        "isoCode": "GB",
    }


def test_a_country_is_told_only_where_all_numbers_are_of_it() -> None:
    abroad = (*TO, Recipient("+44 20 7946 0018"))
    assert "isoCode" not in envelope(OutgoingFax(abroad, (document_from_text("x"),)))


def test_documents_without_an_ending_get_one_from_their_type() -> None:
    for name, kind, sent, sent_kind in [
        ("scan", "application/pdf", "scan.pdf", "application/pdf"),
        ("", "image/tiff", "document-3.tif", "image/tiff"),
        ("report.final", "application/pdf; x=1", "report.final.pdf", "application/pdf"),
        ("scan.pdf", "", "scan.pdf", "application/pdf"),
        ("scan.pdf", "application/octet-stream", "scan.pdf", "application/pdf"),
        ("scan.pdf", "image/png", "scan.pdf", "application/pdf"),
        ("a.TXT", "text/plain; charset=latin-1", "a.TXT", "text/plain; charset=latin-1"),
        ("x" * 300, "application/pdf", "x" * 247 + ".pdf", "application/pdf"),
        ("what", "", "what", "application/octet-stream"),
    ]:
        document = document_from_bytes(name, b"1", kind)
        assert (wire_name(document, 3), wire_type(document)) == (sent, sent_kind)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: fax_request(OutgoingFax(TO, ()), form="fax"), "form"),
        (lambda: fax_request(OutgoingFax(TO, ()), extension="1/../2"), "extension"),
        (lambda: fax_request(OutgoingFax((Recipient("12"),), ())), "digits"),
        (lambda: fax_request(OutgoingFax(TO, (), country="XX")), "country"),
        (lambda: resend_request("1/2"), "message"),
    ],
)
def test_what_cannot_be_a_request_is_refused(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        make()


def test_base64_must_fit_too() -> None:
    large = document_from_bytes("a.txt", b"x" * (45 * 1024 * 1024))
    fax = OutgoingFax(TO, (large,), send_at=datetime(2030, 1, 1, tzinfo=UTC))
    fax_request(fax)
    with pytest.raises(UserError, match="base64"):
        fax_request(fax, form="mixed-base64")
