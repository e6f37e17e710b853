"""What an e-mail looks like, with and without the document, and what becomes of refusals."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from errors import NotDelivered
from notifications import NO_DOCUMENTS, Documents, Notice
from notifications.letter import LARGEST_ATTACHED, Envelope, letter
from tests.notifications.stages import DOCUMENT, MailStage, attachment

NOTICE = Notice(
    id="n_0123",
    outcome="received:400-7",
    kind="received",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    mailbox="400-621",
    mailbox_name="the front desk <1>",
    fax="400-7",
    facts={"pages": 2},
    link="https://faxes.example/400-7",
)
ENVELOPE = Envelope("faxkeep@clinic.example", ["desk@clinic.example", "boss@clinic.example"])


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text


def test_the_plain_text_is_short_and_whole() -> None:
    made = letter(ENVELOPE, NOTICE, NO_DOCUMENTS)

    assert part(made, "plain").replace("\r\n", "\n") == (
        "A fax came in for the front desk <1>.\n"
        "It has 2 pages.\n"
        "Fax: 400-7\n"
        "https://faxes.example/400-7\n"
        "\n"
        "-- \n"
        "Faxkeep told you this because notifications.toml has it so. Notice n_0123.\n"
    )


def test_the_html_says_the_same_and_takes_nothing_for_markup() -> None:
    html = part(letter(ENVELOPE, NOTICE, NO_DOCUMENTS), "html")

    assert "A fax came in for the front desk &lt;1&gt;" in html
    assert 'href="https://faxes.example/400-7"' in html
    assert "400-7</td>" in html
    assert "<img" not in html
    assert "<script" not in html


def test_the_head_tells_machines_what_it_is() -> None:
    made = letter(ENVELOPE, NOTICE, NO_DOCUMENTS)

    assert made["Message-ID"] == "<n_0123@clinic.example>"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["To"] == "desk@clinic.example, boss@clinic.example"
    assert made["Subject"] == "A fax came in for the front desk <1>"


def test_the_documents_are_attached_where_they_are_given() -> None:
    two = Documents((attachment(), attachment(b"II*\0", "tiff", 2)))
    made = letter(ENVELOPE, NOTICE, two)
    files = list(made.iter_attachments())

    assert [each.get_filename() for each in files] == ["fax-400-7.pdf", "fax-400-7-2.tiff"]
    assert [each.get_content_type() for each in files] == ["application/pdf", "image/tiff"]
    assert files[0].get_content() == DOCUMENT
    assert "The document is attached (2 files)." in part(made, "plain")


def test_a_document_that_cannot_be_had_is_said_to_be_missing() -> None:
    made = letter(ENVELOPE, NOTICE, Documents(missing="this machine holds no key"))

    assert "The document is not attached: this machine holds no key." in part(made, "plain")
    assert "not attached" in part(made, "html")


def test_a_document_too_large_is_left_out_and_said() -> None:
    large = replace(attachment(), size=LARGEST_ATTACHED + 1)
    made = letter(ENVELOPE, NOTICE, Documents((large,)))

    assert list(made.iter_attachments()) == []
    assert "it is too large for an e-mail" in part(made, "html")


# --- on the wire ---------------------------------------------------------------------------


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[MailStage]:
    with closing(MailStage(tmp_path)) as made:
        yield made


def received(stage: MailStage) -> EmailMessage:
    ((_, data),) = stage.letters
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_it_arrives_over_tls_as_it_was_written(stage: MailStage) -> None:
    document = Documents((attachment(),))

    stage.channel(with_document=True).deliver(NOTICE, document)

    message = received(stage)
    assert message["Message-ID"] == "<n_0123@clinic.example>"
    (file,) = message.iter_attachments()
    assert file.get_content() == DOCUMENT


def test_documents_are_wanted_only_if_the_settings_say_so(stage: MailStage) -> None:
    assert not stage.channel().wants_documents
    assert stage.channel(with_document=True).wants_documents


def test_some_refused_recipients_do_not_bring_it_to_the_others_again(stage: MailStage) -> None:
    stage.refused_recipients = {"gone@clinic.example"}
    to = ["desk@clinic.example", "gone@clinic.example"]

    remark = stage.channel(to=to).deliver(NOTICE, NO_DOCUMENTS)

    assert remark == "the mail server refused 1 of 2 recipients"
    assert [recipients for recipients, _ in stage.letters] == [["desk@clinic.example"]]


def test_a_missing_document_is_remarked(stage: MailStage) -> None:
    remark = stage.channel(with_document=True).deliver(NOTICE, Documents(missing="it is lost"))

    assert remark == "without the document: it is lost"


def test_when_all_are_refused_it_is_no_delivery(stage: MailStage) -> None:
    stage.refused_recipients = {"desk@clinic.example"}

    with pytest.raises(NotDelivered, match=r"refused every recipient \(550\)") as caught:
        stage.channel().deliver(NOTICE, NO_DOCUMENTS)
    assert "desk@" not in str(caught.value)


def test_a_wrong_password_is_said(stage: MailStage) -> None:
    channel = stage.channel()
    wrong = replace(channel, server=replace(channel.server, password="other"))  # type: ignore[type-var, attr-defined]

    with pytest.raises(NotDelivered, match="user or password") as caught:
        wrong.deliver(NOTICE, NO_DOCUMENTS)
    assert caught.value.whole


def test_a_certificate_nobody_trusts_is_refused(stage: MailStage) -> None:
    channel = stage.channel()
    wary = replace(channel, server=replace(channel.server, trust=None))  # type: ignore[type-var, attr-defined]

    with pytest.raises(NotDelivered, match="SSLCertVerificationError"):
        wary.deliver(NOTICE, NO_DOCUMENTS)
    assert stage.letters == []
