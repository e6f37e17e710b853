"""Commands that ask RingCentral: log in, subscribe, look now, fetch all that there is."""

import sys
from collections.abc import Iterator
from dataclasses import asdict

import click

from commands.opening import as_json, open_house
from errors import FaxkeepError, Later, RingCentralError, UserError
from printing import bar_of, show_rows
from wiring import House

NEEDED = ("ReadAccounts", "ReadMessages", "SubscriptionWebhook")


@click.command()
@click.option("--check", is_flag=True, help="Also show what the login may do.")
@as_json
def login(check: bool, as_json: bool) -> None:
    """Log in to RingCentral with every login of the settings, and show who we are."""
    with open_house(founding=True) as house:
        rows = [_who(house, name, check) for name in house.logins]
    show_rows(rows, as_json, "")
    sys.exit(RingCentralError.exit_code if any("refused" in row for row in rows) else 0)


@click.command()
@click.option("--off", is_flag=True, help="Remove our subscriptions instead.")
@as_json
def subscribe(off: bool, as_json: bool) -> None:
    """Have RingCentral call our webhook; needs FAXKEEP_PUBLIC_URL and a running web process."""
    with open_house(founding=True) as house:
        if not house.settings.public_url:
            raise UserError("FAXKEEP_PUBLIC_URL is not set, so RingCentral has no address to call.")
        if off:
            removed = [each for name in house.logins for each in house.calling.remove(name)]
            rows: list[dict[str, object]] = [{"removed": each} for each in removed]
        else:
            house.take_census()
            rows = [row for name in house.logins for row in _subscribed(house, name)]
    show_rows(rows, as_json, "There was none of ours.")


@click.command()
def sync() -> None:
    """Look at every mailbox now and archive what is new, or have the running worker do it."""
    with open_house(founding=True) as house:
        if not house.try_to_be_the_worker():
            house.ask_for("look")
            click.echo("The running worker has been asked to look now.")
            return
        house.upkeep.start()
        failed = list(_refusals(house))
        house.drain("look", None)
        house.drain("archive", bar_of("Archiving"))
        with house.catalog.reading() as tx:
            counts = tx.faxes.count_by_state()
            failed += [job.reason for job in tx.jobs.list() if job.name == "look" and job.reason]
    click.echo(", ".join(f"{state} {count}" for state, count in counts.items()) or "no faxes")
    for reason in failed:
        click.echo(reason, err=True)
    sys.exit(RingCentralError.exit_code if failed else 0)


def _refusals(house: House) -> Iterator[str]:
    """Count every account; why one could not be must not keep the others from being looked at."""
    for account in house.accounts:
        try:
            house.census.take(account)
        except (RingCentralError, Later) as error:
            if len(house.accounts) == 1:
                raise
            yield f"account {account}: {error}"


def _who(house: House, name: str, check: bool) -> dict[str, object]:
    try:
        api = house.reach(name)
        row: dict[str, object] = {"login": name, **asdict(api.who_am_i())}
        if check:
            scopes = api.scopes()
            row["missing permissions"] = ", ".join(w for w in NEEDED if w not in scopes) or "none"
            row["not needed"] = "EditMessages" if "EditMessages" in scopes else "none"
    except FaxkeepError as error:
        if len(house.logins) == 1:
            raise
        return {"login": name, "refused": str(error)}
    return row


def _subscribed(house: House, name: str) -> list[dict[str, object]]:
    report = house.calling.keep(name)
    return [
        {
            "login": name,
            "subscription_id": standing.subscription.id,
            "status": standing.subscription.status,
            "expires_at": standing.subscription.expires_at,
            "action": standing.action,
            "deleted": len(report.deleted) if report else 0,
            "disabled_filters": ", ".join(
                each.filter for each in standing.subscription.disabled_filters
            ),
        }
        for standing in (report.standings if report else ())
    ]
