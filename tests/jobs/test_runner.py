"""The runner: whatever a job's function does, its row says what is next."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from catalog import Place
from errors import (
    CatalogError,
    DocumentRefused,
    KeyMissing,
    Later,
    LoginRefused,
    NotFound,
    PermissionMissing,
    RateLimited,
    Unreachable,
)
from jobs.pauses import (
    MAX_ATTEMPTS,
    OUTAGE_CEILING_SECONDS,
    STANDING_CEILING_SECONDS,
    pause,
)
from jobs.runner import LEASE, Runner, Work
from tests.jobs.fakes import START, MemoryJobs, Row, World

JOB = ("archive", "1-2")
Do = Callable[[str], object]


@pytest.fixture
def store() -> MemoryJobs:
    return MemoryJobs()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def runner_of(store: MemoryJobs, world: World) -> Callable[..., Runner]:
    def build(do: Do, *, standing: bool = False) -> Runner:
        return Runner(store, {"archive": Work(do, standing)}, world.around())

    return build


def raising(error: Exception) -> Do:
    def do(argument: str) -> None:
        raise error

    return do


def test_done_is_gone(store: MemoryJobs, world: World, runner_of: Callable[..., Runner]) -> None:
    done: list[str] = []

    runner_of(done.append).hint(*JOB)

    assert done == ["1-2"]
    assert store.rows == {}
    assert world.rings == []


def test_a_ring_without_a_row_does_nothing(runner_of: Callable[..., Runner]) -> None:
    done: list[str] = []

    runner_of(done.append).run(*JOB)

    assert done == []


def test_a_job_that_is_not_due_waits(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    done: list[str] = []
    runner = runner_of(done.append)
    store.request(*JOB, START + timedelta(seconds=9), START)

    runner.run(*JOB)
    assert done == []

    world.pass_by(timedelta(seconds=9))
    runner.run(*JOB)
    assert done == ["1-2"]


def test_asked_for_again_meanwhile_it_runs_again(
    store: MemoryJobs, runner_of: Callable[..., Runner]
) -> None:
    done: list[str] = []

    def do(argument: str) -> None:
        done.append(argument)
        if len(done) < 3:
            store.request(*JOB, START, START)

    runner_of(do).hint(*JOB)

    assert len(done) == 3
    assert store.rows == {}


def test_asked_for_later_meanwhile_it_stays_until_then(
    store: MemoryJobs, runner_of: Callable[..., Runner]
) -> None:
    done: list[str] = []
    later = START + timedelta(minutes=1)

    def do(argument: str) -> None:
        done.append(argument)
        store.request(*JOB, later, START)

    runner_of(do).hint(*JOB)

    assert done == ["1-2"]
    assert store.rows == {JOB: Row(*JOB, later)}


def test_a_job_runs_once_at_a_time(store: MemoryJobs, runner_of: Callable[..., Runner]) -> None:
    done: list[str] = []

    def do(argument: str) -> None:
        done.append(argument)
        runner.run(*JOB)

    runner = runner_of(do)
    runner.hint(*JOB)

    assert done == ["1-2"]


def test_a_claim_holds_for_the_lease(store: MemoryJobs, runner_of: Callable[..., Runner]) -> None:
    held = []

    runner_of(lambda _: held.append(store.rows[JOB].held_until)).hint(*JOB)

    assert held == [START + LEASE]


def test_later_is_no_failure(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    runner_of(raising(Later("Not rendered yet.", 30.0))).hint(*JOB)

    assert store.rows[JOB] == Row(*JOB, START + timedelta(seconds=30), 0, "Not rendered yet.")
    assert world.rings == [(*JOB, 30.0)]


def test_a_used_up_limit_is_no_failure_of_a_job_that_stands_alone(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    runner_of(raising(RateLimited("The limit is used up.", 45.0))).hint(*JOB)

    row = Row(*JOB, START + timedelta(seconds=45), 0, "The limit is used up.")
    assert store.rows[JOB] == row
    assert store.paused == {}
    assert world.rings == [(*JOB, 45.0)]


def test_a_failed_try_waits_the_growing_pause(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    runner = runner_of(raising(DocumentRefused("cut", "The document is cut off.")))

    runner.hint(*JOB)
    first = pause(1, 0.5)
    assert store.rows[JOB] == Row(*JOB, START + first, 1, "The document is cut off.")

    world.pass_by(first)
    runner.run(*JOB)
    second = pause(2, 0.5)
    assert store.rows[JOB] == Row(*JOB, START + first + second, 2, "The document is cut off.")
    assert world.rings == [(*JOB, first.total_seconds()), (*JOB, second.total_seconds())]


def test_ringcentrals_longer_pause_wins(
    store: MemoryJobs, runner_of: Callable[..., Runner]
) -> None:
    runner_of(raising(Unreachable("Away.", retry_after=3600.0))).hint(*JOB)

    assert store.rows[JOB].due == START + timedelta(hours=1)


def test_ringcentrals_shorter_pause_does_not(
    store: MemoryJobs, runner_of: Callable[..., Runner]
) -> None:
    runner_of(raising(Unreachable("Away.", retry_after=0.1))).hint(*JOB)

    assert store.rows[JOB].due == START + pause(1, 0.5)


def test_asked_for_earlier_meanwhile_the_bell_rings_earlier(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    def do(argument: str) -> None:
        store.request(*JOB, START + timedelta(seconds=1), START)
        raise Unreachable("Away.")

    runner_of(do).hint(*JOB)

    assert world.rings == [(*JOB, 1.0)]


def test_a_permanent_error_is_given_up_at_once(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    runner = runner_of(raising(NotFound("Gone.")))

    runner.hint(*JOB)
    runner.hint(*JOB)

    assert store.rows[JOB] == Row(*JOB, START, 0, "Gone.", given_up=True)
    assert world.rings == []


def try_often(runner: Runner, world: World, times: int) -> None:
    for _ in range(times):
        runner.hint(*JOB)
        world.pass_by(timedelta(days=1))


def test_a_failing_job_is_given_up_after_the_last_attempt(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    runner = runner_of(raising(DocumentRefused("cut", "The document is cut off.")))

    try_often(runner, world, MAX_ATTEMPTS - 1)
    assert not store.rows[JOB].given_up

    try_often(runner, world, 1)
    assert store.rows[JOB].given_up


@pytest.mark.parametrize("error", [NotFound("Gone."), DocumentRefused("cut", "Cut."), OSError()])
def test_standing_work_is_never_given_up(
    error: Exception, store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    try_often(runner_of(raising(error), standing=True), world, 3 * MAX_ATTEMPTS)

    assert not store.rows[JOB].given_up
    assert len(world.rings) == 3 * MAX_ATTEMPTS


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("Away."),
        LoginRefused("The JWT has expired."),
        PermissionMissing("A scope is missing."),
        CatalogError("Locked."),
        KeyMissing("No ledger key."),
        OSError(28, "No space left on device"),
    ],
)
def test_what_concerns_the_whole_installation_is_never_a_reason_to_give_up(
    error: Exception, store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    try_often(runner_of(raising(error)), world, 3 * MAX_ATTEMPTS)

    assert not store.rows[JOB].given_up


def test_an_unexpected_error_is_tried_again_and_its_message_kept_nowhere(
    store: MemoryJobs, runner_of: Callable[..., Runner], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "jobs.runner"):
        runner_of(raising(KeyError("Jane Roe +16505550100"))).hint(*JOB)

    row = store.rows[JOB]
    assert (row.attempts, row.given_up) == (1, False)
    assert row.reason == "unexpected KeyError; see the worker's log"
    assert "unexpected KeyError" in caplog.text
    assert "test_runner.py" in caplog.text  # where it happened
    assert "Jane Roe" not in caplog.text


def test_an_unexpected_error_is_hopeless_in_the_end(
    store: MemoryJobs, world: World, runner_of: Callable[..., Runner]
) -> None:
    try_often(runner_of(raising(ZeroDivisionError())), world, MAX_ATTEMPTS)

    assert store.rows[JOB].given_up


def test_the_end_of_the_process_is_not_swallowed(
    store: MemoryJobs, runner_of: Callable[..., Runner]
) -> None:
    def do(argument: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner_of(do).hint(*JOB)

    assert store.rows[JOB].held_until == START + LEASE


def test_an_unknown_name_leaves_its_row_alone(
    store: MemoryJobs, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    Runner(store, {}, world.around()).hint(*JOB)

    assert store.rows == {JOB: Row(*JOB, START)}
    assert "no job named 'archive'" in caplog.text


# --- lanes ---------------------------------------------------------------------------------

LANE = "clinic/1"
HOUR = timedelta(hours=1)


@pytest.fixture
def lane_of(store: MemoryJobs, world: World) -> Callable[[Do], Runner]:
    """A runner whose one kind of work stands in lanes; three jobs wait in one of them."""
    for number, argument in enumerate(("late", "urgent", "soon")):
        deadline = START + (3 - (number + 2) % 3) * HOUR
        store.request("archive", argument, START, START, Place(LANE, deadline))
    store.request("archive", "elsewhere", START, START, Place("clinic/2", START))
    return lambda do: Runner(store, {"archive": Work(do, in_lanes=True)}, world.around())


def test_a_ring_empties_the_lane_the_most_urgent_first(
    store: MemoryJobs, lane_of: Callable[[Do], Runner]
) -> None:
    done: list[str] = []

    lane_of(done.append).run("archive", LANE)

    deadlines = {"late": 1, "urgent": 3, "soon": 2}
    assert done == sorted(done, key=lambda argument: deadlines[argument])
    assert [row.argument for row in store.rows.values()] == ["elsewhere"]


def test_a_limit_that_is_used_up_stops_the_lane_and_no_job(
    store: MemoryJobs, world: World, lane_of: Callable[[Do], Runner]
) -> None:
    tried: list[str] = []

    def do(argument: str) -> None:
        tried.append(argument)
        raise RateLimited("The limit is used up.", 60.0)

    runner = lane_of(do)
    runner.run("archive", LANE)
    runner.run("archive", LANE)

    assert len(tried) == 1
    assert {row.attempts for row in store.rows.values()} == {0}
    assert world.rings == [("archive", LANE, 60.0)]
    world.pass_by(timedelta(seconds=60))
    runner.run("archive", LANE)
    assert tried == [tried[0]] * 2


def test_a_job_that_fails_by_itself_leaves_the_lane_open(
    store: MemoryJobs, world: World, lane_of: Callable[[Do], Runner]
) -> None:
    tried: list[str] = []

    def do(argument: str) -> None:
        tried.append(argument)
        if len(tried) == 1:
            raise DocumentRefused("cut", "The document is cut off.")

    lane_of(do).run("archive", LANE)

    assert sorted(tried) == ["late", "soon", "urgent"]
    assert store.rows["archive", tried[0]].attempts == 1
    assert world.rings == [("archive", LANE, pause(1, 0.5).total_seconds())]


def test_what_concerns_everything_stops_the_lane_longer_each_time(
    store: MemoryJobs, world: World, lane_of: Callable[[Do], Runner]
) -> None:
    tried: list[str] = []
    away = True

    def do(argument: str) -> None:
        tried.append(argument)
        if away:
            raise Unreachable("Away.")

    runner = lane_of(do)
    for attempt in (1, 2, 3):
        runner.run("archive", LANE)
        assert len(tried) == attempt
        assert store.paused["archive", LANE] == world.now + pause(attempt, 0.5)
        world.pass_by(pause(attempt, 0.5))
    away = False
    world.pass_by(HOUR)
    runner.run("archive", LANE)
    assert store.lane_failures("archive", LANE) == 0
    assert [row.argument for row in store.rows.values()] == ["elsewhere"]


def test_a_job_that_may_be_repeated_at_once_does_not_spin(
    store: MemoryJobs, lane_of: Callable[[Do], Runner]
) -> None:
    tried: list[str] = []

    def do(argument: str) -> None:
        tried.append(argument)
        raise Later("Somebody else is logging in.", 0.0)

    lane_of(do).run("archive", LANE)

    assert len(tried) == 3


@pytest.mark.parametrize("error", [Unreachable("Away."), PermissionMissing("Not this mailbox.")])
def test_jobs_that_fail_for_ever_do_not_keep_the_others_of_their_lane_waiting(
    store: MemoryJobs, world: World, error: Exception
) -> None:
    done: list[str] = []

    def do(argument: str) -> None:
        if argument.startswith("bad"):
            raise error
        done.append(argument)

    for number in range(20):
        store.request("archive", f"bad {number}", START, START, Place(LANE, START))
        store.request("archive", f"good {number}", START, START, Place(LANE, START + HOUR))
    runner = Runner(store, {"archive": Work(do, in_lanes=True)}, world.around())

    for _ in range(120):
        runner.run("archive", LANE)
        world.pass_by(timedelta(seconds=1))

    assert len(done) == 20


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("Away."),
        LoginRefused("The JWT has expired."),
        CatalogError("Locked."),
        OSError(28, "No space left on device"),
    ],
)
def test_what_concerns_everything_is_tried_with_one_job_only(
    store: MemoryJobs, lane_of: Callable[[Do], Runner], error: Exception
) -> None:
    tried: list[str] = []

    def do(argument: str) -> None:
        tried.append(argument)
        raise error

    lane_of(do).run("archive", LANE)

    assert len(tried) == 1
    assert store.lane_failures("archive", LANE) == 1
    assert store.lane_failures("archive", "clinic/2") == 0


def test_ringcentrals_longer_pause_is_the_lanes_too(
    store: MemoryJobs, world: World, lane_of: Callable[[Do], Runner]
) -> None:
    lane_of(raising(Unreachable("Away.", retry_after=3600.0))).run("archive", LANE)

    assert store.paused["archive", LANE] == START + HOUR
    assert ("archive", LANE, 3600.0) in world.rings


@pytest.mark.parametrize(
    ("standing", "longest"),
    [(True, STANDING_CEILING_SECONDS), (False, OUTAGE_CEILING_SECONDS)],
)
def test_no_lane_is_stopped_for_hours(
    store: MemoryJobs, world: World, standing: bool, longest: float
) -> None:
    work = Work(raising(Unreachable("Away.")), standing=standing, in_lanes=True)
    runner = Runner(store, {"archive": work}, world.around())
    store.request(*JOB, START, START, Place(LANE, START))

    for _ in range(50):
        runner.run("archive", LANE)
        stopped_for = store.paused["archive", LANE] - world.now
        world.pass_by(stopped_for)

    assert stopped_for == timedelta(seconds=longest)


def test_a_hopeless_job_stops_nobody(
    store: MemoryJobs, world: World, lane_of: Callable[[Do], Runner]
) -> None:
    lane_of(raising(NotFound("Gone."))).run("archive", LANE)

    assert [row.given_up for row in store.rows.values() if row.lane == LANE] == [True] * 3
    assert store.paused == {}
    assert world.rings == []


def test_a_job_of_a_lane_that_is_asked_for_meanwhile_runs_again(
    store: MemoryJobs, lane_of: Callable[[Do], Runner]
) -> None:
    done: list[str] = []

    def do(argument: str) -> None:
        done.append(argument)
        if len(done) == 1:
            store.request("archive", argument, START, START, Place(LANE, START))

    lane_of(do).run("archive", LANE)

    assert len(done) == 4
    assert len(set(done)) == 3


def test_two_lanes_of_one_kind_do_not_mix(
    store: MemoryJobs, lane_of: Callable[[Do], Runner]
) -> None:
    done: list[str] = []

    lane_of(done.append).run("archive", "clinic/2")
    lane_of(done.append).run("archive", "clinic/3")

    assert done == ["elsewhere"]
