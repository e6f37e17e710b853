"""Evidence of a fax in each state: all that is known is in it, and nothing that is not so."""

import io
import json
from collections.abc import Iterator

import pypdfium2
import pytest

from archive.evidence import fingerprint
from archive.key_files import public_key_of
from archive.ledger import fault, parse_line
from errors import ArchiveError, KeyMissing, UserError
from handlers.evidence import Wish
from settings import MAIN
from simulator import Clock, Inbound, Party
from tests.handlers import evidences
from tests.handlers.evidences import ANN, BEN, CID, checked, evidence, facts, file, names, problems
from tests.handlers.household import Household, opened
from tests.handlers.posting import Post

EVERY = [
    "README.txt",
    "evidence.pdf",
    "evidence.json",
    "documents/1.pdf",
    "records/fax.json.age",
    "ledger.jsonl",
    "ledger.pub",
    "verify.py",
    "manifest.json",
    "manifest.sig",
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, page: Inbound) -> Iterator[Household]:
    clock = Clock(lambda: evidences.NOON)
    with opened(tmp_path_factory.mktemp("evidence"), page, clock) as made:
        yield made


@pytest.fixture(scope="module")
def sent(house: Household) -> bytes:
    """Of a fax to two, one of whom was busy, and whose outcome changed after it was archived."""
    return evidence(house, evidences.amended(house))


def text_of(data: bytes) -> str:
    pdf = pypdfium2.PdfDocument(file(data, "evidence.pdf"))
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def pages_of(data: bytes) -> int:
    return len(pypdfium2.PdfDocument(file(data, "evidence.pdf")))


# An archived fax


def test_a_received_fax_has_all_its_parts(house: Household) -> None:
    message_id = house.archive_one()
    data = evidence(house, message_id)
    assert names(data) == EVERY
    assert file(data, "documents/1.pdf") == house.simulator.document(message_id)
    assert problems(data) == []
    told = facts(data)
    assert (told["fax"], told["state"]["is"]) == (house.id_of(message_id), "archived")
    assert told["about"]["from"]["number"] == house.fax(message_id).from_number
    assert told["source"]["record"] == json.loads(house.fax(message_id).raw)
    assert told["documents"][0]["sha256"] == house.documents(message_id)[0].sha256


def test_every_step_is_there_with_ringcentrals_own_record(sent: bytes) -> None:
    steps = facts(sent)["steps"]
    assert [(each["position"], each["status"], each["recorded"]) for each in steps] == [
        (0, "Queued", True),
        (0, "Sent", True),
        (0, "Delivered", True),
        (1, "Queued", True),
        (1, "SendingFailed", True),
    ]
    assert [each["record"]["phoneNumber"] for each in steps] == [ANN] * 3 + [BEN] * 2
    assert len({each["seen_at"] for each in steps}) > 2


def test_each_recipient_has_an_end_and_a_reason_in_words(sent: bytes) -> None:
    ann, ben = facts(sent)["recipients"]
    assert (ann["status"], ann["reason"]) == ("Delivered", None)
    assert (ben["status"], ben["error_code"]) == ("SendingFailed", "LineBusy")
    assert "busy" in ben["reason"]
    assert ben["advice"]


def test_each_time_has_its_source(sent: bytes) -> None:
    told = {each["what"]: each for each in facts(sent)["times"]}
    assert told["created at RingCentral"]["source"].startswith("RingCentral")
    assert told["archived"]["source"].endswith("ledger")
    assert told["first known here"]["source"] == "this installation's clock"
    assert all(each["at"].endswith("Z") for each in facts(sent)["times"])
    assert {each["seen_at_by"] for each in facts(sent)["steps"]} == {"this installation's clock"}


def test_each_revision_of_the_record_is_there_and_only_it_opens(
    house: Household, sent: bytes
) -> None:
    assert [name for name in names(sent) if name.startswith("records/")] == [
        "records/fax.json.age",
        "records/fax.2.json.age",
    ]
    keys = [each["key"] for each in facts(sent)["records"]]
    assert len(set(keys)) == 2


def test_the_ledgers_lines_are_those_of_the_archive(house: Household, sent: bytes) -> None:
    lines = file(sent, "ledger.jsonl").decode().splitlines()
    assert set(lines) <= set(house.copied())
    assert [parse_line(line).entry["kind"] for line in lines] == [
        "archived",
        "amended",
        "disclosed",
    ]
    key = public_key_of(file(sent, "ledger.pub"))
    assert key == house.house.archive.keys.ledger_public_key()
    assert [fault(parse_line(line), key) for line in lines] == ["", "", ""]
    assert {json.loads(line)["entry"]["fax"] for line in lines} == {facts(sent)["fax"]}


