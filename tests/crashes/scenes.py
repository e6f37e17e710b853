"""What happens around a crash: the faxes that lead past the step, the death, and the healing."""

import csv
import hashlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog import NoticeQuery, Place, RawEvent
from catalog.columns import time_text
from handlers.intake import course_of
from handlers.outcomes import told_of_steps
from handlers.sync import request_listing
from serving import wait_for_port
from settings import MAIN, environment_with
from simulator import Fault, Inbound, Simulator
from tests.crashes import doomed
from tests.crashes.doomed import Doom
from tests.journeys import commands
from tests.journeys.installation import Installation, installed, wait_until, without_limits

LONG = timedelta(seconds=4)
KINDS = ("application/pdf", "image/tiff")


@dataclass
class Scene:
    """One installation, its RingCentral, and the dice."""

    simulator: Simulator
    installation: Installation
    chance: random.Random
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def receive(self) -> None:
        """A few faxes of every kind."""
        for number in range(self.chance.randint(2, 4)):
            inbound = Inbound(pages=self.chance.choice((1, 2, 10)), content_type=KINDS[number % 2])
            self.simulator.receive(inbound)

    def receive_sick(self) -> None:
        """Two faxes whose documents come as an HTML page at first."""
        for message_id in self.simulator.receive(Inbound(pages=1), count=2):
            self.simulator.sicken(message_id, "content_html", Fault(tries=1))

    def send(self) -> list[str]:
        """Two faxes that were sent."""
        sent = [self.simulator.send(["+12025550111"]) for _ in range(2)]
        for message_id in sent:
            self.simulator.finish(message_id)
        return sent

    def notify(self) -> None:
        """Notifications of these faxes that nobody has read yet."""
        for extension in self._mailboxes():
            event = f"/restapi/v1.0/account/~/extension/{extension}/message-store"
            body = {"uuid": "1", "event": event, "body": {"extensionId": extension, "changes": []}}
            raw = RawEvent(datetime.now(UTC), "application/json", json.dumps(body).encode(), MAIN)
            self.installation.house.journal.append([raw] * 3)

    def _mailboxes(self) -> list[str]:
        with self.installation.house.catalog.reading() as tx:
            return [mailbox.extension_id for mailbox in tx.mailboxes.all()]

    def prepare(self, step: str) -> None:
        """Let happen at RingCentral what leads a worker past this step."""
        sent = self.send() if step in AMENDING else []
        assert self.installation.faxkeep("sync").code == 0
        for message_id in sent:
            self.simulator.finish(message_id, status="Delivered")
        if "statement" in step:
            self.let_days_go_by()
        if step.startswith("aside"):
            self.receive_sick()
        else:
            self.receive()
        self.notify()

    def let_days_go_by(self) -> None:
        """Have the mailbox watched since some days ago, and listed: these days are to be stated."""
        house, now = self.installation.house, datetime.now(UTC)
        catalog = self.installation.settings.catalog_address
        with closing(sqlite3.connect(catalog)) as database, database:
            began = time_text(now - timedelta(days=5))
            database.execute("UPDATE mailboxes SET added_at = ?", (began,))
        with house.catalog.transaction() as tx:
            for mailbox in tx.mailboxes.present():
                request_listing(tx, mailbox, now, now)

    def die(self, doom: Doom) -> int:
        """Run the doomed process; how it ended."""
        made = self.installation
        environment = environment_with(made.environment)
        return commands.ended(commands.fork(doomed.work, environment, str(made.log), doom))

    def die_answering(self, doom: Doom) -> int:
        """Run the doomed web process beside a worker that has RingCentral call it."""
        made = self.installation
        environment = environment_with(made.environment)
        door = commands.fork(doomed.answer, environment, str(made.log), doom)
        try:
            wait_for_port(made.settings)
            worker = made.work()
            wait_until(made.is_subscribed, f"a subscription; see {made.log}")
            made.kill(worker)
            self.receive()
        except BaseException:
            door.kill()
            raise
        return commands.ended(door)

    def heal(self) -> list[str]:
        """Run a healthy worker until nothing is left to do; what is not as it should be then."""
        worker = self.installation.work()
        wait_until(self.is_at_rest, f"the worker to finish; see {self.installation.log}")
        self.installation.end(worker)
        return list(self.faults())

    def hurry(self) -> None:
        """Have due now what waits long after many deaths: waiting would only test the clock."""
        house, now = self.installation.house, datetime.now(UTC)
        with house.catalog.reading() as tx:
            waiting = [job for job in tx.jobs.list() if job.reason and job.due_at - now > LONG]
        for job in waiting:
            with house.catalog.transaction() as tx:
                tx.jobs.request(job.name, job.argument, now, now, Place(job.lane))
            house.bell.ring(job.name, job.lane or job.argument)

    def is_at_rest(self) -> bool:
        self.hurry()
        made = self.installation
        with made.house.catalog.reading() as tx:
            unfinished = [job for job in tx.jobs.list() if job.name in ("archive", "state-days")]
            untold = tx.outcomes.untold(1) or tx.notices.list(NoticeQuery(state="waiting"))
        unread = made.house.journal.unread(1)
        at_work = unfinished or untold or unread
        return not at_work and made.has_all() and self._ledger_is_copied()

    def _ledger_is_copied(self) -> bool:
        return self.installation.house.archive.ledger.tail_seq() == len(self.installation.ledger())

    def faults(self) -> Iterator[str]:
        """Everything that is not as if nothing had happened."""
        made = self.installation
        yield from made.lies()
        yield from made.findings()
        yield from self._mistold()
        lines = Counter(row.fax_id for row in made.ledger() if row.kind == "archived")
        archive = made.house.archive
        published = Counter(archive.folders())
        kept = Counter(fax.folder for fax in made.faxes("archived"))
        if set(lines.values()) != {1} or lines.keys() != {fax.id for fax in made.faxes()}:
            yield f"the ledger tells of archiving: {sorted(lines.values())}"
        if published != kept:
            yield "folders on disk are not the folders of the catalog"
        yield from self._untold()
        archive.sweep_staging(datetime.now(UTC), all=True)
        if list((archive.root / "staging").iterdir()):
            yield "staging cannot be swept"

    def _mistold(self) -> Iterator[str]:
        """Outcomes that are missing, or that should not be there, for all that came after us."""
        faxes = self.installation.faxes()
        with self.installation.house.catalog.reading() as tx:
            since = {mailbox.id: mailbox.added_at for mailbox in tx.mailboxes.all()}
            for fax in faxes:
                began = since[fax.mailbox_id]
                if began is None or not self.began <= began <= fax.created_at:
                    continue
                course = course_of(tx, fax.id)
                due = {each.id for each in told_of_steps(course, course.steps, began)}
                if fax.direction == "Inbound":
                    due = {f"received:{fax.id}"}
                if {each.id for each in tx.outcomes.of_fax(fax.id)} != due:
                    yield f"told of a fax ({fax.direction}) was not what came to pass"

    def _untold(self) -> Iterator[str]:
        """Outcomes that the destination was not told of exactly once."""
        made = self.installation
        with made.house.catalog.reading() as tx:
            happened = Counter(outcome.id for _, outcome in tx.outcomes.after(0, 1000))
        index = made.folder / "told" / "index.csv"
        lines = index.read_text().splitlines() if index.exists() else []
        rows = list(csv.DictReader(lines))
        told = Counter(row["outcome"] for row in rows)
        if told != happened:
            yield f"of {sorted(happened)} were told {sorted(told.elements())}"
        for row in rows:
            document = made.folder / "told" / row["file"]
            if row["file"] and hashlib.sha256(document.read_bytes()).hexdigest() != row["sha256"]:
                yield f"the copy of {row['fax']} differs"


TOLD = """
[[destination]]
name = "share"
channel = "folder"
path = "{folder}/told"

[[rule]]
to = ["share"]
"""


AMENDING = {
    "before-amend-commit",
    "revision staged",
    "revision renamed",
    "revision published",
}


@contextmanager
def scene(folder: Path, seed: int, *, webhook: bool = False) -> Iterator[Scene]:
    """A simulated RingCentral and an installation that has no processes yet."""
    (folder / "told").mkdir(parents=True)
    file = folder / "notifications.toml"
    file.write_text(TOLD.format(folder=folder))
    chosen = {"FAXKEEP_NOTIFICATIONS": str(file)}
    with (
        Simulator(seed=seed) as simulator,
        installed(simulator, folder, webhook=webhook, **chosen) as made,
    ):
        without_limits(simulator)
        yield Scene(simulator, made, random.Random(seed))
