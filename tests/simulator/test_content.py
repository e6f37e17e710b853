"""Documents: true, in ranges, and in every sickness, each of which ends."""

import io

import pikepdf
import pytest
import requests
from PIL import Image

from simulator import Fault, Inbound
from simulator.drawing import Sheet, draw
from simulator.faults import CONTENT

MAILBOX = "/restapi/v1.0/account/~/extension/~"


@pytest.fixture
def fax(simulator):
    return simulator.receive(Inbound(pages=3))[0]


def test_a_drawn_pdf_and_tiff_have_their_pages():
    sheet = Sheet("header", 3, 1)
    with pikepdf.open(io.BytesIO(draw(sheet, "application/pdf"))) as pdf:
        assert len(pdf.pages) == 3
        images = [image for page in pdf.pages for image in page.Resources.XObject.values()]
        assert {str(image.Filter[0]) for image in images} == {"/CCITTFaxDecode"}
    with Image.open(io.BytesIO(draw(sheet, "image/tiff"))) as tiff:
        assert (tiff.n_frames, tiff.mode, tiff.width) == (3, "1", 1728)
        assert tiff.info["compression"] == "group4"


def test_the_same_sheet_is_drawn_the_same():
    assert draw(Sheet("x", 2, 5), "image/tiff") == draw(Sheet("x", 2, 5), "image/tiff")
    assert draw(Sheet("x", 2, 5), "image/tiff") != draw(Sheet("x", 2, 6), "image/tiff")


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="pages"):
        draw(Sheet("x", 0, 1), "image/tiff")
    with pytest.raises(ValueError, match="image/png"):
        draw(Sheet("x", 1, 1), "image/png")


def test_a_given_document_is_kept_as_it_is(simulator, client):
    (fax_id,) = simulator.receive(
        Inbound(document=b"II*\0 not much", content_type="image/tiff", pages=9)
    )
    answer = client.content(fax_id)
    assert answer.content == b"II*\0 not much"
    assert answer.headers["Content-Type"] == "image/tiff"
    assert simulator.truth()[0]["document"]["pages"] == 9


def test_a_given_document_is_held_once_for_all_faxes(simulator):
    data = b"%PDF-" + bytes(1000)
    ids = simulator.receive(Inbound(document=data), count=2)
    ids += simulator.receive(Inbound(document=data))
    assert all(simulator.document(each) is data for each in ids)


def test_ranges(simulator, client, fax):
    whole = simulator.document(fax)
    answer = client.content(fax, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, whole[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert client.content(fax, headers={"Range": "bytes=-5"}).content == whole[-5:]
    assert client.content(fax, headers={"Range": "bytes=7-"}).content == whole[7:]
    beyond = client.content(fax, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.json()["errorCode"]) == (416, "CMN-107")


def test_content_disposition_cannot_add_headers(client, fax):
    query = {"contentDisposition": "Attachment", "contentDispositionFilename": "a\r\nX-Evil: 1"}
    answer = client.content(fax, params=query)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=")
    assert "X-Evil" not in answer.headers


def test_content_lives_on_the_media_host_only(simulator, client, fax):
    uri = client.get(f"{MAILBOX}/message-store/{fax}").json()["attachments"][0]["uri"]
    assert uri.startswith(simulator.media_url)
    on_platform = uri.replace(simulator.media_url, simulator.url)
    assert client.get(on_platform).status_code == 404
    simulator.change_settings(platform_content="redirect")
    assert client.get(on_platform).headers["Location"] == uri
    assert client.get(f"{simulator.media_url}{MAILBOX}/message-store").status_code == 404


def test_a_token_in_the_query_works_on_the_media_host_only(simulator, client, fax):
    uri = client.get(f"{MAILBOX}/message-store/{fax}").json()["attachments"][0]["uri"]
    token = {"access_token": client.token}
    assert requests.get(uri, params=token, timeout=5).status_code == 200
    there = requests.get(simulator.url + MAILBOX, params=token, timeout=5)
    assert there.status_code == 401


def test_every_sickness_is_what_it_says(simulator, client, fax):
    whole = simulator.document(fax)
    half = len(whole) // 2

    def sick(name, **values):
        simulator.sicken(fax, name, Fault(**values))
        return client.content(fax)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        sick("content_cut")
    assert sick("content_short").content == whole[:half]
    partial = sick("content_partial")
    assert (partial.status_code, partial.content) == (206, whole[:half])
    assert partial.headers["Content-Range"] == f"bytes 0-{half - 1}/{len(whole)}"
    page = sick("content_html")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert sick("content_wrong_type").headers["Content-Type"] == "image/tiff"
    early = sick("content_not_ready", status=404)
    assert (early.status_code, early.json()["errorCode"]) == (404, "MSG-368")
    assert client.content(fax).content == whole
    noted = [each["fault"] for each in simulator.requests(path="/content/")["records"]]
    assert noted[:3] == ["content_cut", "content_short", "content_partial"]


def test_a_sickness_lasts_its_tries_or_its_seconds(simulator, client, fax):
    simulator.sicken(fax, "content_html", Fault(tries=2))
    kinds = [client.content(fax).headers["Content-Type"][:9] for _ in range(3)]
    assert kinds == ["text/html", "text/html", "applicati"]
    simulator.sicken(fax, "content_not_ready", Fault(seconds=30, status=409))
    assert [client.content(fax).status_code for _ in range(3)] == [409] * 3
    simulator.advance(31)
    assert client.content(fax).status_code == 200


@pytest.mark.parametrize("name", CONTENT)
def test_what_a_fax_catches_by_chance_it_gets_over(simulator, client, fax, name):
    simulator.fault(name, Fault(probability=0.999, tries=3))
    good = 0
    for _ in range(5):
        try:
            answer = client.content(fax)
        except requests.exceptions.ChunkedEncodingError:
            continue
        kind = answer.headers["Content-Type"]
        whole = answer.content == simulator.document(fax)
        good += answer.status_code == 200 and whole and kind == "application/pdf"
    assert 2 <= good <= 4


def test_a_queued_fax_has_no_content_yet(simulator, client):
    fax_id = simulator.send(["+16505550111"], pages=2)
    assert client.content(fax_id).json()["errorCode"] == "MSG-368"
    simulator.render(fax_id)
    assert client.content(fax_id).status_code == 200
    assert client.records()[0]["faxPageCount"] == 2
    assert client.records()[0]["messageStatus"] == "Queued"
