"""Thirty bad days: `python -m benchmarks.thirty_days --seed 3`; exit code 0 only if all is well."""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.measuring import percentile
from benchmarks.thirty_days.play import Played, fast_folder, play
from benchmarks.thirty_days.scenario import SHORT, Scale


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which thirty days")
    parser.add_argument("--seeds", type=int, default=1, help="so many, one after another")
    parser.add_argument("--short", action="store_true", help="three days of a small installation")
    parser.add_argument("--days", type=float, help="how many days instead")
    parser.add_argument("--keep", type=Path, help="a folder for the data, to look at it afterwards")
    given = parser.parse_args()
    scale = SHORT if given.short else Scale()
    if given.days:
        scale = replace(scale, days=given.days, faxes=round(scale.faxes * given.days / scale.days))
    failed = 0
    for seed in range(given.seed, given.seed + given.seeds):
        with tempfile.TemporaryDirectory(dir=fast_folder()) as temporary:
            folder = given.keep / str(seed) if given.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            played = play(seed, scale, folder, _progress)
        failed += bool(played.verdict.faults)
        _tell(seed, played)
    return 1 if failed else 0


def _progress(done: float, days: float) -> None:
    if sys.stderr.isatty():
        print(f"\rday {done:5.1f} of {days:g}", end="", file=sys.stderr, flush=True)


def _tell(seed: int, played: Played) -> None:
    verdict = played.verdict
    states = ", ".join(f"{count} {state}" for state, count in sorted(verdict.states.items()))
    delays = verdict.delays or [0.0]
    print(f"\nseed {seed}: {states}; {played.seconds:.0f} s, {played.kills} kills")
    print(f"  calls {played.calls}, {played.calls / max(1, len(delays)):.2f} for each archived fax")
    p50, p99 = percentile(delays, 0.5), percentile(delays, 0.99)
    print(f"  arrival to archived: p50 {p50:.0f} s, p99 {p99:.0f} s")
    for loss in sorted(verdict.losses, key=lambda each: each.fax_id):
        print(f"  lost {loss.fax_id}, reachable {loss.reachable}: {loss.reason}")
    for fault in verdict.faults:
        print(f"  FAULT {fault}")
    print("  FAILED" if verdict.faults else "  passed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
