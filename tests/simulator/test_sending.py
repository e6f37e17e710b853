"""Sending: every form, every refusal, and how a sent fax ends."""

import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simulator import Plan, Settings, Simulator
from simulator.drawing import Sheet, draw
from simulator.multipart import parts

MAILBOX = "/restapi/v1.0/account/~/extension/~"
FAX = f"{MAILBOX}/fax"
TEXT = ("a.txt", b"hello", "text/plain")


def code(answer):
    return answer.json()["errors"][0]["errorCode"]


def post(client, fields=(("to", "+16505550111"),), files=(("attachment", TEXT),)):
    every = [(name, (None, value)) for name, value in fields] + list(files)
    return client.ask("POST", FAX, files=every)


def mixed(client, pieces):
    body = b"".join(b"--B\r\n" + piece + b"\r\n" for piece in pieces) + b"--B--\r\n"
    return client.ask(
        "POST", FAX, data=body, headers={"Content-Type": "multipart/mixed; boundary=B"}
    )


ENVELOPE = b'Content-Type: application/json\r\n\r\n{"to":[{"phoneNumber":"16505550111"}]}'


def test_plain_form_fields_and_several_recipients(simulator, client):
    fields = (("to", "+1 650 555 0111"), ("to", "6505550112"), ("faxResolution", "Low"))
    answer = post(client, fields)
    assert answer.status_code == 200
    body = answer.json()
    assert [each["phoneNumber"] for each in body["to"]] == ["+16505550111", "+16505550112"]
    assert (body["faxResolution"], body["messageStatus"]) == ("Low", "Queued")
    assert "filename" in body["attachments"][0]