def test_a_tiff_is_given_as_it_was_faxed(house: Household) -> None:
    (message_id,) = house.simulator.receive(Inbound(pages=2, content_type="image/tiff"))
    house.look()
    house.finish(message_id)
    data = evidence(house, message_id)
    assert file(data, "documents/1.tiff") == house.simulator.document(message_id)
    assert problems(data) == []


def test_a_failed_fax_without_a_document_is_told_of(house: Household) -> None:
    message_id = house.simulator.send([BEN])
    house.look()
    house.simulator.finish(message_id, error="NoAnswer")
    house.look()
    house.finish(message_id)
    data = evidence(house, message_id)
    assert problems(data) == []
    assert facts(data)["recipients"][0]["error_code"] == "NoAnswer"


def test_news_that_no_record_tells_yet_is_marked(house: Household) -> None:
    message_id = evidences.send(house, ANN, BEN, CID)
    house.simulator.finish(message_id, number=CID, status="Delivered")
    house.look()
    data = evidence(house, message_id)
    assert problems(data) == []
    marked = [each["status"] for each in facts(data)["steps"] if not each["recorded"]]
    assert marked == ["Delivered"]
    assert any("1 steps or calls" in each for each in facts(data)["not_proven"])


def test_the_call_log_is_told_and_stands_in_the_sealed_record(house: Household) -> None:
    message_id = evidences.send(house, ANN, BEN)
    house.pass_time(3600)
    house.house.call_log.gather(MAIN)
    house.finish(message_id)
    data = evidence(house, message_id)
    assert problems(data) == []
    calls = facts(data)["calls"]
    assert [(each["to"], each["recorded"]) for each in calls] == [(ANN, True), (BEN, True)]
    assert calls[0]["reason_in_words"] is None
    assert "busy" in calls[1]["reason_in_words"].lower()
    assert all(each["record"]["startTime"] for each in calls)
    assert "call log" in text_of(data)
    told = [each["source"] for each in facts(data)["times"] if each["what"] == "call began"]
    assert told == ["RingCentral's call log (startTime)"] * 2


def test_what_was_handed_over_through_us_is_told(house: Household) -> None:
    post = Post(house)
    sending = post.send(ANN, BEN, cover_index=7, cover_text="Please read")
    message_id = sending.message_id or ""
    house.simulator.finish(message_id)
    house.look()
    house.finish(message_id)
    data = evidence(house, message_id)
    assert problems(data) == []
    handed = facts(data)["handed_over"]
    assert (handed["sending"], handed["state"], handed["requested_by"]) == (
        sending.id,
        "sent",
        "ann",
    )
    assert [each["number"] for each in handed["to"]] == [ANN, BEN]
    assert handed["cover_text"] == "Please read"
    (taken,) = [each for each in post.taken() if each["id"] == message_id]
    given = [each["sha256"] for each in handed["documents"]]
    assert given == [each["sha256"] for each in taken["sources"]]
    assert all(digest in text_of(data) for digest in given)
    assert any("ordered" in each for each in facts(data)["not_proven"])


# Not archived


@pytest.mark.parametrize("state", ["pending", "refused", "lost"])
def test_what_can_be_proven_of_a_fax_that_is_not_archived_is(house: Household, state: str) -> None:
    message_id = getattr(evidences, state)(house)
    data = evidence(house, message_id)
    told = facts(data)
    assert problems(data) == []
    assert told["state"]["is"] == state
    assert not [name for name in names(data) if name.startswith(("documents/", "records/"))]
    assert any(f"the fax is {state}" in each for each in told["not_proven"])
    kinds = [json.loads(each)["entry"]["kind"] for each in file(data, "ledger.jsonl").splitlines()]
    assert kinds == {"refused": ["aside"], "lost": ["lost"], "pending": []}[state] + ["disclosed"]
    assert pages_of(data) == 1


def test_a_loss_has_its_evidence(house: Household) -> None:
    told = facts(evidence(house, evidences.lost(house)))
    assert told["loss"]["availability"] == "Purged"


def test_a_loss_that_the_ledger_does_not_tell_of_is_not_believed(home: Household) -> None:
    lost = evidences.lost(home)
    home.tamper("UPDATE faxes SET evidence = REPLACE(evidence, 'Purged', 'Deleted')")
    with pytest.raises(ArchiveError, match="loss"):
        home.house.evidence.make(home.id_of(lost), io.BytesIO())
    waiting = evidences.pending(home)
    home.tamper("UPDATE faxes SET state = 'lost' WHERE message_id = ?", waiting)
    with pytest.raises(ArchiveError, match="loss"):
        home.house.evidence.make(home.id_of(waiting), io.BytesIO())


