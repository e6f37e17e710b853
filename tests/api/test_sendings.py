"""Sending over HTTP: forms and JSON, keys, faults all at once, and who may see and cancel what."""

import io
import threading
from base64 import b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests import Request
from werkzeug.test import TestResponse

from api.services import UPLOADS_AT_ONCE, UPLOADS_OF_ONE
from api.uploads import MOST_BYTES, MOST_JSON_BYTES, MOST_JSON_MARKS
from tests.api.served import BACK, DESK, Served
from tests.sending.forms import emptied, filled

LAB = "+12025550111"
WORDS = "Please call back."
Body = Mapping[str, Any]
LETTER: Body = {"to": [LAB], "documents": [{"text": WORDS}], "cover_index": 0, "mailbox": DESK}


def order(api: Served, body: Body = LETTER, token: str = "", key: str = "") -> TestResponse:
    headers = {"Idempotency-Key": f'"{key}"'} if key else {}
    return api.ask("/faxes", token or api.token("send"), "POST", json=body, headers=headers)


def order_form(api: Served, form: Body, *files: tuple[str, bytes], key: str = "") -> TestResponse:
    """As `requests` writes it: the test client would put large files on disk itself."""
    parts = [("document", (name, content)) for name, content in files]
    parts = parts or [("document", ("", b""))]
    sent = Request("POST", "http://x/", data=form, files=parts).prepare()
    headers = {"Idempotency-Key": f'"{key}"'} if key else {}
    headers["Content-Type"] = sent.headers["Content-Type"]
    return api.ask("/faxes", api.token("send"), "POST", data=sent.body, headers=headers)


def in_outbox(api: Served) -> list[dict[str, Any]]:
    api.clock.pass_time(minutes=1)
    found: list[dict[str, Any]] = api.told("/sendings", api.token("read"))["items"]
    return found


def kept(api: Served, answer: TestResponse) -> list[bytes]:
    """The documents of a sending as they lie in the outbox."""
    told = answer.json
    assert told is not None
    files = []
    for number in range(1, len(told["documents"]) + 1):
        with api.house.outbox_files.open(told["id"], number) as file:
            files.append(file.read())
    return files


