"""The file `notifications.toml`: who is told what, and how; every problem at once."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notifications.channel import Channel
from notifications.channels import CHANNELS
from notifications.notice import TYPES
from notifications.options import Options, Secrets
from notifications.rules import Matter, Rule, chosen

KINDS = tuple(kind for kind in TYPES if kind != "test")
DIRECTIONS = ("Inbound", "Outbound")
FAX = "{fax}"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LINK = re.compile(r"https?://[^\s<>\"'\\]{1,200}")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Destination:
    """One place to tell, by the name it has in the file."""

    name: str
    kind: str
    channel: Channel


@dataclass(frozen=True)
class Plan:
    """Who is told what. `link` is an address with {fax} in it, "" for none.

    `mailboxes` are names by which mailboxes are told of, by their ids. An empty plan tells nobody.
    """

    destinations: Mapping[str, Destination] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    mailboxes: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    def told(self, matter: Matter) -> list[str]:
        """The names of the destinations that an outcome is told to."""
        return chosen(self.rules, matter)


NOBODY = Plan()


def read_plan(text: str, secrets: Secrets) -> Plan:
    """The plan of a file; whatever is wrong with it stands in `secrets.problems` afterwards."""
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        secrets.problems.append(f"it is not TOML: {error}")
        return NOBODY
    except (ValueError, RecursionError):  # endless digits, endless depth
        secrets.problems.append("it cannot be read")
        return NOBODY
    reader = _Reader(secrets)
    destinations = reader.destinations(parsed)
    return Plan(
        destinations={each.name: each for each in destinations},
        rules=reader.rules(parsed, [each.name for each in destinations]),
        mailboxes=reader.mailboxes(parsed),
        link=reader.link(parsed),
    )


@dataclass
class _Reader:
    secrets: Secrets

    def destinations(self, parsed: Mapping[str, Any]) -> list[Destination]:
        unknown = parsed.keys() - {"destination", "rule", "mailboxes", "link"}
        for name in sorted(unknown):
            self.secrets.problems.append(f"there is no table or key {name!r}")
        tables = self._tables(parsed, "destination")
        found = [self._destination(table, f"destination {n}") for n, table in enumerate(tables, 1)]
        names = [each.name for each in found]
        if len(set(names)) < len(names):
            self.secrets.problems.append("two destinations have the same name")
        return found

    def _destination(self, table: Mapping[str, Any], place: str) -> Destination:
        name = table.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name):
            place = f"destination {name}"
        options = Options(table, place, self.secrets)
        name, kind = options.text("name"), options.text("channel")
        if name and not _NAME.fullmatch(name):
            options.problem("name must be of small letters, digits and -")
        if kind not in CHANNELS:
            if kind:
                options.problem(f"channel must be one of {', '.join(CHANNELS)}")
            return Destination(name, kind, _NOWHERE)
        channel = CHANNELS[kind](options)
        options.close()
        return Destination(name, kind, channel)

    def rules(self, parsed: Mapping[str, Any], names: Sequence[str]) -> list[Rule]:
        tables = self._tables(parsed, "rule")
        found = [self._rule(table, f"rule {n}", names) for n, table in enumerate(tables, 1)]
        told = {name for rule in found for name in rule.to}
        for name in names:
            if name and name not in told:
                self.secrets.problems.append(
                    f"destination {name}: no rule names it, so it would never be told anything"
                )
        return found

    def _rule(self, table: Mapping[str, Any], place: str, names: Sequence[str]) -> Rule:
        options = Options(table, place, self.secrets)
        to = options.texts("to", needed=True)
        for name in to:
            if name not in names:
                options.problem(f"there is no destination {name!r}")
        rule = Rule(
            to=to,
            outcomes=options.chosen("outcomes", KINDS),
            mailboxes=options.texts("mailboxes"),
            directions=options.chosen("directions", DIRECTIONS),
            numbers=options.texts("numbers"),
        )
        options.close()
        return rule

    def mailboxes(self, parsed: Mapping[str, Any]) -> dict[str, str]:
        given = parsed.get("mailboxes", {})
        if not isinstance(given, dict) or not all(map(_is_name, given.values())):
            self.secrets.problems.append(
                f"mailboxes must give each mailbox id a name of at most {_LONGEST_NAME} characters"
            )
            return {}
        return dict(given)

    def link(self, parsed: Mapping[str, Any]) -> str:
        link = parsed.get("link", "")
        if link and not (isinstance(link, str) and _LINK.fullmatch(link) and FAX in link):
            self.secrets.problems.append(f"link must be an http(s) address with {FAX} in it")
            return ""
        return str(link)

    def _tables(self, parsed: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        tables = parsed.get(name, [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            return tables
        self.secrets.problems.append(f"{name} must stand in double brackets: [[{name}]]")
        return []


class _Nowhere:
    """Stands for a channel that does not exist; the plan it is in is never used."""

    wants_documents = with_number = False

    def deliver(self, notice: object, documents: object) -> str:
        raise AssertionError("a plan with problems is not used")


_NOWHERE = _Nowhere()


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()