def test_refused_bytes_are_told_of_but_not_given(house: Household) -> None:
    (aside,) = facts(evidence(house, evidences.refused(house)))["refused"]
    assert aside["reason"] == "not-a-document"
    assert len(aside["sha256"]) == 64


def test_a_fax_that_nobody_knows_has_none(house: Household) -> None:
    with pytest.raises(UserError, match="No such fax"):
        house.house.evidence.make("1-1", io.BytesIO())


# Its line in the ledger


def test_the_ledger_tells_that_it_was_made_and_verify_is_content(house: Household) -> None:
    message_id = house.archive_one()
    made, data = evidences.make(house, message_id)
    row = house.ledger()[-1]
    assert (row.seq, row.kind, row.fax_id) == (made.line, "disclosed", made.fax_id)
    assert house.copied()[-1] == row.line
    assert checked(data).lines[-1] == made.line
    assert house.findings() == []


def test_earlier_evidence_of_the_same_fax_is_nobody_elses_business(house: Household) -> None:
    message_id = house.archive_one()
    evidence(house, message_id)
    data = evidence(house, message_id)
    kinds = [json.loads(each)["entry"]["kind"] for each in file(data, "ledger.jsonl").splitlines()]
    assert kinds == ["archived", "disclosed"]


def test_a_rebuild_passes_over_such_lines(home: Household) -> None:
    message_id = home.archive_one()
    evidence(home, message_id)
    count = len(home.ledger())
    rebuilt = home.house.rebuild(progress=lambda folders: folders)
    home.restart()
    assert (rebuilt.faxes, rebuilt.ledger_lines) == (1, count)
    assert problems(evidence(home, message_id)) == []
    assert home.findings() == []


def test_the_chain_leads_through_every_line(house: Household) -> None:
    first, other = house.archive_one(), house.archive_one()
    data = evidence(house, first, chain=True)
    lines = [json.loads(each) for each in file(data, "ledger.jsonl").splitlines()]
    assert [line["seq"] for line in lines] == list(range(lines[0]["seq"], lines[-1]["seq"] + 1))
    assert house.id_of(other) in {line["entry"].get("fax") for line in lines}
    noted = lines[1]["seq"], lines[1]["hash"][:16]
    assert checked(data, noted=noted).problems == []
    assert checked(data, noted=(noted[0], "0" * 16)).problems
    assert checked(data, noted=(1_000_000, "0" * 16)).problems


def test_without_the_chain_no_other_fax_is_named(house: Household) -> None:
    first, other = house.archive_one(), house.archive_one()
    assert house.id_of(other).encode() not in evidence(house, first)


def test_a_note_says_for_whom_it_is(house: Household) -> None:
    data = evidence(house, house.archive_one(), note="For the auditor")
    assert facts(data)["note"] == "For the auditor"
    assert "For the auditor" in text_of(data)


# What it refuses


def test_without_the_archive_key_it_says_what_is_missing(home: Household) -> None:
    message_id, waiting = home.archive_one(), evidences.pending(home)
    keys = home.house.settings.data / "keys"
    for name in ("archive.key", "recovery.key"):
        (keys / name).rename(keys.parent / name)
    home.restart()
    into, count = io.BytesIO(), len(home.ledger())
    with pytest.raises(KeyMissing, match="FAXKEEP_ARCHIVE_KEY"):
        home.house.evidence.make(home.id_of(message_id), into)
    assert (into.getvalue(), len(home.ledger())) == (b"", count)
    assert problems(evidence(home, waiting)) == []
    home.restart(archive_key=keys.parent / "archive.key")
    assert problems(evidence(home, message_id)) == []


def test_without_the_ledger_key_nothing_is_signed(home: Household) -> None:
    message_id = home.archive_one()
    (home.house.settings.data / "keys" / "ledger.key").unlink()
    home.restart()
    with pytest.raises(KeyMissing, match="cannot sign"):
        home.house.evidence.make(home.id_of(message_id), io.BytesIO())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE delivery_steps SET status = 'Sent', error_code = NULL WHERE position = 1",
        "DELETE FROM delivery_steps WHERE position = 1",
        "UPDATE delivery_steps SET seen_at = '2020-01-01T00:00:00.000Z'",
        "UPDATE recipients SET number = '+19995550199'",
        "UPDATE faxes SET from_name = 'Somebody Else'",
        "UPDATE documents SET sha256 = '00'",
        "UPDATE documents SET name = 'document-2.pdf.age'",
        "UPDATE faxes SET revision = 7",
        "UPDATE faxes SET created_at = '2020-01-01T00:00:00.000Z'",
        "DELETE FROM ledger WHERE kind = 'archived'",
        "UPDATE faxes SET state = 'lost', state_reason = 'gone'",
        "UPDATE ledger SET line = REPLACE(line, 'archived', 'Archived') WHERE kind = 'archived'",
    ],
)
def test_nothing_is_signed_on_the_word_of_a_catalog_that_differs(
    home: Household, statement: str
) -> None:
    message_id = evidences.send(home, ANN, BEN)
    home.tamper(statement)
    into = io.BytesIO()
    with pytest.raises(ArchiveError):
        home.house.evidence.make(home.id_of(message_id), into)
    assert into.getvalue() == b""
    assert len(home.ledger()) <= 1


