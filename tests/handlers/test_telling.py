"""Each outcome becomes one notice for each destination that the rules name, whatever happens."""

from dataclasses import replace
from pathlib import Path

from catalog import Outcome
from handlers.telling import BATCH, OURS, notice_of
from notifications import NOBODY, Destination, Matter, Plan, Rule, words
from ringcentral_api.failure_reasons import REASONS
from tests.handlers.telling_house import CAME, NOON, FakeChannel, telling

FAILED = Outcome("failed:400-9:0:1", "failed", NOON, "400-621", "400-9", "Outbound", "+12025550147")


def test_the_rules_choose_who_is_told(tmp_path: Path) -> None:
    desk, office = FakeChannel(), FakeChannel()
    rules = [Rule(("desk",), outcomes=("received",)), Rule(("office",), numbers=("+1202*",))]
    with telling(tmp_path, {"desk": desk, "office": office}, rules) as house:
        house.record(CAME, FAILED)
        house.work()

    assert [each.outcome for each in desk.carried] == [CAME.id]
    assert [each.outcome for each in office.carried] == [FAILED.id]


def test_each_destination_is_told_once_however_often_it_is_asked(tmp_path: Path) -> None:
    desk = FakeChannel()
    with telling(tmp_path, {"desk": desk}) as house:
        for _ in range(3):
            house.record(CAME)
            house.work()
        assert [row.state for row in house.notices()] == ["delivered"]

    assert len(desk.carried) == 1


def test_many_outcomes_are_all_told_in_their_order(tmp_path: Path) -> None:
    desk = FakeChannel()
    outcomes = [replace(CAME, id=f"received:400-{number}") for number in range(BATCH + 3)]
    with telling(tmp_path, {"desk": desk}) as house:
        house.record(*outcomes)
        house.work()

    assert {each.outcome for each in desk.carried} == {each.id for each in outcomes}


def test_without_destinations_nobody_is_told_and_nothing_waits(tmp_path: Path) -> None:
    with telling(tmp_path, {}, [Rule(())]) as house:
        house.record(CAME)
        house.work()
        with house.catalog.reading() as tx:
            assert tx.outcomes.untold(9) == []
            assert tx.jobs.list() == []
    assert NOBODY.told(Matter("received")) == []


def test_a_new_destination_is_not_told_of_the_past(tmp_path: Path) -> None:
    late = FakeChannel()
    with telling(tmp_path, {"early": FakeChannel()}) as house:
        house.record(CAME)
        house.work()
    with telling(tmp_path, {"early": FakeChannel(), "late": late}) as house:
        house.record(CAME, FAILED)
        house.work()

    assert [each.outcome for each in late.carried] == [FAILED.id]


def test_lost_jobs_are_asked_for_by_the_sweep(tmp_path: Path) -> None:
    desk = FakeChannel()
    with telling(tmp_path, {"desk": desk}) as house:
        house.record(CAME)
        forget_jobs(tmp_path)
        house.work()
        assert desk.carried == []
        house.teller.ask_for_forgotten()
        house.runner.run("tell", "")
        forget_jobs(tmp_path)
        house.teller.ask_for_forgotten()
        house.work()

    assert len(desk.carried) == 1


def forget_jobs(folder: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "telling.sqlite3")) as connection, connection:
        connection.execute("DELETE FROM jobs")


def test_a_notice_says_only_what_may_be_said() -> None:
    known = REASONS["LineBusy"]
    facts = {"reason": known.words, "advice": known.advice, "group": known.group, "to": "Oddname"}
    outcome = replace(FAILED, facts=facts)
    channel = FakeChannel()
    plan = Plan({}, (), {"400-621": "the front desk"}, "https://faxes.example/{fax}")
    with_row = notice_of(plan, Destination("desk", "fake", channel), row_of(outcome), outcome)

    assert with_row.number == ""
    assert with_row.facts == {k: v for k, v in facts.items() if k != "to"}
    assert with_row.link == "https://faxes.example/400-9"
    assert words(with_row).lines[0] == "A fax from the front desk could not be delivered."

    channel.with_number = True
    asked = notice_of(plan, Destination("desk", "fake", channel), row_of(outcome), outcome)
    assert asked.number == "+12025550147"


def row_of(outcome: Outcome) -> object:
    from catalog import NoticeRow

    return NoticeRow("n_1", outcome.id, "desk", "waiting", NOON, NOON, NOON, 0, 1, "")


def test_every_reason_that_is_known_may_be_told() -> None:
    for reason in REASONS.values():
        assert {reason.words, reason.advice, reason.group} <= OURS
