"""tearoff rebuild."""

from pathlib import Path
from typing import Any

from tests.cli.conftest import Tearoff


async def test_what_is_no_projection_is_said(tmp_path: Path, database: dict[str, Any]) -> None:
    told = await Tearoff(tmp_path, database)("rebuild", "fortunes")
    assert told.status == 1
    assert "There is no projection of the name fortunes" in told.err