@pytest.mark.parametrize("name", ["document.pdf.age", "fax.json.age"])
def test_no_evidence_of_a_changed_file(home: Household, name: str) -> None:
    message_id = home.archive_one()
    changed = home.house.archive.root / (home.fax(message_id).folder or "") / name
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.write_bytes(bytes(data))
    with pytest.raises(ArchiveError):
        home.house.evidence.make(home.id_of(message_id), io.BytesIO())


# The page


def test_the_page_tells_it_in_plain_words(sent: bytes) -> None:
    said = " ".join(text_of(sent).split())
    for words in ("sent to 1 of 2 recipients", "1 failed", ANN, BEN, "busy", "LineBusy", "UTC"):
        assert words in said
    assert facts(sent)["documents"][0]["sha256"] in said
    assert fingerprint(public_key_of(file(sent, "ledger.pub"))) in said
    assert pages_of(sent) == 1


def test_no_recipient_is_left_out_however_many_there_are(house: Household) -> None:
    numbers = [f"+1202555{1000 + number}" for number in range(50)]
    message_id = house.simulator.send(numbers)
    house.look()
    house.simulator.finish(message_id)
    house.look()
    house.finish(message_id)
    data = evidence(house, message_id)
    assert problems(data) == []
    said = text_of(data)
    assert [number for number in numbers if number not in said] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Łukasz Őszi", "Lukasz Oszi"),
        ("山田 太郎", "[5C71][7530] [592A][90CE]"),
        ("محمد", "[0645]"),
        ("Zoë – “Ünal”", 'Zoë - "Ünal"'),
        ("\x00\x1b[31m\u202eevil", "[001B][31m[202E]evil)*"),
        ("👩\u200d⚕️", "[1F469]"),
        ("x" * 5000, "xxxxx"),
        ("**bold** __under__ [link](x)", "**bold** __under__ [link](x)"),
    ],
)
def test_a_name_in_any_script_is_no_trouble(house: Household, name: str, shown: str) -> None:
    coming = Inbound(Party("+13125550110", name), pages=1, document=house.page.document)
    (message_id,) = house.simulator.receive(coming)
    house.look()
    house.finish(message_id)
    data = evidence(house, message_id)
    assert problems(data) == []
    said = " ".join(text_of(data).split())
    assert " ".join(shown.split()) in said
    assert facts(data)["about"]["from"]["name"] == house.fax(message_id).from_name


def test_the_same_moment_gives_the_same_bytes(house: Household) -> None:
    data = [evidence(house, evidences.pending(house)) for _ in range(1)]
    message_id = facts(data[0])["about"]["message"]
    again = evidence(house, message_id)
    for name in ("README.txt", "evidence.json", "verify.py", "ledger.pub"):
        assert file(data[0], name) == file(again, name)


def test_a_fax_of_which_little_is_known_has_its_evidence_too(house: Household) -> None:
    about = {"direction": "Unknown", "message_status": "", "raw": '{"id": "777001"}'}
    house.take_in(evidences.NOON, first=777001, **about)
    data = evidence(house, "777001")
    assert problems(data) == []
    assert facts(data)["about"]["direction"] == "Unknown"
    assert pages_of(data) == 1


def test_a_disk_that_is_full_leaves_a_line_and_no_harm(home: Household) -> None:
    class Full(io.BytesIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device")

    message_id = home.archive_one()
    with pytest.raises(OSError, match="No space"):
        home.house.evidence.make(home.id_of(message_id), Full())
    assert home.kinds() == ["archived", "disclosed"]
    assert problems(evidence(home, message_id)) == []
    assert home.findings() == []


def test_it_needs_no_seekable_file(house: Household) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: object, /) -> int:
            self.parts.append(bytes(data))  # type: ignore[call-overload]
            return len(self.parts[-1])

    pipe = Pipe()
    house.house.evidence.make(house.id_of(house.archive_one()), pipe, Wish())  # type: ignore[arg-type]
    assert problems(b"".join(pipe.parts)) == []
