"""What is promised is kept, once, whatever happens before or after; and a person has a say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog import Addressee, IdempotencyKey, SendingQuery
from errors import KeyReused, NotFound, NotSendable, UserError, WrongState
from handlers.ordering import Order, Resend
from handlers.outbox import AGAIN, GIVE_UP, SENT, Decision
from handlers.outbox_upkeep import GRACE
from sending import Document, OutgoingFax, Recipient
from simulator import Clock, Inbound
from tests.handlers.household import LOGIN, Household, opened
from tests.handlers.posting import LAB, Post

KEY = IdempotencyKey("token 1", "k-1", "digest")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def post(still: Household) -> Post:
    return Post(still)


def files(post: Post) -> list[str]:
    return [each.id for each in post.upkeep.files.stored()]


def test_an_order_is_kept_with_its_documents(post: Post) -> None:
    made = post.order(send_at=NOON + timedelta(hours=2), cover_text="Hello", cover_index=7)
    whole = post.outbox.find(made.id)
    assert whole is not None
    assert whole.sending == made
    assert (made.state, made.requested_by, made.origin) == ("waiting", "ann", "cli")
    assert made.due_at == made.send_at == NOON + timedelta(hours=2)
    assert list(whole.to) == [Addressee(LAB)]
    assert [each.name for each in whole.documents] == ["message.txt", "page.pdf"]
    with post.upkeep.files.open(made.id, 2) as file:
        assert file.read() == post.pdf
    (job,) = post.home.jobs("send")
    assert (job.argument, job.lane, job.due_at) == (made.id, LOGIN, made.due_at)


def test_no_byte_of_it_lies_on_disk_in_plain(post: Post) -> None:
    post.order(text="a diagnosis that nobody may read")
    for path in post.home.house.settings.data.rglob("*"):
        if path.is_file():
            assert b"a diagnosis" not in path.read_bytes()


def test_a_number_is_made_whole(post: Post) -> None:
    made = post.order("(202) 555-0111")
    whole = post.outbox.find(made.id)
    assert whole is not None
    assert whole.to[0].number == LAB


def test_a_wrong_fax_is_refused_before_anything_is_kept(post: Post) -> None:
    with pytest.raises(NotSendable) as refused:
        post.order("12", "+12025550111", "nobody")
    assert [each.field for each in refused.value.problems] == ["to[1]", "to[3]"]
    assert files(post) == []
    assert post.outbox.list(SendingQuery()) == []


def test_a_file_that_changes_while_it_is_read_is_refused(post: Post) -> None:
    grown = Document("page.pdf", "", len(post.pdf) - 1, post.fax().documents[1].open)
    with pytest.raises(UserError, match="changed"):
        post.outbox.accept(Order(OutgoingFax((Recipient(LAB),), (grown,)), by="ann"))
    assert files(post) == []


def test_from_which_mailbox_must_be_clear(office: Household) -> None:
    post = Post(office)
    with pytest.raises(UserError, match="Say from which mailbox"):
        post.order()
    with pytest.raises(UserError, match="no such mailbox"):
        post.outbox.accept(Order(post.fax(), "1-99"))
    mailbox = office.mailboxes[1]
    by_number = post.outbox.accept(Order(post.fax(), mailbox.extension_number))
    assert by_number.mailbox_id == mailbox.id


# Keys


def test_a_repeated_request_is_promised_once(post: Post) -> None:
    first = post.order(key=KEY)
    assert post.order(key=KEY) == first
    post.further(first)
    assert post.order(key=KEY) == post.known(first)
    assert files(post) == [first.id]
    assert len(post.taken()) == 1


def test_a_key_belongs_to_one_request_and_one_caller(post: Post) -> None:
    first = post.order(key=KEY)
    with pytest.raises(KeyReused):
        post.order(key=replace(KEY, fingerprint="other"))
    assert post.order(key=replace(KEY, scope="token 2")) != first
    assert len(files(post)) == 2


@pytest.mark.parametrize("fingerprint", ["digest", "other"])
def test_of_two_at_once_one_is_promised(post: Post, fingerprint: str) -> None:
    """The second one comes when the first has looked, and is not entered yet."""
    second = replace(KEY, fingerprint=fingerprint)
    entered = []
    post.home.steps.meanwhile["order-kept"] = lambda: entered.append(post.order(key=second))
    if fingerprint == "other":
        with pytest.raises(KeyReused):
            post.order(key=KEY)
    else:
        assert [post.order(key=KEY)] == entered
    assert files(post) == [entered[0].id]
    assert post.outbox.list(SendingQuery()) == entered


# Crashes before the promise


@pytest.mark.parametrize("step", ["order-kept", "before-order-commit"])
def test_what_was_not_promised_is_swept(post: Post, step: str) -> None:
    post.home.crash(step, post.order)
    assert post.outbox.list(SendingQuery()) == []
    assert len(files(post)) == 1
    made = post.order()
    post.upkeep.tidy()
    assert len(files(post)) == 2
    post.home.pass_time(datetime.now(UTC).timestamp() - NOON.timestamp() + 4000)
    post.upkeep.tidy()
    assert files(post) == [made.id]


def test_what_was_promised_is_there_after_a_crash(post: Post) -> None:
    post.home.crash("order-entered", post.order)
    (made,) = post.outbox.list(SendingQuery())
    post.home.house.upkeep.sweep()
    post.home.run("send")
    assert post.state(made) == "sent"


def test_a_lost_job_is_found_by_the_sweep(post: Post) -> None:
    made = post.order(send_at=NOON + timedelta(hours=2))
    post.home.tamper("DELETE FROM jobs")
    post.home.house.upkeep.sweep()
    (job,) = post.home.jobs("send")
    assert (job.argument, job.due_at, job.lane) == (made.id, made.due_at, LOGIN)


# A person's word


def test_what_waits_can_be_cancelled(post: Post) -> None:
    made = post.order(send_at=NOON + timedelta(hours=2))
    cancelled = post.outbox.cancel(made.id, "bob")
    assert (cancelled.state, cancelled.decided_by) == ("cancelled", "bob")
    post.home.pass_time(8000)
    assert post.further(made) is None
    assert post.taken() == []
    with pytest.raises(WrongState, match="cancelled already"):
        post.outbox.cancel(made.id)


def test_what_was_sent_cannot(post: Post) -> None:
    with pytest.raises(WrongState, match="has it already"):
        post.outbox.cancel(post.send().id)
    with pytest.raises(UserError, match="no such fax"):
        post.outbox.cancel("s-1")


def in_doubt(post: Post) -> str:
    """A fax that RingCentral took or not, and a like one that somebody else sent."""
    made = post.order()
    post.lose_answer()
    post.further(made)
    post.home.simulator.send([LAB], pages=2)
    for _ in range(2):
        post.home.pass_time(301)
        post.further(made)
    assert post.state(made) == "unsure"
    return made.id


def test_in_doubt_a_person_may_say_which_fax_it_is(post: Post) -> None:
    name = in_doubt(post)
    first, second = (each["id"] for each in post.taken())
    decided = post.outbox.decide(name, Decision(SENT, first), "bob")
    assert (decided.state, decided.message_id, decided.decided_by) == ("sent", first, "bob")
    assert post.home.find(first) is not None
    with pytest.raises(WrongState, match="nothing to decide"):
        post.outbox.decide(name, Decision(SENT, second), "bob")


def test_a_person_may_have_it_sent_again(post: Post) -> None:
    name = in_doubt(post)
    post.home.pass_time(99_999)
    again = post.outbox.decide(name, Decision(AGAIN), "bob")
    assert again.state == "waiting"
    post.upkeep.tidy()
    post.home.run("send")
    assert post.state(again) == "sent"
    assert len(post.taken()) == 3


def test_a_person_may_give_it_up(post: Post) -> None:
    given_up = post.outbox.decide(in_doubt(post), Decision(GIVE_UP), "bob")
    assert (given_up.state, given_up.decided_by) == ("cancelled", "bob")


def test_a_message_is_not_claimed_twice_or_unseen(post: Post) -> None:
    other = post.send("+12025550112")
    name = in_doubt(post)
    received = post.home.receive_one()
    with pytest.raises(WrongState, match="another fax"):
        post.outbox.decide(name, Decision(SENT, other.message_id or ""), "bob")
    with pytest.raises(NotFound):
        post.outbox.decide(name, Decision(SENT, "1"), "bob")
    with pytest.raises(UserError, match="not a fax that was sent"):
        post.outbox.decide(name, Decision(SENT, received), "bob")


# Again and on


def test_a_failed_fax_goes_again_to_whom_it_did_not_reach(post: Post) -> None:
    sent = post.send(LAB, "+12025550112")
    post.home.simulator.finish(sent.message_id or "", error="LineBusy", number=LAB)
    post.home.simulator.finish(sent.message_id or "", number="+12025550112")
    post.home.look()
    again = post.outbox.resend(Resend(sent.fax_id or "", by="bob"))
    assert (again.origin, again.original_message_id) == ("resend", sent.message_id)
    post.further(again)
    assert post.state(again) == "sent"
    assert [each["number"] for each in post.taken()[-1]["recipients"]] == [LAB]


def test_a_received_fax_goes_on_to_somebody(post: Post) -> None:
    received = post.home.receive_one()
    post.home.look()
    fax_id = post.home.id_of(received)
    with pytest.raises(WrongState, match="say to whom"):
        post.outbox.resend(Resend(fax_id))
    with pytest.raises(NotSendable):
        post.outbox.resend(Resend(fax_id, (Recipient("12"),)))
    on = post.outbox.resend(Resend(fax_id, (Recipient(LAB),)))
    post.further(on)
    assert post.taken()[-1]["recipients"][0]["number"] == LAB


def test_what_reached_everybody_is_not_sent_again(post: Post) -> None:
    sent = post.send()
    post.home.simulator.finish(sent.message_id or "")
    post.home.look()
    with pytest.raises(WrongState, match="failed for nobody"):
        post.outbox.resend(Resend(sent.fax_id or ""))
    with pytest.raises(UserError, match="No such fax"):
        post.outbox.resend(Resend("1-1"))


# Tidying


def test_documents_go_when_the_fax_has_come_to_its_end(post: Post) -> None:
    sent = post.send()
    post.upkeep.tidy()
    assert files(post) == [sent.id]
    post.home.simulator.finish(sent.message_id or "")
    post.home.look()
    post.upkeep.tidy()
    assert files(post) == []
    whole = post.outbox.find(sent.id)
    assert whole is not None
    assert not whole.sending.has_files
    assert all(each.sha256 for each in whole.documents)


def test_those_of_a_cancelled_one_stay_for_a_while(post: Post) -> None:
    made = post.order()
    post.outbox.cancel(made.id)
    post.upkeep.tidy()
    assert files(post) == [made.id]
    post.home.pass_time(GRACE.total_seconds() + 1)
    post.upkeep.tidy()
    assert files(post) == []


def test_what_waits_too_long_is_not_sent_unasked(post: Post) -> None:
    late, later = post.order(), post.order(send_at=NOON + timedelta(hours=30))
    post.home.pass_time(24 * 3600 + 1)
    post.upkeep.tidy()
    assert (post.state(late), post.state(later)) == ("expired", "waiting")
    assert post.outcomes() == [("failed", "expired")]
    assert post.further(late) is None
    assert post.taken() == []


def test_a_doubt_whose_job_was_given_up_is_for_a_person(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    post.home.run("send")
    post.home.tamper("UPDATE jobs SET gave_up_at = requested_at WHERE name = 'send'")
    post.upkeep.tidy()
    assert post.state(made) == "unsure"
    assert post.outcomes() == [("stuck", "unsure")]
    post.home.run("send")
    assert post.home.jobs("send") == []
    post.outbox.decide(made.id, Decision(AGAIN), "ann")
    post.home.run("send")
    assert post.state(made) == "sent"


def test_the_outbox_outlives_its_catalog(tmp_path: Path, page: Inbound) -> None:
    with opened(tmp_path, page, Clock(lambda: NOON)) as home:
        post = Post(home)
        made = post.order(cover_text="Hello", cover_index=3)
        later = post.order(send_at=NOON + timedelta(hours=2))
        before = [post.outbox.find(each.id) for each in (made, later)]
        home.tamper("DELETE FROM sending_documents")
        home.tamper("DELETE FROM sending_recipients")
        home.tamper("DELETE FROM sendings")
        assert post.upkeep.restore() == 2
        assert post.upkeep.restore() == 0
        doubtful = post.known(made)
        assert (doubtful.state, doubtful.cover_text) == ("unsure", "Hello")
        assert "made anew" in doubtful.reason
        assert post.known(later) == later
        for known in before:
            assert known is not None
            found = post.outbox.find(known.sending.id)
            assert found is not None
            assert (found.to, found.documents) == (known.to, known.documents)


def signs(post: Post) -> dict[str, str]:
    return {each.kind: each.severity for each in post.home.house.health.signs()}


def test_who_asks_how_we_are_hears_of_a_doubt_and_of_what_waits(post: Post) -> None:
    assert not {"unsure", "unsent"} & signs(post).keys()
    in_doubt(post)
    post.order("+12025550119")
    assert signs(post)["unsure"] == "problem"
    assert "unsent" not in signs(post)
    post.home.pass_time(3601)
    assert signs(post)["unsent"] == "warning"
