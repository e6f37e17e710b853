"""Values survive the way into a column and back, at the precision we keep."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.columns import time_text, time_value, to_column

moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(moments)
def test_times_keep_their_milliseconds(moment: datetime) -> None:
    kept = time_value(time_text(moment))
    assert timedelta(0) <= moment - kept < timedelta(milliseconds=1)
    assert time_text(kept) == time_text(moment)


@given(moments, moments)
def test_times_sort_as_text(one: datetime, other: datetime) -> None:
    assert len(time_text(one)) == 24
    if one <= other:
        assert time_text(one) <= time_text(other)


def test_every_zone_is_kept_as_utc_and_none_is_refused() -> None:
    west = timezone(timedelta(hours=-8))
    assert time_text(datetime(2026, 3, 1, 23, tzinfo=west)) == "2026-03-02T07:00:00.000Z"
    with pytest.raises(ValueError, match="time zone"):
        time_text(datetime(2026, 3, 1))  # noqa: DTZ001 the point of the test


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_any_text_becomes_storable_and_stays_so(text: str) -> None:
    kept = to_column(text)
    assert "\0" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept == to_column(kept)
