"""tearoff migrate."""

import uuid
from pathlib import Path
from typing import Any

from tests.cli.conftest import Tearoff
from tests.conftest import administer


async def test_an_empty_database_gets_its_tables_once(tmp_path: Path, cluster: dict[str, Any]) -> None:
    name = f"bare_{uuid.uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}"')
    try:
        tearoff = Tearoff(tmp_path, {**cluster, "database": name})
        first, second = await tearoff("migrate"), await tearoff.here("migrate")
    finally:
        await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')
    assert (first.status, second.status) == (0, 0)
    assert first.out.splitlines()[0] == "Applied 0001_initial."
    assert second.out == "The tables are up to date.\n"
