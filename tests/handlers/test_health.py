"""Whether all is well: when each sign appears, how grave it is, and what it must never tell."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import BlindWindow, DayStatement, KnownExtension, KnownLogin, Mailbox
from handlers.health import (
    NOTE,
    PROBLEM,
    WARNING,
    Disk,
    Risk,
    Sign,
    Vitals,
    Work,
    is_well,
    signs,
)

NOW = datetime(2028, 2, 29, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
MIB, GIB = 1024**2, 1024**3
YESTERDAY = "2028-02-28"

LOGIN = KnownLogin("main/1", "main", "1", "101", "Ada Archer", "ReadMessages", NOW)
BOX = Mailbox(
    id="1-101",
    account_id="1",
    extension_id="101",
    name="Ada Archer",
    extension_number="11",
    looked_at=NOW,
    added_at=NOW - 90 * DAY,
    login="main/1",
)
STATEMENT = DayStatement(
    mailbox_id="1-101",
    day="2028-02-20",
    revision=1,
    at=NOW - DAY,
    listed_at=NOW - DAY,
    file="statements/1",
    sha256="",
    content="",
    listed=1,
    archived=1,
    pending=0,
    refused=0,
    lost=0,
    seq=1,
    contradiction="77",
)
EXTENSION = KnownExtension(
    "1", "105", "main", "Ben Baker", "15", "IvrMenu", "Enabled", "it holds no faxes", NOW
)
WELL = Vitals(
    now=NOW,
    calls_wanted=True,
    worker_seen_at=NOW,
    door_seen_at=NOW,
    logins=[LOGIN],
    missing_logins=[],
    mailboxes=[BOX],
    spacing={BOX.id: 5 * MINUTE},
    risks=[],
    unseen={},
    silent={},
    windows=[],
    work=Work(),
    disk=Disk(100 * GIB, per_day=GIB),
    contradicted=[],
    last_days={BOX.id: YESTERDAY},
    unwatched=[],
)


def found(**changes: Any) -> list[Sign]:
    return signs(replace(WELL, **changes))


def kinds(**changes: Any) -> list[tuple[str, str]]:
    return [(sign.severity, sign.kind) for sign in found(**changes)]


def only(**changes: Any) -> Sign:
    (sign,) = found(**changes)
    return sign


def login(**known: Any) -> list[KnownLogin]:
    return [replace(LOGIN, **known)]


def box(**known: Any) -> list[Mailbox]:
    return [replace(BOX, **known)]


def test_where_all_is_well_there_is_nothing_to_say() -> None:
    assert signs(WELL) == []
    assert is_well([])


# Our own side

CLOCK = [(WARNING, "clock")]
OURS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"worker_seen_at": NOW - 4 * MINUTE}, []),
    ({"worker_seen_at": NOW - 4 * MINUTE - SECOND}, [(PROBLEM, "worker")]),
    ({"worker_seen_at": None}, [(PROBLEM, "worker")]),
    ({"worker_seen_at": NOW + DAY}, []),
    ({"door_seen_at": NOW - 3 * MINUTE}, []),
    ({"door_seen_at": NOW - 3 * MINUTE - SECOND}, [(PROBLEM, "web")]),
    ({"door_seen_at": None}, [(PROBLEM, "web")]),
    ({"door_seen_at": None, "calls_wanted": False}, []),
    ({"logins": []}, []),
    ({"logins": login(refusal="No.", refused_at=NOW)}, [(PROBLEM, "login")]),
    ({"logins": login(ends_at=NOW + 14 * DAY)}, []),
    ({"logins": login(ends_at=NOW + 14 * DAY - SECOND)}, [(WARNING, "login-ends")]),
    ({"logins": login(ends_at=NOW + 2 * DAY)}, [(WARNING, "login-ends")]),
    ({"logins": login(ends_at=NOW + 2 * DAY - SECOND)}, [(PROBLEM, "login-ends")]),
    ({"logins": login(ends_at=NOW - DAY)}, [(PROBLEM, "login-ends")]),
    ({"logins": login(ends_at=NOW - DAY, refusal="No.")}, [(PROBLEM, "login")]),
    ({"missing_logins": ["main/2"]}, [(WARNING, "login")]),
    ({"logins": login(skew_s=29.9, skew_at=NOW)}, []),
    ({"logins": login(skew_s=-29.9, skew_at=NOW)}, []),
    ({"logins": login(skew_s=30.0, skew_at=NOW)}, [(WARNING, "clock")]),
    ({"logins": login(skew_s=-30.0, skew_at=NOW)}, [(WARNING, "clock")]),
    ({"logins": login(skew_s=299.9, skew_at=NOW)}, [(WARNING, "clock")]),
    ({"logins": login(skew_s=-300.0, skew_at=NOW)}, [(PROBLEM, "clock")]),
    ({"logins": login(skew_s=3e10, skew_at=NOW - DAY)}, [(PROBLEM, "clock")]),
    ({"logins": login(skew_s=3e10, skew_at=NOW - DAY - SECOND)}, []),
    ({"logins": login(skew_s=3e10, skew_at=NOW + 2 * DAY)}, []),
    ({"logins": [*login(skew_s=5.0, skew_at=NOW), *login(skew_s=-40.0, skew_at=NOW)]}, CLOCK),
    ({"disk": Disk(GIB, per_day=0)}, []),
    ({"disk": Disk(GIB - 1, per_day=0)}, [(WARNING, "disk")]),
    ({"disk": Disk(200 * MIB, per_day=0)}, [(WARNING, "disk")]),
    ({"disk": Disk(200 * MIB - 1, per_day=0)}, [(PROBLEM, "disk")]),
    ({"disk": Disk(0, per_day=MIB)}, [(PROBLEM, "disk")]),
    ({"disk": Disk(30 * GIB, per_day=GIB)}, []),
    ({"disk": Disk(30 * GIB - 1, per_day=GIB)}, [(WARNING, "disk")]),
    ({"work": Work(given_up=1)}, [(PROBLEM, "given-up")]),
    ({"work": Work(failing=1)}, [(WARNING, "failing")]),
    ({"work": Work(refused=1)}, [(WARNING, "refused")]),
    ({"work": Work(lost=1)}, [(PROBLEM, "lost")]),
    ({"work": Work(unsure=1)}, [(PROBLEM, "unsure")]),
    ({"work": Work(unsent=1)}, [(WARNING, "unsent")]),
    ({"key_advice": ["Move it away.", "And this one."]}, [(NOTE, "keys"), (NOTE, "keys")]),
]


@pytest.mark.parametrize(("changes", "told"), OURS)
def test_what_can_be_wrong_on_our_side(
    changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert kinds(**changes) == told


# The mailboxes

MAILBOXES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"mailboxes": box(status="unreachable", status_reason="No.")}, [(PROBLEM, "unreachable")]),
    ({"mailboxes": box(looked_at=NOW - 35 * MINUTE)}, []),
    ({"mailboxes": box(looked_at=NOW - 35 * MINUTE - SECOND)}, [(PROBLEM, "not-looked-at")]),
    ({"mailboxes": box(looked_at=NOW - 35 * MINUTE), "spacing": {}}, [(PROBLEM, "not-looked-at")]),
    ({"mailboxes": box(looked_at=NOW - DAY), "spacing": {BOX.id: DAY}}, []),
    ({"mailboxes": box(looked_at=NOW + DAY)}, []),
    ({"mailboxes": box(looked_at=None, added_at=NOW - 35 * MINUTE), "last_days": {}}, []),
    (
        {"mailboxes": box(looked_at=None, added_at=NOW - HOUR), "last_days": {}},
        [(PROBLEM, "not-looked-at")],
    ),
    ({"mailboxes": box(looked_at=None, added_at=None)}, []),
    ({"mailboxes": []}, []),
    ({"silent": {BOX.id: 9.9}}, []),
    ({"silent": {BOX.id: 10.0}}, [(WARNING, "silence")]),
    ({"risks": [Risk(BOX.id, 1, NOW)]}, [(PROBLEM, "at-risk")]),
    ({"risks": [Risk("1-9", 1, NOW)]}, []),
    ({"unseen": {BOX.id: 0.49}}, []),
    ({"unseen": {BOX.id: 0.5}}, [(PROBLEM, "at-risk")]),
    ({"unseen": {BOX.id: 3.0}, "risks": [Risk(BOX.id, 1, NOW)]}, [(PROBLEM, "at-risk")]),
    ({"windows": [BlindWindow(BOX.id, NOW - HOUR, None, "it had expired")]}, [(WARNING, "blind")]),
    (
        {
            "mailboxes": [BOX, replace(BOX, id="1-3", added_at=NOW)],
            "windows": [
                BlindWindow(BOX.id, NOW - HOUR, None, "it had expired"),
                BlindWindow("1-3", NOW - HOUR, None, "it had expired"),
            ],
        },
        [(WARNING, "blind")],
    ),
    ({"windows": [BlindWindow("1-9", NOW - HOUR, None, "it had expired")]}, []),
    (
        {"windows": [BlindWindow(BOX.id, NOW - HOUR, None, "?")], "calls_wanted": False},
        [],
    ),
    ({"mailboxes": box(uncalled_reason="No.")}, [(NOTE, "uncalled")]),
    ({"mailboxes": box(uncalled_reason="No."), "calls_wanted": False}, []),
    ({"contradicted": [replace(STATEMENT, at=NOW - 30 * DAY)]}, []),
    (
        {"contradicted": [replace(STATEMENT, at=NOW - 30 * DAY + SECOND)]},
        [(PROBLEM, "contradicted")],
    ),
    ({"contradicted": [STATEMENT, replace(STATEMENT, revision=2)]}, [(PROBLEM, "contradicted")]),
    (
        {"contradicted": [STATEMENT, replace(STATEMENT, day=YESTERDAY)]},
        [(PROBLEM, "contradicted"), (PROBLEM, "contradicted")],
    ),
    ({"last_days": {BOX.id: "2028-02-26"}}, []),
    ({"last_days": {BOX.id: "2028-02-25"}}, [(WARNING, "no-statement")]),
    ({"last_days": {}, "mailboxes": box(added_at=NOW - 4 * DAY)}, []),
    (
        {"last_days": {}, "mailboxes": box(added_at=NOW - 4 * DAY - SECOND)},
        [(WARNING, "no-statement")],
    ),
    ({"last_days": {}, "mailboxes": box(added_at=None)}, []),
    ({"unwatched": [EXTENSION]}, [(NOTE, "unwatched")]),
]


@pytest.mark.parametrize(("changes", "told"), MAILBOXES)
def test_what_can_be_wrong_with_a_mailbox(
    changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert kinds(**changes) == told


# How grave it is


@pytest.mark.parametrize(("severity", "well"), [(PROBLEM, False), (WARNING, False), (NOTE, True)])
def test_a_note_alone_needs_nobody(severity: str, well: bool) -> None:
    assert is_well([Sign(severity, "kind", "", "Words.")]) is well


def test_the_worst_comes_first() -> None:
    told = kinds(
        worker_seen_at=None,
        missing_logins=["main/2"],
        unwatched=[EXTENSION],
        work=Work(given_up=1, refused=1),
    )
    assert told == [
        (PROBLEM, "given-up"),
        (PROBLEM, "worker"),
        (WARNING, "login"),
        (WARNING, "refused"),
        (NOTE, "unwatched"),
    ]


def test_each_mailbox_has_its_own_sign() -> None:
    others = [replace(BOX, id=f"1-{number}", status="unreachable") for number in (103, 102)]
    told = found(mailboxes=others, last_days={each.id: YESTERDAY for each in others})
    assert [sign.subject for sign in told] == ["1-102", "1-103"]


# The words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"worker_seen_at": None}, "The worker has not been at work: nothing is fetched."),
        (
            {"worker_seen_at": NOW - HOUR},
            "The worker has not been at work since 2028-02-29 11:00 UTC: nothing is fetched.",
        ),
        (
            {"door_seen_at": NOW - HOUR},
            "The web process has not answered since 2028-02-29 11:00 UTC: RingCentral's calls are"
            " lost.",
        ),
        (
            {"logins": login(refusal="It said no.", refused_at=None)},
            "Login main/1 is refused since an unknown time: It said no.",
        ),
        (
            {"logins": login(ends_at=NOW + HOUR)},
            "The JWT of login main/1 ends 2028-02-29 13:00 UTC.",
        ),
        ({"logins": login(ends_at=NOW)}, "The JWT of login main/1 ended 2028-02-29 12:00 UTC."),
        (
            {"logins": login(skew_s=45.2, skew_at=NOW)},
            "This machine's clock is 45 s behind RingCentral's.",
        ),
        (
            {"logins": login(skew_s=-45.2, skew_at=NOW)},
            "This machine's clock is 45 s ahead of RingCentral's.",
        ),
        ({"disk": Disk(5 * MIB, 0)}, "The disk of the archive has 5 MiB left."),
        (
            {"disk": Disk(5 * MIB, MIB)},
            "The disk of the archive has 5 MiB left, enough for 5 days.",
        ),
        ({"disk": Disk(365 * MIB, MIB)}, "The disk of the archive has 365 MiB left."),
        ({"work": Work(given_up=1)}, "1 job is given up."),
        ({"work": Work(given_up=2)}, "2 jobs are given up."),
        ({"work": Work(failing=1)}, "1 job has failed 5 times or more."),
        ({"work": Work(failing=2)}, "2 jobs have failed 5 times or more."),
        ({"work": Work(unsent=1)}, "1 fax waits to be sent for more than an hour."),
        ({"work": Work(unsent=2)}, "2 faxes wait to be sent for more than an hour."),
        (
            {"work": Work(refused=1)},
            "1 fax came as something that is no whole, true document in the last 7 days.",
        ),
        ({"work": Work(lost=1)}, "1 fax was lost in the last 7 days."),
        ({"work": Work(lost=2)}, "2 faxes were lost in the last 7 days."),
        (
            {"mailboxes": box(status="unreachable", status_reason="It said no.")},
            "Mailbox 11 cannot be read: It said no.",
        ),
        (
            {"mailboxes": box(looked_at=NOW - HOUR)},
            "Mailbox 11 was last looked at 2028-02-29 11:00 UTC.",
        ),
        (
            {"mailboxes": box(looked_at=None, added_at=NOW - HOUR), "last_days": {}},
            "Mailbox 11 was never looked at since 2028-02-29 11:00 UTC.",
        ),
        (
            {"silent": {BOX.id: 12.4}},
            "Mailbox 11 has been silent for 12 hours in which it usually receives faxes.",
        ),
        (
            {"risks": [Risk(BOX.id, 1, NOW)]},
            "RingCentral may delete 1 fax of mailbox 11, not archived yet, from about"
            " 2028-02-29 12:00 UTC on.",
        ),
        (
            {"unseen": {BOX.id: 0.756}},
            "Mailbox 11 may overflow unseen: at its usual traffic 76% of its inbox came since the"
            " last look.",
        ),
        (
            {"windows": [BlindWindow(BOX.id, NOW, None, "it had expired")]},
            "RingCentral does not call about mailbox 11 since 2028-02-29 12:00 UTC: it had"
            " expired.",
        ),
        (
            {"mailboxes": box(uncalled_reason="No.")},
            "RingCentral does not call about 1 mailbox, which we only look at.",
        ),
        (
            {"last_days": {BOX.id: "2028-02-20"}},
            "Mailbox 11 has no completeness statement since 2028-02-20.",
        ),
        ({"unwatched": [EXTENSION]}, "1 extension that could hold faxes is not watched."),
        (
            {"unwatched": [EXTENSION] * 2},
            "2 extensions that could hold faxes are not watched.",
        ),
    ],
)
def test_the_words_are_plain(changes: dict[str, Any], words: str) -> None:
    assert only(**changes).words == words


def test_a_mailbox_without_a_number_is_called_by_its_id() -> None:
    sign = only(mailboxes=box(extension_number="", status="unreachable"))
    assert sign.words.startswith("Mailbox 1-101 cannot be read")


# What must hold for all of them

NAME = st.sampled_from(["Ada Archer", "+14155550102", "Dr. No", "415-555-0102"])
MOMENTS = st.none() | st.timedeltas(-100 * DAY, 100 * DAY).map(lambda ago: NOW - ago)
IDS = st.sampled_from(["1-101", "1-102", "1-103"])
SHARES = st.dictionaries(IDS, st.floats(0, 1e6))
REASONS = st.sampled_from(["", "RingCentral refuses (403 CMN-408)."])
KNOWN_LOGINS = st.lists(
    st.builds(
        KnownLogin,
        name=st.sampled_from(["main/1", "main/2"]),
        account=st.just("main"),
        person=NAME,
        refused_at=MOMENTS,
        refusal=REASONS,
        ends_at=MOMENTS,
        skew_s=st.none() | st.floats(-1e9, 1e9),
        skew_at=MOMENTS,
    ),
    unique_by=lambda each: each.name,
)
KNOWN_MAILBOXES = st.lists(
    st.builds(
        Mailbox,
        id=IDS,
        account_id=st.just("1"),
        extension_id=st.just("101"),
        name=NAME,
        extension_number=st.sampled_from(["", "11"]),
        looked_at=MOMENTS,
        added_at=MOMENTS,
        status=st.sampled_from(["watched", "unreachable"]),
        status_reason=st.just("RingCentral refuses (403 CMN-408)."),
        uncalled_reason=REASONS,
    ),
    unique_by=lambda each: each.id,
)
COUNTS = st.integers(0, 3)
ALL_VITALS = st.builds(
    Vitals,
    now=st.just(NOW),
    calls_wanted=st.booleans(),
    worker_seen_at=MOMENTS,
    door_seen_at=MOMENTS,
    logins=KNOWN_LOGINS,
    missing_logins=st.sampled_from([[], ["main/3"]]),
    mailboxes=KNOWN_MAILBOXES,
    spacing=st.dictionaries(IDS, st.timedeltas(MINUTE, DAY)),
    risks=st.lists(
        st.builds(Risk, IDS, st.integers(1, 300), st.just(NOW)), unique_by=lambda r: r.mailbox_id
    ),
    unseen=SHARES,
    silent=SHARES,
    windows=st.lists(
        st.builds(BlindWindow, IDS, st.just(NOW), st.none(), st.just("it had expired")),
        unique_by=lambda each: each.mailbox_id,
    ),
    work=st.builds(Work, COUNTS, COUNTS, COUNTS, COUNTS),
    disk=st.builds(Disk, st.integers(0, 100 * GIB), st.floats(0, 1e12)),
    contradicted=st.lists(st.integers(1, 3).map(lambda n: replace(STATEMENT, revision=n))),
    last_days=st.dictionaries(IDS, st.sampled_from([YESTERDAY, "2024-02-29"])),
    unwatched=st.lists(st.builds(replace, st.just(EXTENSION), name=NAME), max_size=2),
    key_advice=st.lists(st.just("archive.key: move it away."), max_size=2),
)


@settings(max_examples=50)
@given(ALL_VITALS)
def test_no_number_and_nobody_is_ever_named(vitals: Vitals) -> None:
    told = " ".join(f"{sign.subject} {sign.words} {sign.advice}" for sign in signs(vitals))
    assert not re.search(r"Ada|Archer|Ben|Dr\. No|415-?555", told)


@settings(max_examples=50)
@given(ALL_VITALS)
def test_of_one_kind_and_subject_there_is_one_sign_with_words_and_advice(vitals: Vitals) -> None:
    told = signs(vitals)
    keys = [(sign.kind, sign.subject) for sign in told]
    assert len(set(keys)) == len(keys)
    assert all(sign.words.endswith(".") and sign.advice.endswith(".") for sign in told)


@settings(max_examples=50)
@given(ALL_VITALS)
def test_the_order_does_not_depend_on_that_of_what_was_gathered(vitals: Vitals) -> None:
    turned = replace(
        vitals,
        logins=vitals.logins[::-1],
        mailboxes=vitals.mailboxes[::-1],
        risks=vitals.risks[::-1],
        windows=vitals.windows[::-1],
    )
    assert signs(turned) == signs(vitals)
