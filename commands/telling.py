"""Commands that tell people: try the settings, list the notices, have them delivered again."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from catalog import NoticeQuery, NoticeRow
from catalog.notices import STATES
from catalog.outcomes import KINDS
from commands.opening import EXIT_NOT_WELL, as_json, open_house
from errors import NotDelivered, UserError
from handlers.trial import trial_notice
from notifications import NO_DOCUMENTS, Destination, Plan
from printing import show_json, show_rows
from settings import read_settings
from wiring import plan_of, utc_now

MOST_REPLAYED = 10_000
BY_A_PERSON = "by a person"


@click.command()
@click.option("--test", is_flag=True, help="Send a test notice to each destination, or to one.")
@click.argument("destination", required=False)
@as_json
def notify(test: bool, destination: str | None, as_json: bool) -> None:
    """Check notifications.toml, and say who is told of what; with --test, try it.

    A test says that it is one, tells of no fax, and is not noted. Exit code 0 only if all went
    well.
    """
    plan = plan_of(read_settings())
    chosen = [_known(plan, destination)] if destination else list(plan.destinations.values())
    if not test:
        rows = [row for each in chosen for row in _rules_of(plan, each)]
        show_rows(rows, as_json, "Nobody is told anything: there is no notifications.toml.")
        return
    rows = [_tried(each) for each in chosen]
    show_rows(rows, as_json, "There is no destination to try.")
    sys.exit(0 if all(row["result"] == "delivered" for row in rows) else EXIT_NOT_WELL)


def _known(plan: Plan, name: str) -> Destination:
    if name not in plan.destinations:
        raise UserError(f"notifications.toml has no destination {name!r}.")
    return plan.destinations[name]


def _rules_of(plan: Plan, destination: Destination) -> list[dict[str, object]]:
    rules = [rule for rule in plan.rules if destination.name in rule.to]
    return [
        {
            "destination": destination.name,
            "channel": destination.kind,
            "outcomes": ", ".join(rule.outcomes) or "all",
            "mailboxes": ", ".join(rule.mailboxes) or "all",
            "directions": ", ".join(rule.directions) or "all",
            "numbers": ", ".join(rule.numbers) or "all",
        }
        for rule in rules
    ]


def _tried(destination: Destination) -> dict[str, object]:
    try:
        remark = destination.channel.deliver(trial_notice(utc_now()), NO_DOCUMENTS)
    except NotDelivered as error:
        return {"destination": destination.name, "result": "failed", "reason": str(error)}
    return {"destination": destination.name, "result": "delivered", "reason": remark}


def notice_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose notices; the command gets them as one NoticeQuery."""

    @click.option("--destination", help="Only those for this destination.")
    @click.option("--state", type=click.Choice(STATES))
    @click.option("--kind", type=click.Choice(KINDS), help="Only of this outcome.")
    @click.option("--fax", "fax_id", help="Only of this fax (its id).")
    @click.option("--since", type=click.DateTime(), help="Made at or after (UTC).")
    @wraps(command)
    def chosen(since: datetime | None, **options: Any) -> Any:
        names = ("destination", "state", "kind", "fax_id")
        query = NoticeQuery(
            **{name: options.pop(name) for name in names}, since=since and since.replace(tzinfo=UTC)
        )
        return command(query=query, **options)

    return chosen


@click.group(invoke_without_command=True)
@notice_filters
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
@click.pass_context
def notices(context: click.Context, query: NoticeQuery, limit: int, as_json: bool) -> None:
    """List the notices, the newest first: what was told to whom, and what is still to be."""
    if context.invoked_subcommand is not None:
        return
    with open_house() as house, house.catalog.reading() as tx:
        found = tx.notices.list(NoticeQuery(**{**asdict(query), "limit": limit}))
        outcomes = {row.outcome_id: tx.outcomes.find(row.outcome_id) for row in found}
        rows = [
            {**_row(each), "kind": outcome.kind, "fax": outcome.fax_id}
            for each in found
            if (outcome := outcomes[each.outcome_id]) is not None
        ]
    show_rows(rows, as_json, "No notices.")


