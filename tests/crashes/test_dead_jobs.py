"""A job that workers died over waits longer each time, but standing work never for hours."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog import Job
from tests.crashes.scenes import scene

MANY = 9
LONGEST = {"look": timedelta(seconds=375), "archive": timedelta(hours=8)}


@pytest.mark.parametrize("name", LONGEST)
def test_many_deaths_do_not_stop_it_for_longer(tmp_path: Path, name: str) -> None:
    with scene(tmp_path / "scene", seed=1) as played:
        house = played.installation.house
        long_ago = datetime.now(UTC) - timedelta(days=30)
        with house.catalog.transaction() as tx:
            tx.jobs.request(name, "1-2", long_ago, long_ago)
        for _ in range(MANY):
            with house.catalog.transaction() as tx:
                tx.jobs.request(name, "1-2", long_ago, long_ago)
                owner, now = house.settings.worker_name, datetime.now(UTC)
                assert tx.jobs.claim(name, "1-2", owner, now, now + timedelta(minutes=15))
            house.upkeep.start()
        with house.catalog.reading() as tx:
            jobs: list[Job] = [job for job in tx.jobs.list() if job.argument == "1-2"]
    assert [job.attempts for job in jobs] == [MANY]
    assert jobs[0].due_at - datetime.now(UTC) < LONGEST[name]
    assert jobs[0].due_at > datetime.now(UTC)
