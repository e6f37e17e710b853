"""What all tests share: properties that try the same examples everywhere, and one PostgreSQL."""

from hypothesis import HealthCheck, settings

from tests.postgresql import pytest_configure, pytest_configure_node, pytest_unconfigure

__all__ = ["pytest_configure", "pytest_configure_node", "pytest_unconfigure"]

settings.register_profile(
    "faxkeep", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("faxkeep")