def test_mixed_with_base64(simulator, client):
    document = draw(Sheet("x", 3, 1), "application/pdf")
    coded = base64.encodebytes(document).replace(b"\n", b"\r\n")
    head = (
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    answer = mixed(client, [ENVELOPE, head + coded])
    simulator.finish(str(answer.json()["id"]))
    (record,) = simulator.truth()
    assert (record["pages"], record["sources"][0]["size"]) == (3, len(document))


def test_pages_are_counted(simulator, client):
    tiff = draw(Sheet("x", 4, 1), "image/tiff")
    png = io.BytesIO()
    Image.new("1", (9, 9)).save(png, "PNG")
    files = [
        ("attachment", ("a.tif", tiff, "image/tiff")),
        ("attachment", ("b.png", png.getvalue(), "image/png")),
    ]
    answer = post(client, (("to", "+16505550111"), ("coverIndex", "7")), files)
    simulator.finish(str(answer.json()["id"]))
    assert simulator.truth()[0]["pages"] == 1 + 4 + 1


@pytest.mark.parametrize(
    ("fields", "files", "expected"),
    [
        ((), [("attachment", TEXT)], "CMN-101"),
        ((("to", "x"),), [("attachment", TEXT)], "CMN-101"),
        ((("to", "101"),), [("attachment", TEXT)], "MSG-344"),
        ((("to", "+16505550111"),), [], "MSG-347"),
        ((("to", "+16505550111"), ("faxResolution", "4K")), [("attachment", TEXT)], "CMN-101"),
        ((("to", "+16505550111"), ("coverIndex", "99")), [("attachment", TEXT)], "CMN-101"),
        ((("to", "+16505550111"), ("sendTime", "soon")), [("attachment", TEXT)], "CMN-101"),
        (
            (("to", "+16505550111"), ("coverPageText", "x" * 1025)),
            [("attachment", TEXT)],
            "CMN-101",
        ),
    ],
)
def test_senseless_fields_are_refused(client, fields, files, expected):
    answer = post(client, fields, files)
    assert (answer.status_code, code(answer)) == (400, expected)


@pytest.mark.parametrize(
    ("file", "status", "expected"),
    [
        (("a.exe", b"x", "application/octet-stream"), 415, "MSG-348"),
        (("noending", b"x", "application/octet-stream"), 400, "MSG-355"),
        (("x" * 253 + ".pdf", b"x", "application/pdf"), 400, "MSG-370"),
        (("a&b.pdf", b"x", "application/pdf"), 400, "MSG-351"),
        (("big.txt", b"x" * (50 * 1024 * 1024 + 1), "text/plain"), 413, "MSG-337"),
    ],
)
def test_files_that_are_refused(client, file, status, expected):
    answer = post(client, files=[("attachment", file)])
    assert (answer.status_code, code(answer)) == (status, expected)


def test_bodies_that_are_refused(client):
    assert code(client.ask("POST", FAX)) == "MSG-347"
    assert code(client.ask("POST", FAX, data="x", headers={"Content-Type": "text/x"})) == "MSG-348"
    assert code(mixed(client, [b"Content-Type: text/plain\r\n\r\nhi"])) == "MSG-349"
    assert code(mixed(client, [ENVELOPE, b"\r\n\r\nnaked"])) == "MSG-350"
    assert code(mixed(client, [b"Content-Type: application/json\r\n\r\n{"])) == "MSG-349"
    no_boundary = {"Content-Type": "multipart/mixed"}
    assert code(client.ask("POST", FAX, data="x", headers=no_boundary)) == "MSG-352"


def test_a_body_beyond_55_megabytes_is_not_even_read(client):
    answer = client.ask("POST", FAX, headers={"Content-Length": str(60 * 1024 * 1024)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.4 broken", "RenderingFailed"),
        (b"\n" * 60 * 201, "TooManyPages"),
    ],
)
def test_what_cannot_be_rendered_fails_later(simulator, client, data, expected):
    file = ("a.pdf", data, "application/pdf") if data[:1] == b"%" else ("a.txt", data, "text/plain")
    fax_id = str(post(client, files=[("attachment", file)]).json()["id"])
    simulator.finish(fax_id)
    body = client.get(f"{MAILBOX}/message-store/{fax_id}").json()
    assert body["messageStatus"] == "SendingFailed"
    assert body["to"][0]["faxErrorCode"] == expected
    assert "faxPageCount" not in body
    assert body["attachments"] == []


def test_the_status_is_an_aggregate_over_recipients(simulator, client):
    numbers = ["+16505550111", "+16505550112", "+16505550113"]
    fax_id = simulator.send(numbers)

    def status():
        return client.records()[0]["messageStatus"]

    simulator.finish(fax_id, number=numbers[0], error="LineBusy")
    assert status() == "Queued"
    simulator.finish(fax_id, number=numbers[1])
    simulator.finish(fax_id, number=numbers[2])
    assert status() == "SendingFailed"
    assert [each["messageStatus"] for each in client.records()[0]["to"]] == [
        "SendingFailed",
        "Sent",
        "Sent",
    ]
    simulator.finish(fax_id, number=numbers[0])
    assert status() == "Sent"


def test_a_failed_fax_can_be_resent_and_a_received_one_forwarded(simulator, client):
    fax_id = simulator.send(["+16505550111", "+16505550112"])
    body = {"originalMessageId": fax_id}
    assert client.ask("POST", FAX, json=body).status_code == 406
    simulator.finish(fax_id, number="+16505550111", error="NoAnswer")
    simulator.finish(fax_id, number="+16505550112")
    again = client.ask("POST", FAX, json=body).json()
    assert [each["phoneNumber"] for each in again["to"]] == ["+16505550111"]
    (received,) = simulator.receive()
    assert code(client.ask("POST", FAX, json={"originalMessageId": received})) == "CMN-101"
    forward = {"originalMessageId": received, "to": [{"phoneNumber": "+16505550114"}]}
    assert client.ask("POST", FAX, json=forward).status_code == 200


def test_the_clock_finishes_what_control_does_not(client, simulator):
    simulator.change_settings(finish_after=20.0, failure_rate=0.0)
    now = simulator.send(["+16505550111"])
    post(client, (("to", "+16505550111"), ("sendTime", "2099-01-01T00:00:00Z")))
    simulator.advance(21)
    assert [(each["id"] == now, each["status"]) for each in simulator.truth()] == [
        (True, "Sent"),
        (False, "Queued"),
    ]


def test_real_time_finishes_too():
    with Simulator(1, Plan(settings=Settings(finish_after=0.01, failure_rate=1.0))) as simulator:
        simulator.send(["+16505550111"])
        while simulator.truth()[0]["status"] == "Queued":
            simulator.now()
        assert simulator.truth()[0]["recipients"][0]["error"]


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_parts_come_back_as_they_were(pieces):
    boundary = b"=_frontier"
    pieces = [piece for piece in pieces if b"--" + boundary not in piece]
    head = b'Content-Disposition: form-data; name="n"; filename="f.bin"\r\n\r\n'
    body = b"".join(b"--" + boundary + b"\r\n" + head + piece + b"\r\n" for piece in pieces)
    found = parts(f'multipart/mixed; boundary="{boundary.decode()}"', body + b"--=_frontier--")
    assert [part.data for part in found] == pieces


@given(st.binary(max_size=200), st.text(max_size=30))
def test_broken_bodies_raise_only_value_errors(body, kind):
    try:
        parts(kind, body)
        parts("multipart/mixed; boundary=B", b"--B" + body + b"--B--")
    except ValueError:
        pass


def test_the_envelope_may_be_a_json_field_of_any_name(client):
    envelope = json.dumps({"to": [{"phoneNumber": "+16505550111"}]})
    files = [("json", (None, envelope, "application/json")), ("attachment", TEXT)]
    assert client.ask("POST", FAX, files=files).status_code == 200


def told(client, sent):
    return client.get(f"{MAILBOX}/message-store/{sent}").json()["to"]


def test_a_recipient_may_be_in_a_status_that_nobody_knows(simulator, client):
    sent = simulator.send(["+16505550111", "+16505550112"])
    simulator.step(sent, "Teleported", error="NoBeam", number="+16505550112")
    queued, odd = told(client, sent)
    assert (queued["messageStatus"], "faxErrorCode" in queued) == ("Queued", False)
    assert (odd["messageStatus"], odd["faxErrorCode"]) == ("Teleported", "NoBeam")


def test_recipients_may_come_in_another_order_each_time(simulator, client):
    numbers = [f"+1650555011{n}" for n in range(8)]
    sent = simulator.send(numbers)
    simulator.change_settings(shuffle_recipients=True)
    orders = [[each["phoneNumber"] for each in told(client, sent)] for _ in range(2)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == numbers


def test_recipients_may_tell_no_status_of_their_own(simulator, client):
    sent = simulator.send(["+16505550111"])
    simulator.finish(sent, error="LineBusy")
    simulator.change_settings(omit_recipient_status=True)
    (entry,) = told(client, sent)
    assert entry.keys() == {"phoneNumber", "recipientId"}
