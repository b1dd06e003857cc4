"""What lives as long as a server process; its ordinary life is told in test_main.py."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from app.lifetime import Lifetime, StartError
from app.redemptions.till import Till
from app.settings import load
from tests.redemptions.test_validation_counts import a_question, sums, validated


async def test_a_database_that_goes_away_during_the_start_stops_it_as_one_that_was_never_there(
    database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def there(_lifetime: Lifetime, _stack: AsyncExitStack) -> None:
        """The database of the tests is open already."""

    async def gone(_till: Till) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(Lifetime, "_reach_the_database", there)
    monkeypatch.setattr(Till, "start", gone)
    before = asyncio.all_tasks()
    with pytest.raises(StartError):
        async with Lifetime(load()).running():
            raise AssertionError("it must not open")
    assert asyncio.all_tasks() == before


async def test_a_process_that_ends_tells_the_log_of_the_validations_that_it_has_counted(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def there(_lifetime: Lifetime, _stack: AsyncExitStack) -> None:
        """The database of the tests is open already."""

    monkeypatch.setattr(Lifetime, "_reach_the_database", there)
    lifetime = Lifetime(load())
    async with lifetime.running():
        await validated(lifetime.process.validations, a_question(project, "NOSUCH"))
    assert await sums(project) == {("ORDER", None): (0, 1), ("CODE", None): (0, 1)}


async def test_a_slow_subscriber_that_shares_an_execution_has_the_room_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEAROFF_MAILBOX_SIZE", "7")
    assert Lifetime(load()).sharing.room.results == 7
