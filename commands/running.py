"""Commands that run for long: the demonstration, and the service."""

import sys

import click

import demo as demonstration
import serving
from settings import read_settings
from wiring import House, plan_of


@click.command()
@click.option("--once", is_flag=True, help="Exit by itself: 0 only if all went well.")
@click.option("--faxes", default=12, show_default=True, help="How many faxes arrive.")
@click.option("--seed", default=7, show_default=True, help="Which bad day it is.")
def demo(once: bool, faxes: int, seed: int) -> None:
    """Show the main job on this machine, with a simulated RingCentral on a bad day."""
    sys.exit(demonstration.run(once=once, faxes=faxes, seed=seed))


@click.command()
def serve() -> None:
    """Run web process and worker together until Ctrl-C."""
    settings = read_settings().require_ringcentral()
    plan_of(settings)
    serving.serve(settings)


@click.command()
def web() -> None:
    """Run only the web process that takes in notifications."""
    serving.web(read_settings().require_ringcentral())


@click.command()
def work() -> None:
    """Run only the worker that fetches and archives."""
    settings = read_settings().require_ringcentral()
    serving.start_log(settings)
    with House(settings) as house:
        house.work()
