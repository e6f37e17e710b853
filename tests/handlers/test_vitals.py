"""What health is judged from, as the catalog has it; and alarms: raised once, renewed, cleared."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog import (
    DOOR,
    WORKER,
    Alarm,
    BlindWindow,
    DayStatement,
    KnownExtension,
    KnownLogin,
    Listing,
)
from handlers.health import NOTE, PROBLEM, WARNING, Risk, Vitals, Work
from handlers.vitals import HealthCheck
from tests.handlers.household import LOGIN, Household

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def health(home: Household, **watched: Any) -> HealthCheck:
    check = home.house.health
    return replace(check, watched=replace(check.watched, **watched))


def vitals(home: Household) -> Vitals:
    return home.house.health.vitals()


def kinds(home: Household, **watched: Any) -> list[tuple[str, str]]:
    """What needs a person, apart from this machine's disk."""
    told = [sign for sign in health(home, **watched).signs() if sign.severity != NOTE]
    return [(sign.severity, sign.kind) for sign in told if sign.kind != "disk"]


def alarms(home: Household) -> list[Alarm]:
    """Those that last, apart from one about this machine's disk."""
    with home.house.catalog.reading() as tx:
        return [alarm for alarm in tx.alarms.open() if alarm.kind != "disk"]


def be_at_work(home: Household) -> None:
    """The worker is there, and has looked."""
    home.house.upkeep.sweep()
    home.look()


# What is gathered


def test_a_house_at_work_is_well(home: Household) -> None:
    be_at_work(home)
    assert kinds(home) == []


def test_a_worker_that_died_is_noticed_until_the_next_one_sweeps(home: Household) -> None:
    be_at_work(home)
    home.pass_time(300)
    assert kinds(home) == [(PROBLEM, "worker")]
    home.house.upkeep.sweep()
    assert kinds(home) == []


def test_the_web_process_counts_where_calls_are_wanted(home: Household) -> None:
    be_at_work(home)
    assert kinds(home, calls_wanted=True) == [(PROBLEM, "web")]
    home.house.journal.note_sign(DOOR, home.clock.now())
    assert kinds(home, calls_wanted=True) == []


def test_signs_of_life_are_those_of_the_journal(home: Household) -> None:
    moment = home.clock.now() - DAY
    home.house.journal.note_sign(WORKER, moment)
    home.house.journal.note_sign(DOOR, moment + HOUR)
    found = vitals(home)
    assert (found.worker_seen_at, found.door_seen_at) == (moment, moment + HOUR)


def test_logins_of_the_settings_that_were_never_tried_are_missing(home: Household) -> None:
    found = health(home, logins=[LOGIN, "main/2"]).vitals()
    assert [login.name for login in found.logins] == [LOGIN]
    assert found.missing_logins == ["main/2"]


def test_a_login_that_left_the_settings_is_not_judged(home: Household) -> None:
    with home.house.catalog.transaction() as tx:
        tx.logins.mark_refused("former/1", "former", "No.", home.clock.now())
    assert [login.name for login in vitals(home).logins] == [LOGIN]


def test_a_refusal_of_the_login_is_noticed(home: Household) -> None:
    be_at_work(home)
    home.simulator.new_credentials()
    home.run("look")
    home.house.runner.run("census", "main")
    assert (PROBLEM, "login") in kinds(home)


def test_a_mailbox_that_is_gone_is_not_judged(home: Household) -> None:
    home.archive_one()
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.mark_gone(home.mailbox.id, "the settings name it no more")
        window = BlindWindow(home.mailbox.id, home.clock.now(), None, "some cause")
        tx.windows.replace([], window)
    home.house.upkeep.sweep()
    home.pass_time(30 * 24 * 3600)
    home.house.upkeep.sweep()
    assert kinds(home, calls_wanted=True) == [(PROBLEM, "web")]


def test_looks_may_be_as_far_apart_as_the_timetable_has_them(home: Household) -> None:
    be_at_work(home)
    with home.house.catalog.transaction() as tx:
        tx.mailboxes.mark_called(home.mailbox.id, home.clock.now())
    home.pass_time(HOUR.total_seconds())
    home.house.upkeep.sweep()
    assert kinds(home) == [(PROBLEM, "not-looked-at")]
    assert kinds(home, poll=DAY) == []


def test_faxes_at_risk_are_counted_by_mailbox(home: Household) -> None:
    now = home.clock.now()
    old = {"direction": "Outbound", "message_status": "Sent"}
    home.take_in(now - 29 * DAY, now - 28 * DAY, now - DAY, **old)
    assert vitals(home).risks == [Risk(home.mailbox.id, 2, now + DAY)]


