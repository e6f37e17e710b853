"""A started simulator, a real webhook receiver, RingCentral's SDK and a plain HTTP client."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from ringcentral import SDK

from simulator import Limit, Plan, Settings, Simulator

MAILBOX = "/restapi/v1.0/account/~/extension/~"
MESSAGES = f"{MAILBOX}/message-store?type=Fax"
INSTANT = f"{MAILBOX}/fax?direction=Inbound"


@dataclass
class Receiver:
    """A small webhook endpoint; its fields decide how badly it behaves."""

    url: str = ""
    status: int = 200
    echo: bool = True
    content_type: str = "application/json"
    padding: int = 0
    silent: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    received: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, body in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if body:
                state.received.append((dict(self.headers), json.loads(body)))
            if state.silent.is_set():
                state.closing.wait(10)
                return
            self.send_response_only(state.status)
            if state.echo and "Validation-Token" in self.headers:
                self.send_header("Validation-Token", self.headers["Validation-Token"])
            if state.content_type:
                self.send_header("Content-Type", state.content_type)
            if state.padding:
                self.send_header("X-Padding", "x" * state.padding)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield state
    state.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Seed 7, one account of three extensions, short webhook patience."""
    plan = Plan(settings=Settings(event_style="plain", webhook_timeout=0.3))
    with Simulator(7, plan) as running:
        yield running


@dataclass
class Client:
    """Plain HTTP as one user, logged in."""

    simulator: Simulator
    env: dict[str, str]
    session: requests.Session
    token: str = ""

    def login(self, **fields: str) -> requests.Response:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": self.env["RC_USER_JWT"],
            **fields,
        }
        answer = self.session.post(
            f"{self.simulator.url}/restapi/oauth/token",
            data=form,
            auth=(self.env["RC_APP_CLIENT_ID"], self.env["RC_APP_CLIENT_SECRET"]),
        )
        if answer.ok:
            self.token = answer.json()["access_token"]
        return answer

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.simulator.url + path
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.session.request(
            method, url, headers=headers, allow_redirects=False, timeout=10, **options
        )

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.ask("GET", path, **options)

    def records(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.get(f"{MAILBOX}/message-store{query}")
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    def content(self, fax_id: str, **options: Any) -> requests.Response:
        uri = self.get(f"{MAILBOX}/message-store/{fax_id}").json()["attachments"][0]["uri"]
        return self.get(uri, **options)

    def subscribe(self, address: str, *filters: str, **values: Any) -> requests.Response:
        mode = {"transportType": "WebHook", "address": address, "verificationToken": "hush"}
        body = {"eventFilters": list(filters) or [MESSAGES], "deliveryMode": mode, **values}
        return self.ask("POST", "/restapi/v1.0/subscription", json=body)

    def sync(self, token: str = "", **params: str) -> dict[str, Any]:
        kind = {"syncType": "ISync", "syncToken": token} if token else {"syncType": "FSync"}
        answer = self.get(f"{MAILBOX}/message-sync", params={**kind, **params})
        result: dict[str, Any] = answer.json()
        return result


@pytest.fixture
def login(simulator: Simulator) -> Iterator[Any]:
    """Makes a logged-in client of any extension, with limits far away."""
    sessions: list[requests.Session] = []

    def make(extension_id: str = "") -> Client:
        session = requests.Session()
        sessions.append(session)
        client = Client(simulator, simulator.env_for(extension_id), session)
        assert client.login().status_code == 200
        return client

    for group in simulator.limits():
        simulator.limit(group, Limit(1000))
    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def client(login: Any) -> Client:
    made: Client = login()
    return made


@pytest.fixture
def sdk(simulator: Simulator) -> Any:
    """RingCentral's own Python client, logged in."""
    env = simulator.env
    platform = SDK(
        env["RC_APP_CLIENT_ID"], env["RC_APP_CLIENT_SECRET"], env["RC_SERVER_URL"]
    ).platform()
    platform.login(jwt=env["RC_USER_JWT"])
    return platform
