"""Every statement of ours sees what was committed before it, whatever the database has been told to do by default."""

from typing import Any

from app.database import connect, execute


async def test_the_default_isolation_of_a_database_changes_nothing_for_us(database: dict[str, Any]) -> None:
    name = database["database"]
    await execute(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'repeatable read'")
    try:
        ours = await connect()
        async with ours.transaction():
            assert await ours.fetchval("SELECT current_setting('transaction_isolation')") == "read committed"
        await ours.close()
    finally:
        await execute(f'ALTER DATABASE "{name}" RESET default_transaction_isolation')
