"""A worker where no file may grow beyond some bytes: the system refuses as a full disk does."""

import resource

from settings import read_settings
from tests.journeys import commands
from tests.journeys.commands import become
from wiring import House


def archive(environment: dict[str, str], log: str, lane: str, most_bytes: int) -> int:
    """Run what waits in a lane, in a process of its own; how that ended."""
    return commands.ended(commands.fork(_archive, environment, log, lane, most_bytes))


def _archive(environment: dict[str, str], log: str, lane: str, most_bytes: int) -> None:
    become(environment, log, log)
    with House(read_settings()) as house:
        # Python ignores the signal that comes with it, so write(2) fails, with EFBIG for ENOSPC.
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        house.runner.run("archive", lane)