def faults(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    told = answer.json
    assert told is not None
    return {fault["field"]: fault["detail"] for fault in told["errors"]}


def test_a_fax_as_json_is_promised_and_can_be_asked_about(api: Served) -> None:
    file = {"name": "a.txt", "content_type": "text/plain", "content": b64encode(b"A").decode()}
    to = [LAB, {"number": "(202) 555-0112", "name": "Dr. Jones"}]

    answer = order(api, {**LETTER, "to": to, "documents": [{"text": WORDS}, file]})

    assert answer.status_code == 202, answer.text
    assert answer.json["state"] == "waiting"
    assert [each["number"] for each in answer.json["to"]] == [LAB, "+12025550112"]
    assert answer.json["to"][1]["name"] == "Dr. Jones"
    assert kept(api, answer) == [WORDS.encode(), b"A"]
    where = answer.headers["Location"].removeprefix("/api/v1")
    assert answer.json["hints"] == []
    assert {**api.told(where, api.token("send")), "hints": []} == answer.json
    assert [each["id"] for each in in_outbox(api)] == [answer.json["id"]]


def test_a_fax_as_a_form_keeps_texts_and_files_in_order(api: Served) -> None:
    big = b"0123456789" * 70_000
    form = {"to": [LAB, "Dr. Jones <+12025550112>"], "text": WORDS, "mailbox": DESK}
    more = {"cover_index": "0", "resolution": "Low", "send_at": "2026-11-24T12:00:00+01:00"}

    answer = order_form(api, {**form, **more}, ("b.txt", b"B"), ("big.txt", big), ("a.txt", b"A"))

    assert answer.status_code == 202, answer.text
    assert kept(api, answer) == [WORDS.encode(), b"B", big, b"A"]
    assert [each["name"] for each in answer.json["documents"]][1:] == ["b.txt", "big.txt", "a.txt"]
    assert answer.json["to"][1] == {"number": "+12025550112", "name": "Dr. Jones"}
    assert answer.json["send_at"] == "2026-11-24T11:00:00.000Z"
    assert answer.json["resolution"] == "Low"


def test_a_form_that_may_lose_its_fields_gets_a_hint_or_is_flattened(api: Served) -> None:
    form = {"to": LAB, "mailbox": DESK, "cover_index": "0"}
    document = ("form.pdf", filled(name="Kit"))

    plain = order_form(api, form, document, key="k")
    assert (plain.status_code, plain.json["hints"][0]["field"]) == (202, "documents[1]")
    assert "Send it with `flatten`" in plain.json["hints"][0]["advice"]
    assert order_form(api, form, document, key="k").json == plain.json
    flat = order_form(api, {**form, "flatten": "true"}, document)
    assert (flat.status_code, flat.json["hints"]) == (202, [])
    assert kept(api, flat) != kept(api, plain) == [document[1]]
    other = order_form(api, {**form, "flatten": "true"}, document, key="k")
    assert other.json["type"] == "urn:faxkeep:problem:key-reused"


def test_an_empty_form_is_refused_with_advice_for_a_program(api: Served) -> None:
    answer = order_form(api, {"to": LAB, "mailbox": DESK}, ("form.pdf", emptied(filled())))

    assert faults(answer).keys() == {"documents[1]"}
    assert "`flatten`" in answer.json["errors"][0]["advice"]


def test_what_cannot_be_flattened_is_a_fault(api: Served) -> None:
    form = {"to": LAB, "mailbox": DESK, "flatten": "true"}

    answer = order_form(api, form, ("a.txt", b"A"), ("broken.pdf", b"%PDF-1.7 and no more"))

    assert faults(answer).keys() == {"documents[2]"}


def test_no_byte_of_an_upload_lies_plain_on_disk(api: Served, tmp_path: Path) -> None:
    mark = b"MARK-one-5e0c1f" * 100_000
    sent = Request(
        "POST", "http://x/", data={"to": LAB, "mailbox": DESK}, files={"document": ("a.txt", mark)}
    )
    body = sent.prepare()
    found = []

    class Watching(io.BytesIO):
        """A body that looks at the disk while it is being taken in."""

        def readinto(self, buffer: Any) -> int:
            found.extend(plain(mark[:15], tmp_path))
            return super().readinto(buffer)

    answer = api.ask(
        "/faxes",
        api.token("send"),
        "POST",
        input_stream=Watching(body.body),
        environ_overrides={"CONTENT_LENGTH": str(len(body.body))},
        content_type=body.headers["Content-Type"],
    )

    assert answer.status_code == 202, answer.text
    assert found + plain(mark[:15], tmp_path) == []


def plain(mark: bytes, folder: Path) -> list[str]:
    """What is open or lies below the folder and holds the mark: an unlinked file counts too."""
    names = [path for path in folder.rglob("*") if path.is_file()]
    names += [Path(f"/proc/self/fd/{each.name}") for each in Path("/proc/self/fd").iterdir()]
    return [str(path) for path in names if path.is_file() and mark in head(path)]


def head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(200_000)


def test_everything_that_is_wrong_is_told_at_once(api: Served) -> None:
    documents = [{"text": WORDS, "content": "QQ=="}, {"content": "not base64!"}, {}]
    wrong = {
        "to": [LAB, {"name": "Nobody"}, 7],
        "documents": documents,
        "resolution": "Middle",
        "send_at": "tomorrow",
        "country": "usa",
        "colour": "red",
    }

    found = faults(order(api, wrong))

    assert found.keys() == {
        "to[2].number",
        "to[3]",
        "documents[1]",
        "documents[2].content",
        "documents[3]",
        "resolution",
        "send_at",
        "country",
        "colour",
        "mailbox",
    }
    assert in_outbox(api) == []


@pytest.mark.parametrize("body", [[], "x", 7, {}])
def test_a_body_that_is_no_fax_is_refused(api: Served, body: object) -> None:
    answer = api.ask("/faxes", api.token("send"), "POST", json=body)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_more_values_than_any_fax_has_are_not_looked_at(shared: Served) -> None:
    """Each takes many times its size of memory, in the process that the webhook lives in."""
    many = {**LETTER, **dict.fromkeys(map(str, range(MOST_JSON_MARKS)), 1)}
    assert order(shared, many).status_code == 400
    wrong = faults(order(shared, {**LETTER, "to": ["x"] * 20_000}))
    assert wrong["to"] == "Length must be between 1 and 50."
    assert not [field for field in wrong if field.startswith("to[")]


@pytest.mark.parametrize("files", [[("x", "other")], []])
def test_a_form_without_a_document_is_refused(api: Served, files: list[tuple[str, str]]) -> None:
    data: dict[str, Any] = {"to": LAB, "cover_index": "0", "to_": "x"}
    data |= {field: (io.BytesIO(b"x"), name) for name, field in files}

    answer = api.ask("/faxes", api.token("send"), "POST", data=data)

    assert answer.status_code in (415, 422)
    assert in_outbox(api) == []


def test_a_repeated_request_sends_one_fax_and_gets_the_same_answer(api: Served) -> None:
    first = order(api, key="order-7")
    api.clock.pass_time(hours=1)
    assert api.ask(f"/sendings/{first.json['id']}", method="DELETE").json["state"] == "cancelled"

    again = order(api, key="order-7")

    assert (again.status_code, again.json) == (202, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert len(in_outbox(api)) == 1


def test_form_and_json_of_the_same_content_are_the_same_request(api: Served) -> None:
    form = {"to": LAB, "text": WORDS, "cover_index": "0", "mailbox": DESK}
    first = order_form(api, form, key="k")

    assert order(api, key="k").json == first.json
    assert len(in_outbox(api)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"to": ["+12025550112"]},
        {"to": [{"number": LAB, "name": "Dr. Jones"}]},
        {"documents": [{"text": WORDS + "!"}]},
        {"documents": [{"text": WORDS, "name": "other.txt"}]},
        {"documents": [{"text": WORDS}, {"text": WORDS}]},
        {"cover_index": None},
        {"resolution": "Low"},
        {"send_at": "2026-11-24T12:00:00Z"},
        {"mailbox": BACK},
    ],
)
def test_a_key_with_another_request_is_refused(api: Served, other: Body) -> None:
    order(api, key="order-7")
    body = {name: value for name, value in {**LETTER, **other}.items() if value is not None}

    answer = order(api, body, key="order-7")

    assert answer.status_code == 422
    assert answer.json["type"] == "urn:faxkeep:problem:key-reused"
    assert len(in_outbox(api)) == 1


