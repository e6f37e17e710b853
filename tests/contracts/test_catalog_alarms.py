"""What the catalog promises about alarms and observations, on either database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog import Alarm, Observation, Transaction

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
DISK = Alarm("disk", "", NOW, None, "warning", "The disk is filling.", "Make room.")


def hours(count: float) -> datetime:
    return NOW + timedelta(hours=count)


def test_an_alarm_lasts_from_raising_to_clearing(tx: Transaction) -> None:
    assert tx.alarms.open() == []
    tx.alarms.raise_all([])
    tx.alarms.raise_all([DISK])
    assert tx.alarms.open() == [DISK]
    tx.alarms.clear(DISK, hours(2))
    assert tx.alarms.open() == []
    assert tx.alarms.list(10) == [replace(DISK, cleared_at=hours(2))]


def test_the_oldest_comes_first_among_those_that_last(tx: Transaction) -> None:
    later = replace(DISK, kind="blind", subject="1-2", raised_at=hours(1))
    same_time = replace(DISK, kind="at-risk", subject="1-3")
    tx.alarms.raise_all([later, DISK, same_time])
    assert tx.alarms.open() == [same_time, DISK, later]
    assert tx.alarms.list(2) == [later, same_time]


def test_renewed_it_is_the_same_alarm_in_newer_words(tx: Transaction) -> None:
    tx.alarms.raise_all([DISK, replace(DISK, subject="other")])
    worse = replace(DISK, severity="problem", words="The disk is full.", advice="Now.")
    tx.alarms.renew(worse)
    assert tx.alarms.open() == [worse, replace(DISK, subject="other")]


def test_one_that_comes_back_is_raised_anew(tx: Transaction) -> None:
    again = replace(DISK, raised_at=hours(5))
    tx.alarms.raise_all([DISK])
    tx.alarms.clear(DISK, hours(2))
    tx.alarms.raise_all([again])
    assert tx.alarms.open() == [again]
    assert tx.alarms.list(10) == [again, replace(DISK, cleared_at=hours(2))]


def test_one_that_comes_back_in_the_same_moment_lasts_again(tx: Transaction) -> None:
    tx.alarms.raise_all([DISK])
    tx.alarms.clear(DISK, NOW)
    tx.alarms.raise_all([replace(DISK, words="Again.")])
    assert tx.alarms.open() == [replace(DISK, words="Again.")]


def test_a_warning_is_remembered_as_long_as_it_lasted(tx: Transaction) -> None:
    tx.alarms.raise_all([replace(DISK, kind="at-risk", subject="1-2")])
    assert tx.alarms.was_raised("at-risk", "1-2", hours(99)) == NOW
    assert tx.alarms.was_raised("at-risk", "1-3", NOW) is None
    assert tx.alarms.was_raised("blind", "1-2", NOW) is None
    tx.alarms.clear(replace(DISK, kind="at-risk", subject="1-2"), hours(2))
    assert tx.alarms.was_raised("at-risk", "1-2", hours(2)) == NOW
    assert tx.alarms.was_raised("at-risk", "1-2", hours(3)) is None


def test_what_is_seen_again_is_counted(tx: Transaction) -> None:
    topic = "a sync token was refused at the age of"
    tx.observations.note(topic, "7 days", NOW)
    tx.observations.note("another question", "yes", NOW)
    tx.observations.note(topic, "3 hours", hours(1))
    tx.observations.note(topic, "7 days", hours(2))
    assert tx.observations.all() == [
        Observation(topic, "7 days", 2, NOW, hours(2)),
        Observation(topic, "3 hours", 1, hours(1), hours(1)),
        Observation("another question", "yes", 1, NOW, NOW),
    ]


def test_a_topic_was_seen_if_any_of_its_values_was(tx: Transaction) -> None:
    tx.observations.note("topic", "a", NOW)
    tx.observations.note("topic", "b", hours(1))
    assert tx.observations.seen("topic", since=hours(1))
    assert not tx.observations.seen("topic", since=hours(1.1))
    assert not tx.observations.seen("other", since=NOW)
