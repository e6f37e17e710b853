"""Plays the days: moves the clock to whatever is next, and lets both sides do what is due."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.thirty_days.judgement import Verdict, judge
from benchmarks.thirty_days.processes import opened
from benchmarks.thirty_days.scenario import Scale, happenings
from benchmarks.thirty_days.stage import Stage, heal, raised

STEP = timedelta(minutes=1)
Progress = Callable[[float, float], None]
"""Told how many days are over, and how many there are."""


@dataclass(frozen=True)
class Played:
    """How it went."""

    verdict: Verdict
    seconds: float
    kills: int
    calls: int
    throttled: int


def play(seed: int, scale: Scale, folder: Path, progress: Progress) -> Played:
    """Play it all and judge."""
    began = time.monotonic()
    stage = raised(seed, scale, folder)
    try:
        stage.web.start()
        stage.worker.start()
        _tick(stage, random.Random(0))
        _live(stage, seed, progress)
        _calm_down(stage)
        stage.worker.kill()
        with opened(stage.environment, str(folder / "clock")) as house:
            verdict = judge(stage, house)
        requests = stage.simulator.requests()
        throttled = sum(each["count"] for each in requests["counts"] if each["status"] == 429)
        seconds = time.monotonic() - began
        return Played(verdict, seconds, stage.kills, requests["total"], throttled)
    finally:
        for child in (stage.worker, stage.web):
            if child.lives:
                child.kill()
        stage.simulator.stop()


def fast_folder() -> str | None:
    """Memory if there is any to write to: a killed process leaves its files there as on a disk."""
    memory = Path("/dev/shm")  # noqa: S108 a folder of random name is made in it
    return str(memory) if os.access(memory, os.W_OK) else None


def _live(stage: Stage, seed: int, progress: Progress) -> None:
    """Until the last day is over."""
    coming = happenings(seed, stage.scale)[::-1]
    end = stage.began + timedelta(days=stage.scale.days)
    dice = random.Random(seed + 1)
    wake: datetime | None = None
    while (now := stage.clock.now()) < end:
        next_at = stage.began + timedelta(seconds=coming[-1].at) if coming else end
        _advance(stage, _target(now, next_at, wake, stage))
        now = stage.clock.now()
        while coming and stage.began + timedelta(seconds=coming[-1].at) <= now:
            stage.apply(coming.pop())
        for act in stage.due_later(now):
            act()
        wake = _tick(stage, dice)
        progress((now - stage.began) / timedelta(days=1), stage.scale.days)


def _calm_down(stage: Stage) -> None:
    """Some good days: everything that can be healed must be by then."""
    for act in [act for _, act in stage.later]:
        act()
    stage.later.clear()
    stage.away_until = None
    if not stage.web.lives:
        stage.web.start()
    if not stage.worker.lives:
        stage.start_worker()
    heal(stage)
    end = stage.clock.now() + timedelta(days=stage.scale.calm_days)
    dice = random.Random(0)
    while stage.clock.now() < end:
        _advance(stage, stage.clock.now() + _longest(stage))
        _tick(stage, dice)
        for act in stage.due_later(stage.clock.now()):
            act()
        if not stage.worker.lives:
            stage.start_worker()


def _target(now: datetime, next_at: datetime, wake: datetime | None, stage: Stage) -> datetime:
    """The next moment at which anything happens; not closer than STEP, not too late."""
    follows = [at for at, _ in stage.later]
    wanted = min([next_at, *follows, *([wake] if wake else []), now + _longest(stage)])
    return max(wanted, now + STEP)


def _longest(stage: Stage) -> timedelta:
    return timedelta(seconds=stage.scale.longest_step)


def _advance(stage: Stage, target: datetime) -> None:
    stage.simulator.advance((target - stage.clock.now()).total_seconds())
    stage.simulator.wait_delivered()


def _tick(stage: Stage, dice: random.Random) -> datetime | None:
    """Let both processes do what is due; now and then one dies in the middle of it."""
    stage.simulator.wait_delivered()
    if stage.web.lives:
        stage.web.begin_tick()
        stage.web.end_tick()
    if not stage.worker.lives:
        return None
    stage.worker.begin_tick()
    if dice.random() < stage.scale.worker_kills / (stage.scale.days * 400):
        time.sleep(dice.uniform(0, 0.04))
        stage.kill_worker()
        stage.start_worker()
        stage.worker.begin_tick()
    return stage.worker.end_tick()