def test_a_key_belongs_to_one_token_and_a_refused_request_leaves_it_free(api: Served) -> None:
    assert order(api, {**LETTER, "to": []}, key="k").status_code == 422
    first = order(api, key="k")
    other = order(api, token=api.token("admin"), key="k")

    assert (first.status_code, other.status_code) == (202, 202)
    assert first.json["id"] != other.json["id"]


@pytest.mark.parametrize("header", ["order-7", '""', '"a", "b"'])
def test_a_malformed_key_is_refused_before_the_body_is_read(api: Served, header: str) -> None:
    more = {"json": LETTER, "headers": {"Idempotency-Key": header}}

    answer = api.ask("/faxes", api.token("send"), "POST", **more)

    assert (answer.status_code, answer.json["type"]) == (400, "urn:faxkeep:problem:malformed-key")
    assert in_outbox(api) == []


def test_while_the_first_is_being_answered_a_repetition_must_wait(api: Served) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        """A body whose end comes when the test says so."""

        def readinto(self, buffer: Any) -> int:
            arrived.set()
            go_on.wait(30)
            return super().readinto(buffer)

    answers: list[TestResponse] = []
    token = api.token("send")
    plain = b'{"to": ["+12025550111"], "documents": [{"text": "x"}], "mailbox": "1-2"}'

    def send_slowly() -> None:
        more = {"input_stream": Slow(plain), "content_type": "application/json"}
        length = {"CONTENT_LENGTH": str(len(plain))}
        key = {"Idempotency-Key": '"k"'}
        more |= {"environ_overrides": length, "headers": key}
        answers.append(api.ask("/faxes", token, "POST", **more))

    first = threading.Thread(target=send_slowly)
    first.start()
    assert arrived.wait(30)
    meanwhile = order(api, key="k")
    go_on.set()
    first.join()

    assert (meanwhile.status_code, meanwhile.json["type"]) == (
        409,
        "urn:faxkeep:problem:still-busy",
    )
    assert answers[0].status_code == 202, answers[0].text
    assert order(api, {**LETTER, "documents": [{"text": "x"}]}, key="k").status_code == 422


