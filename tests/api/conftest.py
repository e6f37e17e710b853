"""One application for each test, and one for a module whose tests leave it as it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.served import Served, served
from tests.handlers.conftest import home, page

__all__ = ["api", "home", "page", "shared"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("api")) as made:
        yield made
