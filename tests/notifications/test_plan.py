"""`notifications.toml` is checked as a whole: every problem at once, no secret in any."""

import pytest

from notifications import Matter, read_plan
from tests.notifications.stages import SECRET, Given

GOOD = """
link = "https://faxes.example/{fax}"

[mailboxes]
"400-621" = "the front desk"

[[destination]]
name = "erp"
channel = "webhook"
url = "https://erp.example/faxes"
secret_env = "ERP"

[[destination]]
name = "share"
channel = "folder"
path = "/srv/share"

[[rule]]
to = ["erp"]

[[rule]]
to = ["share"]
outcomes = ["received"]
mailboxes = ["400-*"]
"""


def problems(text: str, **secrets: str) -> list[str]:
    given = Given(secrets)
    read_plan(text, given)
    return given.problems


def test_a_good_file_is_a_plan() -> None:
    given = Given({"ERP": SECRET})

    plan = read_plan(GOOD, given)

    assert given.problems == []
    assert list(plan.destinations) == ["erp", "share"]
    assert plan.told(Matter("received", "400-621", "Inbound")) == ["erp", "share"]
    assert plan.told(Matter("failed", "400-621", "Outbound")) == ["erp"]
    assert plan.mailboxes == {"400-621": "the front desk"}
    assert plan.link == "https://faxes.example/{fax}"
    assert SECRET not in repr(plan)


def test_an_empty_file_tells_nobody() -> None:
    plan = read_plan("", Given())

    assert plan.told(Matter("received")) == []


def test_every_problem_is_told_at_once() -> None:
    text = """
    link = "javascript:alert(1)"
    colour = "red"
    [mailboxes]
    "400-621" = 5
    [[destination]]
    name = "Big Name"
    channel = "webhook"
    url = "http://erp.example"
    secret = "whsec_in-the-open"
    [[destination]]
    name = "post"
    channel = "pigeon"
    [[destination]]
    name = "mail"
    channel = "mail"
    host = "mail.example"
    security = "none"
    from = "me"
    [[destination]]
    name = "run"
    channel = "command"
    argv = ["rm -rf"]
    seconds = 0
    shell = true
    [[rule]]
    to = ["nobody"]
    outcomes = ["arrived"]
    """
    found = problems(text)

    for words in (
        "no table or key 'colour'",
        "name must be of small letters",
        "url must be an https:// address",
        "secret must not stand here",
        "channel must be one of",
        "security none is for a mail server",
        "to is missing",
        "plain addresses",
        "argv must begin with the absolute path",
        "seconds must be a whole number",
        "no key 'shell'",
        "no destination 'nobody'",
        "arrived is none of",
        "mailboxes must give",
        "link must be",
        "destination post: no rule names it",
    ):
        assert [each for each in found if words in each], words
    assert "in-the-open" not in "".join(found)


@pytest.mark.parametrize(
    "secret",
    ["not-prefixed", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_")],
)
def test_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    (problem,) = problems(GOOD, ERP=secret)

    assert "24 to 64 random bytes" in problem
    assert len(secret) < 8 or secret not in problem


def test_a_missing_secret_is_named_by_its_place() -> None:
    assert problems(GOOD) == ["destination erp: secret is not there"]


@pytest.mark.parametrize("text", ["x = " + "9" * 6000, "x = " + "[" * 3000])
def test_endless_toml_is_refused_without_a_traceback(text: str) -> None:
    assert problems(text) == ["it cannot be read"]


def test_what_is_no_toml_is_said() -> None:
    (problem,) = problems("[[destination]\n")

    assert problem.startswith("it is not TOML")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pass@erp.example/",
        "https://erp.example/#x",
        "ftp://erp.example/",
        "https://",
        "https://erp.example:0/",
        "https://erp example/",
        "https://erp.example/\u00e9",
        "http://127.0.0.1.erp.example/",
        "https://[::1/",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    text = GOOD.replace("https://erp.example/faxes", url)

    (problem,) = problems(text, ERP=SECRET)

    assert problem.startswith("destination erp: url ")
    assert "pass" not in problem.replace("password", "")


@pytest.mark.parametrize(
    "template",
    [
        "../{fax}",
        "/etc/{fax}",
        "{year}/../{fax}",
        ".hidden{fax}",
        "a//{fax}",
        "{fax}/",
        "{year}",
        "{subject}-{fax}",
        "{fax.__class__}",
        "{fax}\\\\x",
    ],
)
def test_a_template_that_could_lead_out_is_refused(template: str) -> None:
    text = GOOD.replace('path = "/srv/share"', f'path = "/srv/share"\nfile_name = "{template}"')

    (problem,) = problems(text, ERP=SECRET)

    assert problem.startswith("destination share: file_name ")
