"""The description is what the API does: generated, committed, valid, and held against it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.api.served import DESK, Served

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


def test_the_committed_description_is_fresh(shared: Served) -> None:
    told = shared.client.get("/api/v1/openapi.json")

    assert told.status_code == 200
    assert json.loads(COMMITTED.read_text()) == told.json, "run script/docs"


def test_every_address_of_the_api_is_described(shared: Served) -> None:
    described = shared.client.get("/api/v1/openapi.json").json
    assert described is not None
    told = {
        (method.upper(), path)
        for path, item in described["paths"].items()
        for method in item.keys() - {"parameters"}
    }
    there = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in shared.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }

    assert there - told == {("GET", "/api/v1/openapi.json")}
    assert told <= there


@dataclass
class Stage:
    """The application that is on: pytest wants the addresses before there is one."""

    served: Served | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        assert self.served is not None
        return self.served.app(environ, start)


STAGE = Stage()
DESCRIBED = schemathesis.openapi.from_path(COMMITTED)
DESCRIBED.app = STAGE
DESCRIBED.config.checks.positive_data_acceptance.expected_statuses += ["404", "409", "422"]


@pytest.fixture(scope="module")
def filled(shared: Served) -> Served:
    """The application with a few faxes."""
    for number in range(3):
        shared.take_in(str(number), DESK)
    STAGE.served = shared
    return shared


@DESCRIBED.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_nothing_is_found(case: Case, filled: Served) -> None:
    filled.clock.pass_time(seconds=10)
    if (case.headers or {}).get("Idempotency-Key") == "0":
        # schemathesis takes the quotes off the value that it made to fit our pattern.
        case.headers["Idempotency-Key"] = '"0"'
    case.call_and_validate(headers={"Authorization": f"Bearer {filled.token('admin')}"})
