"""Copies of Jinba beside the one that the tests run in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """An untouched copy on a path with spaces and Chinese letters."""
    machine = Machine(tmp_path / "my jinba 金巴" / "var")
    yield machine
    machine.end()
