"""Nothing that a program sends reaches the log, an error of ours, or a file that is not sealed."""

import logging
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.served import DESK, Served

MARKS = [f"+1202555{number:04d}" for number in range(300, 340)]
mark = st.sampled_from(MARKS)
words = st.sampled_from(["", "Kit ", "x" * 2000]).flatmap(lambda text: mark.map(text.__add__))
document = st.one_of(
    st.fixed_dictionaries({"text": words}, optional={"name": words}),
    st.fixed_dictionaries(
        {
            "content": words.map(lambda text: b64encode(text.encode()).decode()),
            "name": words,
            "content_type": words,
        }
    ),
)
recipient = words | st.fixed_dictionaries({"number": words, "name": words})
anything = words | st.lists(words, max_size=2) | st.dictionaries(words, words, max_size=2)
body = st.fixed_dictionaries(
    {},
    optional={
        "to": st.lists(recipient, max_size=3) | anything,
        "documents": st.lists(document, max_size=3) | anything,
        "cover_text": anything,
        "cover_index": anything,
        "resolution": anything,
        "country": anything,
        "send_at": anything,
        "mailbox": st.just(DESK) | anything,
        "subject": anything,
    },
)


def requests(api: Served, told: Any, one: str) -> None:
    """Everything that can be asked, with the mark wherever a program can put something."""
    token = api.token("admin")
    key = {"Idempotency-Key": f'"{one}"'}
    api.ask("/faxes", token, "POST", json=told, headers=key)
    api.ask("/faxes", token, "POST", json=told, headers={"Idempotency-Key": one})
    api.ask("/search", token, "POST", json={"number": one, one: one})
    form = {"to": one, "text": one, one: one}
    api.ask("/faxes", token, "POST", data=form, content_type="multipart/form-data")
    for path in ("faxes", f"faxes/{one}", f"faxes/{one}/document", f"sendings/{one}", one):
        api.ask(f"/{path}?number={one}&cursor={one}", token)
    api.ask(f"/sendings/{one}", token, "DELETE")
    api.ask("/faxes", one)
    api.ask("/faxes", token, headers={"Authorization": f"Basic {one}", "X-Request-Id": one})


@given(body, mark)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_the_log_tells_nothing_of_a_request(
    shared: Served, caplog: pytest.LogCaptureFixture, told: Any, one: str
) -> None:
    caplog.set_level(logging.DEBUG)
    shared.clock.pass_time(minutes=2)
    requests(shared, told, one)

    log = caplog.text
    assert "api.gate" in log
    assert [each for each in MARKS if each in log or each[1:] in log] == []
    assert [each for each in shared.tokens.values() if each in log] == []


def test_what_fails_inside_tells_nothing_of_a_request(
    api: Served, caplog: pytest.LogCaptureFixture
) -> None:
    def failpoint(step: str) -> None:
        raise RuntimeError(f"{MARKS[0]} broke it at {step}")

    api.house.failpoint = failpoint
    told = {"to": [MARKS[0]], "documents": [{"text": MARKS[0]}], "mailbox": DESK}
    answer = api.ask("/faxes", api.token("send"), "POST", json=told)

    assert answer.status_code == 500
    assert MARKS[0][1:] not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


def test_neither_text_nor_token_lies_in_a_file(api: Served, tmp_path: Path) -> None:
    told = {"to": [MARKS[0]], "documents": [{"text": "MARK-in-a-text"}], "mailbox": DESK}
    assert api.ask("/faxes", api.token("send"), "POST", json=told).status_code == 202

    secrets = [b"MARK-in-a-text", *(text.encode() for text in api.tokens.values())]
    for path in tmp_path.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert [secret for secret in secrets if secret in content] == [], path