REFUSED_BODIES: dict[str, tuple[dict[str, Any], int]] = {
    "of another type": ({"data": b"x", "content_type": "application/pdf"}, 415),
    "urlencoded": ({"data": {"to": LAB}}, 415),
    "broken JSON": ({"data": b"{", "content_type": "application/json"}, 400),
    "deep JSON": ({"data": b"[" * 200_000, "content_type": "application/json"}, 400),
    "broken form": ({"data": b"x", "content_type": "multipart/form-data; boundary=b"}, 400),
    "form without boundary": ({"data": b"x", "content_type": "multipart/form-data"}, 400),
    "odd boundary": ({"data": b"x", "content_type": "multipart/form-data; boundary=\xe9"}, 400),
    "endless field": (
        {"data": {"to": "1" * 300_000}, "content_type": "multipart/form-data"},
        413,
    ),
    "endless parts": (
        {"data": {"to": ["1"] * 400}, "content_type": "multipart/form-data"},
        413,
    ),
}


@pytest.mark.parametrize("name", REFUSED_BODIES)
def test_a_body_that_cannot_be_taken_is_refused(shared: Served, name: str) -> None:
    more, status = REFUSED_BODIES[name]
    shared.clock.pass_time(minutes=1)

    answer = shared.ask("/faxes", shared.token("send"), "POST", **more)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("content_type", "length", "status"),
    [
        ("application/json", MOST_JSON_BYTES + 1, 413),
        ("multipart/form-data; boundary=x", MOST_BYTES + 1, 413),
        ("application/json", None, 411),
    ],
)
def test_what_is_too_long_is_refused_unread(
    shared: Served, content_type: str, length: int | None, status: int
) -> None:
    class Unread(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            raise AssertionError("it was read")

    told = {"CONTENT_LENGTH": str(length)} if length else {"HTTP_TRANSFER_ENCODING": "chunked"}
    more = {"input_stream": Unread(), "content_type": content_type, "environ_overrides": told}

    assert shared.ask("/faxes", shared.token("send"), "POST", **more).status_code == status


def test_who_takes_too_long_is_turned_away(api: Served) -> None:
    class Slow(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            api.clock.pass_time(minutes=11)
            return super().readinto(buffer)

    more = {"input_stream": Slow(b"{}"), "content_type": "application/json"}
    answer = api.ask(
        "/faxes", api.token("send"), "POST", environ_overrides={"CONTENT_LENGTH": "2"}, **more
    )

    assert (answer.status_code, answer.json["type"]) == (408, "urn:faxkeep:problem:too-slow")


def test_only_so_many_uploads_come_in_at_once(api: Served) -> None:
    token, other = api.token("send"), api.token("admin")
    uploads = api.app.extensions["api"].uploads
    mine = api.house.keyring.holder(token)
    assert mine is not None
    with ExitStack() as stack:
        for _ in range(UPLOADS_OF_ONE):
            stack.enter_context(uploads.one(mine.token_id))
        answer = order(api, token=token)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert order(api, token=other).status_code == 202
        for number in range(UPLOADS_AT_ONCE - UPLOADS_OF_ONE):
            stack.enter_context(uploads.one(f"another {number}"))
        assert order(api, token=other).status_code == 503
        assert api.ask("/faxes", api.token("read")).status_code == 200
    assert order(api, token=token).status_code == 202


def test_who_may_see_and_cancel_a_sending(api: Served) -> None:
    mine = order(api).json["id"]
    other, reader = api.token("send", mailboxes=(DESK,)), api.token("read")
    both, stranger = api.token("send", "read"), api.token("admin", mailboxes=(BACK,))
    seen = {api.token("send"): 200, reader: 200, both: 200, other: 404, stranger: 404}
    cancels = {reader: 403, both: 403, other: 404, stranger: 404, api.token("send"): 200}

    for token, status in seen.items():
        assert api.ask(f"/sendings/{mine}", token).status_code == status
    for token, status in cancels.items():
        assert api.ask(f"/sendings/{mine}", token, "DELETE").status_code == status
    again = api.ask(f"/sendings/{mine}", method="DELETE")
    assert (again.status_code, again.json["state"]) == (200, "cancelled")


def test_what_is_sent_already_cannot_be_cancelled(api: Served) -> None:
    sending = order(api).json["id"]
    with api.house.catalog.transaction() as tx:
        tx.sendings.begin(sending, api.clock())

    answer = api.ask(f"/sendings/{sending}", method="DELETE")

    assert (answer.status_code, answer.json["type"]) == (409, "urn:faxkeep:problem:wrong-state")


def test_a_token_of_mailboxes_sends_from_those_alone(api: Served) -> None:
    one, two = api.token("send", mailboxes=(DESK,)), api.token("send", mailboxes=(DESK, BACK))
    without = {name: value for name, value in LETTER.items() if name != "mailbox"}

    assert order(api, without, one).json["mailbox"] == DESK
    hidden = order(api, {**LETTER, "mailbox": BACK}, one)
    assert faults(hidden).keys() == {"mailbox"}
    assert BACK not in hidden.text
    assert faults(order(api, {**LETTER, "mailbox": "103"}, one)).keys() == {"mailbox"}
    assert faults(order(api, without, two)).keys() == {"mailbox"}
    assert order(api, {**LETTER, "mailbox": "103"}, two).json["mailbox"] == BACK


@pytest.mark.parametrize("mailbox", ["9-9", ""])
def test_an_unknown_mailbox_is_told_with_all_else_that_is_wrong(api: Served, mailbox: str) -> None:
    answer = order(api, {"to": ["12"], "documents": [{"text": "x"}], "mailbox": mailbox})

    assert faults(answer).keys() == {"mailbox", "to[1]"}


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_of_the_outbox_show_every_sending_once(api: Served, limit: int) -> None:
    made = []
    for n in range(5):
        made.append(order(api, {**LETTER, "mailbox": (DESK, BACK)[n % 2]}).json["id"])
        api.clock.pass_time(seconds=5)
    for token, expected in (
        (api.token("read"), made),
        (api.token("read", mailboxes=(DESK, BACK)), made),
        (api.token("read", mailboxes=(BACK,)), made[1::2]),
    ):
        seen, cursor = [], ""
        while cursor is not None:
            page = api.told(f"/sendings?limit={limit}&cursor={cursor}", token)
            seen += [each["id"] for each in page["items"]]
            cursor = page["next"]
        assert seen == expected[::-1]
    assert api.told("/sendings?state=sent")["items"] == []


TEXT = st.text(st.characters(codec=None, exclude_categories=()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("to", "documents", "cover_index", "cover_text", "resolution", "send_at", "country")


GOOD = st.fixed_dictionaries(
    {
        "to": st.lists(st.fixed_dictionaries({"number": st.just(LAB), "name": TEXT}), min_size=1),
        "documents": st.lists(
            st.fixed_dictionaries({"text": TEXT, "name": TEXT}), min_size=1, max_size=3
        ),
        "mailbox": st.just(DESK),
    },
    optional={"cover_text": TEXT, "resolution": st.sampled_from(["High", "Low"])},
)


@given(GOOD | st.dictionaries(st.sampled_from((*FIELDS, "mailbox", "x")), JSON, max_size=6))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_no_body_makes_it_fail(shared: Served, body: dict[str, object]) -> None:
    shared.clock.pass_time(minutes=1)

    answer = order(shared, body)

    assert answer.status_code in (202, 422), answer.text
