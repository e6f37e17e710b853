"""A catalog, a clock that only a test moves, and destinations that do what a test says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog import Catalog, NoticeQuery, NoticeRow, Outcome, Transaction
from errors import NotDelivered
from handlers.delivering import Delivery
from handlers.telling import Teller
from jobs.runner import Runner, Surroundings, Work
from notifications import Destination, Documents, Notice, Plan, Rule
from wiring.adapters import InOwnTransaction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAME = Outcome(
    "received:400-7", "received", NOON, "400-621", "400-7", "Inbound", facts={"pages": 2}
)
Script = Callable[[Notice], str | None]


@dataclass
class FakeChannel:
    """Remembers what it was given; each call of `script` may raise what a real one would."""

    script: Script = lambda _: ""
    wants_documents: bool = False
    with_number: bool = False
    carried: list[Notice] = field(default_factory=list)
    documents: list[Documents] = field(default_factory=list)

    def deliver(self, notice: Notice, documents: Documents) -> str:
        said = self.script(notice) or ""
        self.carried.append(notice)
        self.documents.append(documents)
        return said


def refusing(*refusals: NotDelivered | None) -> Script:
    """Raise these one after another, the last one for ever; None takes the notice."""
    left = list(refusals)

    def script(_: Notice) -> str:
        refusal = left.pop(0) if len(left) > 1 else left[0]
        if refusal is not None:
            raise refusal
        return ""

    return script


@dataclass
class TellingHouse:
    """Everything between an outcome and a channel, in this process."""

    catalog: Catalog
    channels: Mapping[str, FakeChannel]
    rules: Sequence[Rule]
    documents: Callable[[str], Documents] = lambda _: Documents()
    failpoint: Callable[[str], None] = lambda _: None
    mailboxes: Mapping[str, str] = field(default_factory=dict)
    moment: datetime = NOON

    def __post_init__(self) -> None:
        destinations = {
            name: Destination(name, "fake", channel) for name, channel in self.channels.items()
        }
        self.plan = Plan(destinations, self.rules, self.mailboxes, "https://faxes.example/{fax}")
        self.teller = Teller(self.catalog, self.plan, lambda: self.moment)
        self.delivery = Delivery(
            catalog=self.catalog,
            plan=self.plan,
            documents=lambda fax: self.documents(fax),
            now=lambda: self.moment,
            chance=lambda: 0.5,
            failpoint=lambda step: self.failpoint(step),
        )
        around = Surroundings("w", lambda: self.moment, lambda: 0.5, lambda *_: None)
        table = {
            "tell": Work(self.teller.tell, standing=True),
            "deliver": Work(self.delivery.deliver, standing=True, in_lanes=True),
        }
        store: object = InOwnTransaction(self.catalog, "jobs")
        self.runner = Runner(store, table, around)  # type: ignore[arg-type]

    def record(self, *outcomes: Outcome) -> None:
        with self.catalog.transaction() as tx:
            for outcome in outcomes:
                tx.outcomes.record(outcome)

    def work(self) -> None:
        """Do everything that is due now."""
        self.runner.run("tell", "")
        for name in self.channels:
            self.runner.run("deliver", name)

    def work_until(self, end: datetime, step: timedelta = timedelta(seconds=1)) -> None:
        """Let time go by from one due moment to the next, `step` apart at least."""
        while self.moment < end:
            self.work()
            self.moment = min(end, max(self._next(end), self.moment + step))
        self.work()

    def _next(self, end: datetime) -> datetime:
        with self.catalog.reading() as tx:
            dues = [tx.jobs.next_in_lane("deliver", name) for name in self.channels]
        return min((due for due in dues if due), default=end)

    def notices(self, destination: str | None = None) -> list[NoticeRow]:
        with self.catalog.reading() as tx:
            return list(tx.notices.list(NoticeQuery(destination=destination)))

    def only(self, destination: str) -> NoticeRow:
        (row,) = self.notices(destination)
        return row

    def do(self, act: Callable[[Transaction], object]) -> None:
        with self.catalog.transaction() as tx:
            act(tx)


@contextmanager
def telling(
    folder: Path, channels: Mapping[str, FakeChannel], rules: Sequence[Rule] = (), **more: object
) -> Iterator[TellingHouse]:
    """A house whose rules tell every destination of everything, unless they are given."""
    with closing(Catalog.open(str(folder / "telling.sqlite3"))) as catalog:
        chosen = rules or [Rule(tuple(channels))]
        yield TellingHouse(catalog, channels, chosen, **more)  # type: ignore[arg-type]
