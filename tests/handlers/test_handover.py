"""RingCentral is given each fax once, whatever happens to the call, to its answer, or to us."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog import Sending
from errors import Later, LoginRefused, RateLimited, Unreachable
from handlers.fates import FIRST_LOOK, SETTLES
from sending import Recipient
from simulator import Fault, Limit
from tests.handlers.household import LOGIN, Household
from tests.handlers.posting import FAX_PATH, LAB, Post

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHER = "+12025550112"


@pytest.fixture
def post(still: Household) -> Post:
    return Post(still)


def settle(post: Post, sending: Sending) -> str:
    """Let the time of all looks go by; how it ended."""
    for pause in (FIRST_LOOK, SETTLES, timedelta(seconds=1)):
        post.home.pass_time(pause.total_seconds())
        post.further(sending)
    return post.state(sending)


def test_it_arrives_as_it_was_ordered(post: Post) -> None:
    sent = post.send(cover_index=7, cover_text="Hello", resolution="Low")
    assert sent.state == "sent"
    (taken,) = post.taken()
    whole = post.outbox.find(sent.id)
    assert whole is not None
    assert taken["id"] == sent.message_id
    assert [each["number"] for each in taken["recipients"]] == [LAB]
    assert [each["sha256"] for each in taken["sources"]] == [e.sha256 for e in whole.documents]
    (request,) = post.home.simulator.requests(path=FAX_PATH)["records"]
    assert f"/extension/{post.home.mailbox.extension_id}/fax" in request["path"]


def test_it_is_followed_at_once(post: Post) -> None:
    sent = post.send()
    fax = post.home.fax(sent.message_id or "")
    assert (fax.id, fax.direction, fax.message_status) == (sent.fax_id, "Outbound", "Queued")
    assert fax.found_by == "sending"
    post.home.simulator.finish(sent.message_id or "")
    post.home.look()
    post.home.finish(sent.message_id or "")
    assert post.home.fax(sent.message_id or "").state == "archived"


def test_it_goes_when_it_is_due(post: Post) -> None:
    made = post.order(send_at=NOON + timedelta(days=3))
    early = post.further(made)
    assert isinstance(early, Later)
    assert early.retry_after == timedelta(days=1).total_seconds()
    post.home.pass_time(timedelta(days=3).total_seconds())
    assert post.further(made) is None
    assert len(post.taken()) == 1


def test_a_second_job_changes_nothing(post: Post) -> None:
    sent = post.send()
    assert post.further(sent) is None
    assert len(post.taken()) == 1


# No answer


def test_an_answer_that_never_came_is_looked_for(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    doubt = post.further(made)
    assert isinstance(doubt, Later)
    assert doubt.retry_after == FIRST_LOOK.total_seconds()
    assert "not known" in post.known(made).reason
    early = post.further(made)
    assert isinstance(early, Later)
    assert settle(post, made) == "sent"
    (taken,) = post.taken()
    assert post.known(made).message_id == taken["id"]
    assert post.home.find(taken["id"]) is not None


def test_a_fax_that_did_not_arrive_goes_again(post: Post) -> None:
    made = post.order()
    post.home.simulator.fault("cut_before", Fault(count=1, path=FAX_PATH))
    post.further(made)
    assert settle(post, made) == "sent"
    assert post.known(made).attempts == 2
    assert len(post.taken()) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_in_trouble_may_have_taken_it(post: Post, status: int) -> None:
    made = post.order()
    post.home.simulator.fault("server_error", Fault(count=1, status=status, path=FAX_PATH))
    post.further(made)
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 1


def test_a_fax_that_shows_late_is_not_sent_twice(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    post.further(made)
    (taken,) = post.taken()
    post.home.simulator.hide(taken["id"], 120)
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 1


def test_a_fax_that_somebody_sent_before_is_another_one(post: Post) -> None:
    post.home.simulator.send([LAB], pages=2)
    post.home.look()
    post.home.pass_time(1)
    made = post.order()
    post.home.simulator.fault("cut_before", Fault(count=1, path=FAX_PATH))
    post.further(made)
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 2


def test_a_fax_of_the_outbox_is_not_taken_for_another(post: Post) -> None:
    post.send()
    made = post.order()
    post.home.simulator.fault("cut_before", Fault(count=1, path=FAX_PATH))
    post.further(made)
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 2


def test_in_doubt_a_person_is_asked(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    post.further(made)
    post.home.simulator.send([LAB], pages=2)
    assert settle(post, made) == "unsure"
    known = post.known(made)
    assert "2 faxes" in known.reason
    assert "decide" in known.advice
    assert post.outcomes() == [("stuck", "unsure")]
    assert post.further(made) is None
    assert len(post.taken()) == 2


def test_another_clock_at_ringcentral_does_not_hide_it(post: Post) -> None:
    """Seven minutes: by the times alone it would be another fax."""
    post.home.house.surrounding.now = lambda: post.home.clock.now() - timedelta(minutes=7)
    post.home.house.reach(LOGIN).who_am_i()
    made = post.order()
    post.lose_answer()
    post.further(made)
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 1


def test_a_clock_that_was_put_right_has_nothing_sent_twice(post: Post) -> None:
    """Half an hour behind at the attempt: by the times alone it would be another fax."""
    behind = [timedelta(minutes=30)]
    post.home.house.surrounding.now = lambda: post.home.clock.now() - behind[0]
    post.home.house.reach(LOGIN).who_am_i()
    made = post.order()
    post.lose_answer()
    post.further(made)
    behind[0] = timedelta()
    post.home.look()
    assert settle(post, made) == "unsure"
    assert len(post.taken()) == 1


def test_a_process_that_slept_has_nothing_sent_twice(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    post.home.steps.meanwhile["attempt-noted"] = lambda: post.home.pass_time(25 * 60)
    post.further(made)
    assert settle(post, made) == "unsure"
    assert len(post.taken()) == 1


def test_two_to_one_number_go_one_after_the_other(post: Post) -> None:
    first, second, third = post.order(LAB, OTHER), post.order(OTHER), post.order("+12025550113")
    post.lose_answer()
    post.further(first)
    wait = post.further(second)
    assert isinstance(wait, Later)
    assert "same number" in str(wait)
    assert post.further(third) is None
    assert settle(post, first) == "sent"
    assert post.further(second) is None
    assert post.state(second) == "sent"
    assert len(post.taken()) == 3


def test_a_doubt_is_settled_before_others_are_sent(post: Post) -> None:
    doubtful = post.order()
    others = [post.order(f"+1202555{number:04d}") for number in range(120, 124)]
    post.lose_answer()
    post.home.simulator.limit("Heavy", Limit(2))
    post.home.house.surrounding.patience = 0
    post.home.run("send")
    assert [post.state(each) for each in (doubtful, *others)].count("sent") == 1
    post.home.pass_time(62)
    post.home.run("send")
    assert post.state(doubtful) == "sent"
    assert [post.state(each) for each in others].count("sent") == 3


# Refusals and limits


def test_a_refusal_is_told_in_words(post: Post) -> None:
    made = post.order()
    post.home.simulator.change_account(scopes=["ReadMessages", "ReadAccounts"])
    post.home.house.reach(LOGIN).log_in_anew()
    assert post.further(made) is None
    refused = post.known(made)
    assert refused.state == "refused"
    assert "may not send faxes" in refused.reason
    assert "Faxes" in refused.advice
    assert post.outcomes() == [("failed", "refused")]
    assert post.further(made) is None


def test_a_limit_is_waited_for(post: Post) -> None:
    post.home.simulator.limit("Heavy", Limit(1))
    first, second = post.order(LAB), post.order(OTHER)
    assert post.further(first) is None
    post.home.house.surrounding.patience = 0
    limited = post.further(second)
    assert isinstance(limited, RateLimited | Later)
    assert post.state(second) == "waiting"
    post.home.pass_time(61)
    assert post.further(second) is None
    assert len(post.taken()) == 2


def test_a_429_means_that_it_was_not_taken(post: Post) -> None:
    made = post.order()
    post.home.simulator.fault("throttled", Fault(count=1, seconds=30, path=FAX_PATH))
    assert isinstance(post.further(made), RateLimited)
    assert post.state(made) == "waiting"
    post.home.pass_time(61)
    assert post.further(made) is None
    assert len(post.taken()) == 1


def test_while_the_login_is_refused_it_waits(post: Post) -> None:
    made = post.order()
    post.home.simulator.change_extension("", jwt_expires="2026-11-22T12:00:00Z")
    post.home.tamper("DELETE FROM api_tokens")
    assert isinstance(post.further(made), LoginRefused)
    known = post.known(made)
    assert known.state == "waiting"
    assert known.reason


def test_while_ringcentral_is_away_it_waits(post: Post) -> None:
    made = post.order()
    post.home.tamper("DELETE FROM api_tokens")
    post.home.simulator.fault("outage")
    assert isinstance(post.further(made), Unreachable)
    assert post.state(made) == "waiting"
    post.home.simulator.clear_faults()
    assert post.further(made) is None


def test_while_nobody_may_look_a_person_decides(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    post.further(made)
    post.home.simulator.change_account(scopes=["Faxes", "ReadAccounts"])
    post.home.house.reach(LOGIN).log_in_anew()
    assert settle(post, made) == "unsure"
    assert "does not let us look" in post.known(made).reason


def test_where_a_look_is_refused_a_person_decides(post: Post) -> None:
    """Otherwise nobody would hear of it, and its numbers would be kept busy for ever."""
    made = post.order()
    post.lose_answer()
    post.further(made)
    post.home.simulator.fault("server_error", Fault(status=400, path="/message-store"))
    assert settle(post, made) == "unsure"
    assert post.outcomes() == [("stuck", "unsure")]


def test_documents_that_were_changed_are_not_sent(post: Post) -> None:
    made = post.order()
    document = post.home.house.settings.data / "outbox" / made.id / "2"
    sealed = bytearray(document.read_bytes())
    sealed[-1] ^= 1
    document.write_bytes(sealed)
    assert post.further(made) is None
    assert post.state(made) == "refused"
    assert post.taken() == []


# Crashes


STEPS = ("attempt-noted", "fax-taken", "before-sent-commit", "sent-entered")


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_neither_loses_nor_doubles_it(post: Post, step: str) -> None:
    made = post.order()
    post.home.crash(step, lambda: post.further(made))
    post.home.restart()
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 1


def test_a_crash_while_looking_changes_nothing(post: Post) -> None:
    made = post.order()
    post.lose_answer()
    post.further(made)
    post.home.pass_time(FIRST_LOOK.total_seconds())
    post.home.crash("looked", lambda: post.further(made))
    post.home.restart()
    assert settle(post, made) == "sent"
    assert len(post.taken()) == 1


def test_an_attempt_under_way_is_not_looked_for(post: Post) -> None:
    made = post.order()
    seen = []

    def meanwhile() -> None:
        post.home.pass_time(3600)
        seen.append(post.further(made))

    post.home.steps.meanwhile["attempt-noted"] = meanwhile
    assert post.further(made) is None
    assert [str(each) for each in seen] == ["It is being sent."]
    assert post.state(made) == "sent"


# Privacy


def test_nothing_of_a_fax_is_told_where_it_does_not_belong(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    """Through every trouble: a broken answer, a doubt, a refusal, documents that were changed."""
    caplog.set_level("DEBUG")
    canaries = ("2025550173", "Quetzalcoatl", "Xochiquetzal", "Huitzilopochtli")
    number, name, text, cover = f"+1{canaries[0]}", *canaries[1:]
    to = (Recipient(number, name),)

    def order() -> Sending:
        return post.order(to=to, text=text, cover_index=7, cover_text=cover)

    doubtful = order()
    post.lose_answer()
    post.further(doubtful)
    post.home.simulator.send([number], pages=2)
    settle(post, doubtful)
    changed = order()
    document = post.home.house.settings.data / "outbox" / changed.id / "1"
    document.write_bytes(document.read_bytes()[:-1] + b"x")
    post.further(changed)
    refused = order()
    post.home.simulator.change_account(scopes=["ReadMessages", "ReadAccounts"])
    post.home.house.reach(LOGIN).log_in_anew()
    post.further(refused)
    assert [post.state(each) for each in (doubtful, changed, refused)] == [
        "unsure",
        "refused",
        "refused",
    ]
    with post.home.house.catalog.reading() as tx:
        told = [each.facts for _, each in tx.outcomes.after(0, 99)]
        jobs = tx.jobs.list()
    ends = [post.known(each) for each in (doubtful, changed, refused)]
    reasons = [(each.reason, each.advice) for each in ends]
    for canary in canaries:
        assert canary not in f"{caplog.text}{told}{jobs}{reasons}{ends}"
