"""The sample shop is made once for all documents that one worker of the tests reads."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.conftest import administer
from tests.docs.sample_shop import SampleShop, open_sample_shop


@pytest_asyncio.fixture(scope="session")
async def sample_shop(
    cluster: dict[str, Any], template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SampleShop]:
    """A running server on a database of its own with the sample shop in it."""
    name = f"docs_{uuid.uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    async with open_sample_shop({**cluster, "database": name}, tmp_path_factory.mktemp("state")) as shop:
        yield shop
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')
