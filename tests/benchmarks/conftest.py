"""What the tests of the benchmarks may ask for."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import run_folder


@pytest.fixture
def folder(pytestconfig: pytest.Config) -> Path:
    """An empty folder with a short path, which PostgreSQL's account may pass through."""
    made = run_folder(pytestconfig) / f"bench-{uuid4().hex[:8]}"
    made.mkdir()
    made.chmod(0o711)
    return made