def test_without_a_fax_that_waits_there_is_no_risk(home: Household) -> None:
    home.archive_one()
    home.pass_time(100 * 24 * 3600)
    assert vitals(home).risks == []


def test_what_may_have_come_since_the_last_look_is_judged_by_the_traffic(home: Household) -> None:
    home.look()
    home.tamper("UPDATE mailboxes SET peak_per_hour = 100")
    home.pass_time(HOUR.total_seconds())
    assert vitals(home).unseen[home.mailbox.id] == pytest.approx(0.5, abs=0.01)


def test_a_mailbox_that_was_never_looked_at_has_no_unseen_share(home: Household) -> None:
    assert vitals(home).unseen == {}


def test_a_fax_with_an_odd_date_stops_no_judgement(home: Household) -> None:
    home.take_in(datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
    be_at_work(home)
    assert kinds(home) == [(PROBLEM, "at-risk")]


# Silence


def one_an_hour(home: Household, hours: int) -> None:
    """A fax in each hour, the last of them now; the mailbox is known for as long."""
    now = home.clock.now()
    home.take_in(*(now - number * HOUR for number in range(hours)))
    with home.house.catalog.transaction() as tx:
        listing = Listing(now, now - hours * HOUR, hours)
        tx.mailboxes.mark_listed(home.mailbox.id, listing, peak_per_hour=1)


def test_a_mailbox_that_falls_silent_is_noticed(home: Household) -> None:
    one_an_hour(home, 3 * 7 * 24)
    home.pass_time(9.9 * 3600)
    assert vitals(home).silent == {}
    home.pass_time(0.2 * 3600)
    assert vitals(home).silent[home.mailbox.id] == pytest.approx(10)


def test_a_silence_of_months_is_still_noticed(home: Household) -> None:
    one_an_hour(home, 3 * 7 * 24)
    home.pass_time(100 * 24 * 3600)
    assert vitals(home).silent[home.mailbox.id] == pytest.approx(4 * 7 * 24)


def test_a_silence_is_not_judged_before_two_weeks_are_known(home: Household) -> None:
    one_an_hour(home, 24)
    home.pass_time(12 * 24 * 3600)
    assert vitals(home).silent == {}
    home.pass_time(2 * 24 * 3600)
    assert home.mailbox.id in vitals(home).silent


def test_a_mailbox_that_never_received_anything_is_not_silent(home: Household) -> None:
    home.pass_time(100 * 24 * 3600)
    assert vitals(home).silent == {}


# Work, statements, extensions, keys


def test_jobs_count_when_they_are_given_up_or_fail_again_and_again(home: Household) -> None:
    now = home.clock.now()
    with home.house.catalog.transaction() as tx:
        for name, fails in (("given-up", 1), ("failing", 5), ("tried", 4)):
            tx.jobs.request("archive", name, now, now)
            for _ in range(fails):
                job = tx.jobs.claim("archive", name, "test", now, now)
                assert job is not None
                if name == "given-up":
                    tx.jobs.give_up(job, "hopeless", now)
                else:
                    tx.jobs.postpone(job, now, "no", failed=True)
    assert vitals(home).work == Work(given_up=1, failing=1)


def test_refused_and_lost_faxes_count_for_a_week(home: Household) -> None:
    now = home.clock.now()
    home.take_in(now, now, now)
    with home.house.catalog.transaction() as tx:
        tx.faxes.mark_refused(home.id_of("1"), "html", now)
        tx.faxes.mark_lost(home.id_of("2"), "gone", now, "{}")
    assert vitals(home).work == Work(refused=1, lost=1)
    home.pass_time(WEEK.total_seconds() + 1)
    assert vitals(home).work == Work()


def test_the_disk_is_that_of_the_data_folder_and_fills_with_what_arrives(home: Household) -> None:
    message_id = home.archive_one()
    home.archive_one()
    size = len(home.simulator.document(message_id))
    disk = vitals(home).disk
    assert disk.free > 0
    assert disk.per_day == pytest.approx(2 * size / 7)
    home.pass_time(WEEK.total_seconds())
    assert vitals(home).disk.per_day == 0


def test_only_blind_windows_that_last_are_judged(home: Household) -> None:
    now = home.clock.now()
    lasting = BlindWindow(home.mailbox.id, now, None, "it had expired")
    with home.house.catalog.transaction() as tx:
        tx.windows.replace([], BlindWindow(home.mailbox.id, now - DAY, now + DAY, "over"))
        tx.windows.replace([], lasting)
    assert vitals(home).windows == [lasting]


def statement(home: Household, day: str, contradiction: str = "") -> DayStatement:
    now = home.clock.now()
    counts = {"listed": 1, "archived": 1, "pending": 0, "refused": 0, "lost": 0, "seq": 1}
    return DayStatement(
        mailbox_id=home.mailbox.id,
        day=day,
        revision=1,
        at=now,
        listed_at=now,
        file="statements/x",
        sha256="",
        content="",
        contradiction=contradiction,
        **counts,
    )


def test_the_last_stated_day_and_the_contradicted_ones_are_known(home: Household) -> None:
    wrong = statement(home, "2026-11-01", contradiction="77")
    with home.house.catalog.transaction() as tx:
        for each in (wrong, statement(home, "2026-11-02")):
            tx.days.add(each)
    found = vitals(home)
    assert found.last_days == {home.mailbox.id: "2026-11-02"}
    assert [each.day for each in found.contradicted] == ["2026-11-01"]


def test_extensions_that_could_hold_faxes_and_are_not_watched_are_known(home: Household) -> None:
    watched = KnownExtension(
        "1", "1", "main", "", "", "User", "Enabled", "", seen_at=home.clock.now()
    )
    idle = replace(watched, extension_id="2", unwatched_reason="it is not in use yet")
    menu = replace(idle, extension_id="3", kind="IvrMenu")
    gone = replace(idle, extension_id="4", seen_at=home.clock.now() - DAY)
    with home.house.catalog.transaction() as tx:
        tx.census.record_extensions("main", [gone])
        tx.census.record_extensions("main", [watched, idle, menu])
    assert [each.extension_id for each in vitals(home).unwatched] == ["2"]


def test_what_the_keys_want_is_told(home: Household) -> None:
    advice = ["recovery.key: move it away."]
    assert replace(home.house.health, key_advice=lambda: advice).vitals().key_advice == advice


# Alarms


def test_what_is_wrong_raises_one_alarm_however_often_it_is_judged(
    home: Household, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "handlers.vitals")
    for _ in range(3):
        home.house.health.update_alarms()
    (alarm,) = alarms(home)
    assert (alarm.kind, alarm.severity, alarm.cleared_at) == ("worker", PROBLEM, None)
    logged = [each.message for each in caplog.records if alarm.words in each.message]
    assert logged == [f"{alarm.severity}: {alarm.words} {alarm.advice}"]


def test_an_alarm_takes_on_newer_words_and_keeps_its_beginning(
    home: Household, caplog: pytest.LogCaptureFixture
) -> None:
    be_at_work(home)
    ends_at = home.clock.now() + 2 * DAY + HOUR
    with home.house.catalog.transaction() as tx:
        tx.logins.mark_good(replace(known_login(tx.logins.get(LOGIN)), ends_at=ends_at))
    home.house.health.update_alarms()
    (before,) = alarms(home)
    home.pass_time(2 * HOUR.total_seconds())
    be_at_work(home)
    home.house.health.update_alarms()
    (after,) = alarms(home)
    assert (before.severity, after.severity) == (WARNING, PROBLEM)
    assert after.raised_at == before.raised_at
    assert any(each.message.startswith(f"problem: {after.words}") for each in caplog.records)


def known_login(login: KnownLogin | None) -> KnownLogin:
    assert login is not None
    return login


def test_an_alarm_is_cleared_when_it_is_over_and_raised_anew_when_it_comes_back(
    home: Household,
) -> None:
    home.house.health.update_alarms()
    (first,) = alarms(home)
    be_at_work(home)
    home.house.health.update_alarms()
    assert alarms(home) == []
    home.pass_time(300)
    home.house.health.update_alarms()
    (second,) = alarms(home)
    assert (second.kind, second.words) != (first.kind, first.words)
    assert second.raised_at > first.raised_at
    with home.house.catalog.reading() as tx:
        history = [each for each in tx.alarms.list(10) if each.kind == "worker"]
    assert [each.cleared_at is None for each in history] == [True, False]


def test_a_note_is_no_alarm(home: Household) -> None:
    be_at_work(home)
    check = replace(home.house.health, key_advice=lambda: ["recovery.key: move it away."])
    assert [sign.severity for sign in check.update_alarms() if sign.kind == "keys"] == [NOTE]
    assert alarms(home) == []


def test_the_alarms_follow_the_sweeps(home: Household) -> None:
    home.house.upkeep.sweep()
    home.pass_time(300)
    home.house.runner.run("health", "")
    assert {alarm.kind for alarm in alarms(home)} == {"worker"}


def test_judging_asks_ringcentral_nothing(home: Household) -> None:
    be_at_work(home)
    home.simulator.forget()
    home.house.health.update_alarms()
    assert home.simulator.requests()["records"] == []
