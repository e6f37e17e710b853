"""What all tests share: properties that try the same examples on every machine, however busy."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "faxkeep", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("faxkeep")
