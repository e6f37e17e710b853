"""The webhook answers beside the API as if there were none, and the API can be switched off."""

from pathlib import Path

import pytest

from api.services import AT_ONCE
from app import create_app
from settings import Settings
from tests.api.served import CLIENT, Served
from wiring import House

SHORT = {"Content-Type", "Content-Length"}


@pytest.mark.parametrize("path", ["/", "/webhooks/ringcentral/x", "/api", "/apis/v1/faxes"])
def test_other_addresses_know_nothing_of_the_api(shared: Served, path: str) -> None:
    answer = shared.client.post(path, data=b"x" * 100)

    assert (answer.status_code, answer.data) == (404, b"")
    assert set(answer.headers.keys()) == SHORT


def test_a_full_turnstile_stops_the_api_and_nothing_else(api: Served) -> None:
    waiting = [api.client.get("/api/v1/faxes") for _ in range(AT_ONCE)]  # answers nobody has read

    refused = api.client.get("/api/v1/faxes")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.content_type == "application/problem+json"
    assert api.client.get("/webhooks/ringcentral/x").status_code == 405
    for answer in waiting:
        answer.close()
    assert api.client.get("/api/v1/faxes").status_code == 401


def test_switched_off_it_is_not_there(tmp_path: Path) -> None:
    chosen = {**CLIENT, "FAXKEEP_DATA": str(tmp_path), "FAXKEEP_API": "off"}
    with House(Settings.from_env(chosen)) as house:
        client = create_app(house.front_door()).test_client()

        answer = client.get("/api/v1/faxes")

    assert (answer.status_code, answer.data) == (404, b"")
    assert set(answer.headers.keys()) == SHORT


def test_the_webhook_waits_for_no_catalog(tmp_path: Path) -> None:
    with House(Settings.from_env({**CLIENT, "FAXKEEP_DATA": str(tmp_path)})) as house:
        client = create_app(house.front_door()).test_client()

        client.post("/webhooks/ringcentral/x")

    assert not (tmp_path / "catalog.sqlite3").exists()
