"""How every benchmark measures: in turns, by medians, told as a table with its goals."""

import argparse
import os
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from printing import table


@dataclass(frozen=True)
class Goal:
    """A figure and the bound it should keep: at least `low`, at most `high`."""

    what: str
    value: float
    low: float = float("-inf")
    high: float = float("inf")

    def __str__(self) -> str:
        bound = f"at most {self.high:g}" if self.high < float("inf") else f"at least {self.low:g}"
        verdict = "met" if self.low <= self.value <= self.high else "MISSED"
        return f"{verdict:<6}  {self.what}: {self.value:.3g} ({bound})"


def interleaved(
    candidates: Mapping[str, Callable[[], float]], passes: int
) -> dict[str, list[float]]:
    """Run every candidate once in each pass, so that all of them suffer the same neighbours."""
    figures: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(passes):
        for name, measure in candidates.items():
            figures[name].append(measure())
    return figures


def ratio(ours: Sequence[float], reference: Sequence[float]) -> float:
    """The median of the ratios within each pass."""
    return median(one / other for one, other in zip(ours, reference, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def peak_memory() -> int:
    """The most bytes this process ever had resident: VmHWM of proc(5).

    Not getrusage's ru_maxrss, in which a child inherits its parent's peak.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def show(rows: Sequence[Mapping[str, object]], goals: Sequence[Goal]) -> None:
    """Print the machine, the table and the goals."""
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}\n")
    print("\n".join(table(rows)))
    print()
    for goal in goals:
        print(goal)


def quick_wanted(about: str | None) -> bool:
    """Whether the command line says --quick: fewer and shorter passes."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter passes")
    return bool(parser.parse_args().quick)
