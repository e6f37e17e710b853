"""A notice that says it is a test: it tells of no fax and is not noted anywhere."""

from datetime import datetime
from uuid import uuid4

from notifications import Notice


def trial_notice(now: datetime) -> Notice:
    """One that no receiver has seen before."""
    name = uuid4().hex
    return Notice(f"n_test_{name}", f"test:{name}", "test", now)
