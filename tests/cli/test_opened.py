"""The database as commands meet it: away, locked, unknown, behind the times."""

from typing import Any

from tests.cli.conftest import SECRET, Tearoff, refused


async def test_a_database_that_is_away_is_named_without_its_password(tearoff: Tearoff) -> None:
    said = await tearoff.here("sample", DATABASE_URL="postgresql://me:hush-hush@127.0.0.1:1/shop")
    assert refused(said) == "The database at 127.0.0.1, port 1 cannot be reached: Connection refused."
    assert "hush-hush" not in said.err + said.out


async def test_a_wrong_password_is_told(tearoff: Tearoff) -> None:
    assert tearoff.database is not None
    locked = Tearoff(tearoff.state, {**tearoff.database, "password": "wrong"})
    sentence = refused(await locked.here("migrate"))
    assert sentence.endswith('cannot be reached: password authentication failed for user "postgres".')


async def test_a_database_that_does_not_exist_is_told(tearoff: Tearoff) -> None:
    assert tearoff.database is not None
    unknown = Tearoff(tearoff.state, {**tearoff.database, "database": "nobody_made_this"})
    assert refused(await unknown.here("migrate")).endswith('database "nobody_made_this" does not exist.')


async def test_a_database_without_tables_is_told_to_be_migrated(
    tearoff: Tearoff, cluster: dict[str, Any]
) -> None:
    bare = Tearoff(tearoff.state, cluster)
    for words in (["sample"], ["project", "list"], ["key", "list"]):
        assert refused(await bare.here(*words)) == (
            "The database lacks 7 migrations: run `tearoff migrate` first."
        ), words


async def test_an_address_that_says_too_much_is_told(tearoff: Tearoff) -> None:
    url = "postgresql://me:hush-hush@127.0.0.1:1/shop?sslcert=here"
    said = await tearoff.here("migrate", DATABASE_URL=url, TEAROFF_TOKEN_SECRET=SECRET)
    assert refused(said).startswith("DATABASE_URL: sslcert is not known here")
    assert "hush-hush" not in said.err
