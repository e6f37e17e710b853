"""Every example of `notifications.toml` in the documents is a good one."""

import re
from pathlib import Path
from typing import Any

import pytest

from notifications import read_plan
from notifications.channels import CHANNELS
from tests.notifications.stages import SECRET, openssh_key

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "reference" / "notifications.md", DOCS / "how-to" / "notifications.md"]
FENCE = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLES = [
    pytest.param(block, id=f"{page.parent.name} {number}")
    for page in PAGES
    for number, block in enumerate(FENCE.findall(page.read_text()), 1)
]


class Fitting:
    """Finds a fitting secret wherever one is named."""

    def __init__(self, key: str) -> None:
        self.problems: list[str] = []
        self._secrets = {"key": key, "secret": SECRET, "url": "json://127.0.0.1/x"}

    def secret_file(self, name: str, place: str) -> str:
        return self._secrets.get(place.rpartition(": ")[2], "a password")

    variable = secret_file


@pytest.fixture(scope="module")
def key() -> str:
    return openssh_key()


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_good(text: str, key: str) -> None:
    secrets: Any = Fitting(key)
    names = re.findall(r'^name = "(.*)"', text, re.MULTILINE)
    rule = "" if "[[rule]]" in text else f"[[rule]]\nto = {names}\n"

    plan = read_plan(text + rule, secrets)

    assert secrets.problems == []
    assert list(plan.destinations) == names


def test_the_reference_has_an_example_of_every_channel() -> None:
    text = PAGES[0].read_text()

    assert {kind for kind in CHANNELS if f'channel = "{kind}"' in text} == set(CHANNELS)
