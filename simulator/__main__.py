"""Runs the simulator until told to stop; its first line of output is JSON."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence

from simulator import Plan, Settings, Simulator


def main(arguments: Sequence[str] | None = None) -> int:
    """Start, say where, serve until SIGTERM or Ctrl-C."""
    chosen = _parser().parse_args(arguments)
    settings = Settings(id_style=chosen.id_style, finish_after=chosen.finish_after)
    plan = Plan(chosen.host, chosen.port, chosen.accounts, settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(chosen.seed, plan) as simulator:
        if chosen.bad_day:
            simulator.bad_day()
        sys.stdout.write(json.dumps(_about(simulator)) + "\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _about(simulator: Simulator) -> dict[str, object]:
    return {
        "url": simulator.url,
        "media_url": simulator.media_url,
        "control_url": simulator.control_url,
        "env": simulator.env,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port",
        type=_port,
        metavar="PORT",
        default=0,
        help="port of the API; 0: any free one",
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same bad luck")
    parser.add_argument("--id-style", choices=("number", "string"), default="number")
    parser.add_argument("--bad-day", action="store_true", help="a mixture of faults")
    parser.add_argument(
        "--accounts",
        type=_sizes,
        default=(3,),
        metavar="N[,N...]",
        help="extensions of each account, e.g. 3,1 for two accounts",
    )
    parser.add_argument(
        "--finish-after",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="until a sent fax is finished; negative: only by control",
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(part) if part.isdecimal() else 0 for part in text.split(","))
    if not all(1 <= size <= 1000 for size in sizes):
        raise argparse.ArgumentTypeError("an account has 1 to 1000 extensions")
    return sizes


if __name__ == "__main__":
    sys.exit(main())