def _row(notice: NoticeRow) -> Mapping[str, object]:
    waits = notice.due_at if notice.state == "waiting" else None
    return {
        "id": notice.id,
        "made": notice.created_at,
        "destination": notice.destination,
        "kind": "",
        "fax": "",
        "state": notice.state,
        "since": notice.state_at,
        "tries": notice.tries,
        "next try": waits,
        "reason": notice.reason,
    }


@notices.command()
@click.argument("notice")
@as_json
def show(notice: str, as_json: bool) -> None:
    """Show one NOTICE (its id) with every try."""
    with open_house() as house, house.catalog.reading() as tx:
        row = tx.notices.find(notice)
        if row is None:
            raise UserError("No such notice. `faxkeep notices` lists them.")
        attempts = [asdict(each) for each in tx.notices.attempts(row.id)]
    if as_json:
        show_json({**asdict(row), "attempts": attempts})
        return
    show_rows([{"": name, " ": value} for name, value in asdict(row).items()])
    click.echo("\ntries")
    show_rows(attempts)


@notices.command()
@click.argument("notice", required=False)
@notice_filters
@as_json
def replay(notice: str | None, query: NoticeQuery, as_json: bool) -> None:
    """Have a NOTICE (its id) delivered once more, or all that the options choose.

    They keep their ids, so that a receiver knows what it has seen.
    """
    if notice is None and query == NoticeQuery():
        raise UserError("Say which: an id, or --destination, --state, --kind, --fax or --since.")
    chosen = NoticeQuery(**{**asdict(query), "id": notice, "limit": MOST_REPLAYED})
    with open_house() as house, house.catalog.transaction() as tx:
        found = tx.notices.list(chosen)
        tx.notices.replay(found, house.now())
    if notice and not found:
        raise UserError("No such notice. `faxkeep notices` lists them.")
    rows: Sequence[Mapping[str, object]] = [{"replayed": len(found)}] if as_json else []
    show_rows(rows, as_json, f"{len(found)} will be delivered again.")


@notices.command()
@as_json
def destinations(as_json: bool) -> None:
    """List the destinations: how each fares, and how many notices wait or were given up."""
    with open_house() as house, house.catalog.reading() as tx:
        known = [tx.notices.destination(name) for name in house.plan.destinations]
        rows = [
            {
                "destination": each.name,
                "state": _state(each.paused_at, each.failing_since_at),
                "delivered": each.delivered_at,
                "failing since": each.failing_since_at,
                "paused since": each.paused_at,
                **tx.notices.counts(each.name),
                "reason": each.pause_reason or each.failure,
            }
            for each in known
        ]
    show_rows(rows, as_json, "Nobody is told anything: there is no notifications.toml.")


def _state(paused: datetime | None, failing: datetime | None) -> str:
    return "paused" if paused else "failing" if failing else "well"


@notices.command()
@click.argument("destination")
def pause(destination: str) -> None:
    """Send nothing to a DESTINATION for now; what comes meanwhile waits."""
    with open_house() as house:
        _known(house.plan, destination)
        with house.catalog.transaction() as tx:
            tx.notices.pause(destination, house.now(), BY_A_PERSON)
    click.echo(f"Nothing is sent to {destination} until `faxkeep notices resume {destination}`.")


@notices.command()
@click.argument("destination")
def resume(destination: str) -> None:
    """Send to a DESTINATION again, at once."""
    with open_house() as house:
        _known(house.plan, destination)
        with house.catalog.transaction() as tx:
            tx.notices.resume(destination, house.now())
            waiting = tx.notices.counts(destination)["waiting"]
    click.echo(f"{waiting} wait for {destination} and are sent now.")
