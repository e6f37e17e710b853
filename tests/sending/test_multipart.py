"""What is built here, parsers that others wrote take apart again, whatever is inside."""

import email
import email.policy
import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.formparser import MultiPartParser

from errors import UserError
from sending import (
    FORMS,
    Document,
    OutgoingFax,
    Recipient,
    document_from_bytes,
    fax_request,
)
from sending.body import Body, Section, base64_section, bytes_section

contents = st.binary(max_size=300) | st.sampled_from(
    [b"", b"\r\n", b"\r\n--", b"--\r\n\r\n", b"\0"]
)
names = st.text(max_size=40)
documents = st.lists(st.tuples(names, contents), min_size=1, max_size=4)


def fax_of(files: list[tuple[str, bytes]], name: str = "", text: str = "") -> OutgoingFax:
    made = tuple(document_from_bytes(each, data, "text/csv") for each, data in files)
    return OutgoingFax((Recipient("+16505550123", name),), made, cover_text=text)


def read_oddly(body: Any) -> bytes:
    """As no client reads: one byte, then a few, then all."""
    return b"".join((body.read(1), body.read(0), body.read(7), body.read()))


@given(documents, st.text(max_size=30))
def test_werkzeug_reads_our_forms(files: list[tuple[str, bytes]], text: str) -> None:
    request = fax_request(fax_of(files, text=text))
    boundary = request.content_type.partition("boundary=")[2].encode()
    parser = MultiPartParser(stream_factory=lambda *_, **__: io.BytesIO())
    form, found = parser.parse(io.BytesIO(request.body.read()), boundary, len(request.body))
    assert form.getlist("to") == ["+16505550123"]
    if text:
        assert form["coverPageText"] == text.encode("utf-8", "replace").decode()
    seen = found.getlist("attachment")
    assert [each.read() for each in seen] == [data for _, data in files]
    assert all(each.filename and each.filename.endswith(".csv") for each in seen)


@given(documents, st.text(max_size=20), st.sampled_from(FORMS[1:]))
def test_the_email_package_reads_our_mixed_bodies(
    files: list[tuple[str, bytes]], name: str, form: str
) -> None:
    request = fax_request(fax_of(files, name), form=form)
    raw = f"Content-Type: {request.content_type}\r\n\r\n".encode() + read_oddly(request.body)
    first, *rest = email.message_from_bytes(raw, policy=email.policy.HTTP).iter_parts()
    assert first.get_content_type() == "application/json"
    if form == "mixed-base64":
        # Raw parts are only compared in base64: this parser changes the line ends of raw ones.
        assert [each.get_payload(decode=True) for each in rest] == [data for _, data in files]
    assert len(rest) == len(files)


@given(documents, st.sampled_from(FORMS))
def test_the_length_is_exact_and_a_repetition_the_same(
    files: list[tuple[str, bytes]], form: str
) -> None:
    body = fax_request(fax_of(files), form=form).body
    assert not isinstance(body, bytes)
    whole = read_oddly(body)
    assert len(whole) == len(body)
    assert body.read(1) == b""
    body.seek(0)
    assert b"".join(body) == whole


@given(st.lists(st.binary(max_size=200)), st.lists(st.integers(1, 64)))
def test_a_body_is_its_sections_in_any_bites(pieces: list[bytes], bites: list[int]) -> None:
    body = Body([bytes_section(each) for each in pieces])
    read = [body.read(size) for size in bites]
    rest = body.read()
    assert b"".join(read) + rest == b"".join(pieces)
    assert body.tell() == len(body)


@given(st.binary(max_size=3000))
def test_base64_is_as_long_as_announced(data: bytes) -> None:
    body = Body([base64_section(bytes_section(data))])
    coded = body.read()
    assert len(coded) == len(body)
    assert all(len(line) <= 76 for line in coded.split(b"\r\n"))


def test_base64_of_several_pieces() -> None:
    data = bytes(range(256)) * 1000
    body = Body([base64_section(bytes_section(data))])
    assert body.read() == Body([base64_section(bytes_section(data))]).read(10**9)
    assert len(body) == (len(data) + 2) // 3 * 4 + 2 * -(-((len(data) + 2) // 3 * 4) // 76)


@pytest.mark.parametrize("claimed", [0, 4, 6])
@pytest.mark.parametrize("coded", [False, True])
def test_a_document_of_another_length_ends_the_body_early(claimed: int, coded: bool) -> None:
    section = Section(claimed * 50, lambda: io.BytesIO(b"12345" * 50))
    body = Body([base64_section(section) if coded else section, bytes_section(b"--end--")])
    with pytest.raises(UserError, match="length"):
        body.read()


def test_a_body_goes_back_to_its_start_only() -> None:
    body = Body([bytes_section(b"abc")])
    with pytest.raises(io.UnsupportedOperation):
        body.seek(1)


def test_one_document_is_open_at_a_time_and_none_in_the_end() -> None:
    opened: list[io.BytesIO] = []

    def watched() -> io.BytesIO:
        assert all(each.closed for each in opened)
        opened.append(io.BytesIO(b"page"))
        return opened[-1]

    three = tuple(Document(f"{n}.txt", "", 4, watched) for n in range(3))
    body = fax_request(OutgoingFax((Recipient("+16505550123"),), three)).body
    assert opened == []
    body.read()
    assert [each.closed for each in opened] == [True] * 3


def test_nothing_can_bring_a_header_or_a_part_of_its_own() -> None:
    evil = 'x"\r\nX-Evil: 1\r\n\r\n--B.csv'
    document = document_from_bytes(evil, b"1", 'text/csv"\r\nX-Evil: 2')
    for form in FORMS:
        fax = OutgoingFax((Recipient("+16505550123", evil),), (document,), cover_text=evil)
        body = fax_request(fax, form=form).body.read()
        heads = [part.partition(b"\r\n\r\n")[0] for part in body.split(b"\r\n--")]
        assert not any(b"X-Evil" in line for head in heads for line in headers(head))


def headers(head: bytes) -> Iterator[bytes]:
    return (line for line in head.split(b"\r\n") if line.lower().startswith(b"x-"))
