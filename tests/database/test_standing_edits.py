"""Whoever edits how codes stand waits for the redemptions that are under way, and for nobody else."""

import asyncio
from uuid import UUID

from app.database import connect
from app.database.standing_edits import begin_editing, begin_redeeming
from app.ids import new_id


async def test_an_edit_waits_for_the_batches_of_its_project(project: UUID) -> None:
    till, editor = await connect(), await connect()
    try:
        await till.execute(begin_redeeming([project, new_id()]))
        editing = asyncio.create_task(_edit(editor, project))
        done, _ = await asyncio.wait([editing], timeout=0.2)
        assert not done
        await till.execute("COMMIT")
        await asyncio.wait_for(editing, 5)
    finally:
        await till.close()
        await editor.close()


async def test_batches_do_not_wait_for_each_other(project: UUID) -> None:
    first, second = await connect(), await connect()
    try:
        await first.execute(begin_redeeming([project]))
        await asyncio.wait_for(second.execute(begin_redeeming([project])), 5)
        assert first.is_in_transaction()
        assert second.is_in_transaction()
    finally:
        await first.close()
        await second.close()


async def test_an_edit_in_another_project_waits_for_nobody(project: UUID) -> None:
    till, editor = await connect(), await connect()
    try:
        await till.execute(begin_redeeming([project]))
        await asyncio.wait_for(_edit(editor, new_id()), 5)
    finally:
        await till.close()
        await editor.close()


async def _edit(editor, project: UUID) -> None:  # type: ignore[no-untyped-def]  # asyncpg's connection
    async with editor.transaction():
        await begin_editing(editor, project)
