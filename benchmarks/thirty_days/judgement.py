"""Holds what RingCentral really had against catalog, archive and statements."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from archive.completeness import check_bundle
from benchmarks.thirty_days.stage import Blocked, Stage
from catalog import Fax, FaxQuery
from handlers.export import all_faxes
from wiring import House

SAVABLE = timedelta(minutes=15)
"""A fax that could be fetched for so long must have been."""
Truth = Mapping[str, Any]


@dataclass(frozen=True)
class Loss:
    """A fax that is lost, how long it could have been fetched, and what is written of it."""

    fax_id: str
    reachable: timedelta
    reason: str
    evidence: Mapping[str, Any]


@dataclass
class Verdict:
    """Everything that is not as it should be, and the losses that nobody could prevent."""

    faults: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)


def judge(stage: Stage, house: House) -> Verdict:
    """Compare everything."""
    verdict = Verdict()
    with house.catalog.reading() as tx:
        faxes = {fax.id: fax for fax in all_faxes(tx, FaxQuery())}
        documents = {fax_id: [d.sha256 for d in tx.documents.of(fax_id)] for fax_id in faxes}
        lines = Counter(row.fax_id for row in tx.ledger.after(0, 10**6) if row.kind == "archived")
    truth = {f"{each['accountId']}-{each['id']}": each for each in stage.simulator.truth()}
    for fax_id, told in truth.items():
        _judge_one(stage, verdict, told, faxes.get(fax_id), documents.get(fax_id, []))
    verdict.faults += [
        f"{each} is false: RingCentral never had it" for each in faxes.keys() - truth
    ]
    verdict.faults += [f"{each} was archived {n} times" for each, n in lines.items() if n > 1]
    verdict.faults += _unread(stage, truth.values())
    verdict.faults += _writes(stage)
    found = house.proof.verify(1.0, 0, lambda done, total: None)
    verdict.faults += [f"verify: {f.kind} {f.what} {f.where}" for f in found if f.kind != "note"]
    verdict.faults += _statements(stage, house, faxes)
    return verdict


def _judge_one(
    stage: Stage, verdict: Verdict, told: Truth, fax: Fax | None, documents: list[str]
) -> None:
    name = f"{told['accountId']}-{told['id']}"
    if fax is None:
        reachable = _reachable(stage, told)
        verdict.faults.append(f"{name} is unknown to us; it could be had for {reachable}")
        return
    verdict.states[fax.state] += 1
    if fax.state == "archived":
        document = told["document"]
        wanted = [document["sha256"]] if document and document["ready"] else []
        if documents != wanted:
            verdict.faults.append(f"{name} is archived with other bytes")
        verdict.delays.append((fax.state_at - fax.created_at).total_seconds())
    elif fax.state == "lost":
        _judge_loss(stage, verdict, told, fax)
    else:
        verdict.faults.append(f"{name} is still {fax.state}: {fax.state_reason}")


def _judge_loss(stage: Stage, verdict: Verdict, told: Truth, fax: Fax) -> None:
    reachable = _reachable(stage, told)
    evidence = json.loads(fax.evidence or "{}")
    verdict.losses.append(Loss(fax.id, reachable, fax.state_reason, evidence))
    if reachable >= SAVABLE:
        verdict.faults.append(f"{fax.id} is lost and could have been saved for {reachable}")
    if not evidence.get("cause"):
        verdict.faults.append(f"{fax.id} is lost without evidence")


def _reachable(stage: Stage, told: Truth) -> timedelta:
    """How long the fax was at RingCentral while somebody could fetch it."""
    start = _moment(told["hiddenUntil"]) or datetime.fromisoformat(told["created"])
    ends = [_moment(told["evicted"]), _moment(told["extensionRemoved"])]
    ends.append(stage.purged.get(told["id"]))
    end = min((each for each in ends if each), default=stage.clock.now())
    left = [(start, max(start, end))]
    for blocked in stage.blocked:
        if _concerns(blocked, told):
            left = [part for each in left for part in _without(each, blocked)]
    return sum((stop - begin for begin, stop in left), timedelta())


def _concerns(blocked: Blocked, told: Truth) -> bool:
    return blocked.account in ("", told["accountId"]) and blocked.extension in (
        "",
        told["extensionId"],
    )


def _without(
    part: tuple[datetime, datetime], blocked: Blocked
) -> Iterator[tuple[datetime, datetime]]:
    start, end = part
    if start < min(end, blocked.start):
        yield start, min(end, blocked.start)
    if max(start, blocked.end) < end:
        yield max(start, blocked.end), end


def _unread(stage: Stage, truth: Iterable[Truth]) -> Iterator[str]:
    for told in truth:
        if told["direction"] == "Inbound":
            wanted = "Read" if told["id"] in stage.read else "Unread"
            if told["readStatus"] != wanted:
                yield f"{told['id']} is {told['readStatus']} instead of {wanted}"


def _writes(stage: Stage) -> Iterator[str]:
    for method in ("PUT", "DELETE", "POST"):
        for each in stage.simulator.requests(method=method, path="/message-store")["records"]:
            if "message-store-report" not in each["path"]:
                yield f"RingCentral was asked to change something: {method} {each['path']}"


def _statements(stage: Stage, house: House, faxes: Mapping[str, Fax]) -> Iterator[str]:
    """Every fax stands in the latest statement of its day, in the state that it has."""
    last_settled = (stage.clock.now() - timedelta(days=2)).date()
    with house.catalog.reading() as tx:
        latest = {
            (each.mailbox_id, each.day): each
            for each in tx.days.between("2000-01-01", "2999-12-31")
        }
    told: dict[str, str] = {}
    for (mailbox_id, day), statement in latest.items():
        said = json.loads(house.archive.statements.read(statement.file))
        account = mailbox_id.partition("-")[0]
        told |= {f"{account}-{each['message']}": each["state"] for each in said["faxes"]}
        totals = dict(said["totals"])
        if totals.pop("listed") != sum(totals.values()):
            yield f"the totals of {mailbox_id} {day} do not add up"
    for fax in faxes.values():
        if fax.created_at.date() < last_settled and told.get(fax.id) != fax.state:
            yield f"{fax.id} of {fax.created_at.date()} is {fax.state}, stated {told.get(fax.id)}"
    attested = house.attestor.attest(stage.began.date(), last_settled, None, lambda d, t: None)
    checked = check_bundle(attested.bundle, None)
    yield from (f"the bundle: {finding}" for finding in checked.findings)
    yield from (f"attested: {finding}" for finding in attested.findings)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
