"""Where the database is."""

import pytest

from app.database.address import read_address
from app.settings import SettingsError


def test_an_address_is_read_into_asyncpg_s_words() -> None:
    assert read_address("postgresql://shop:p%40ss@db.example:6543/tear%20off?sslmode=require") == {
        "host": "db.example",
        "port": 6543,
        "user": "shop",
        "password": "p@ss",
        "database": "tear off",
        "ssl": "require",
    }


def test_a_socket_folder_may_stand_in_the_query() -> None:
    found = read_address("postgres://shop@/tearoff?host=/run/postgresql&port=5433")
    assert (found["host"], found["port"], found["database"]) == ("/run/postgresql", 5433, "tearoff")


def test_the_port_is_postgresql_s_own_where_none_is_named() -> None:
    assert read_address("postgresql://db/tearoff")["port"] == 5432


@pytest.mark.parametrize("query", ["target_session_attrs=any", "port=many"])
def test_what_means_nothing_is_refused_without_showing_the_address(query: str) -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: ") as refused:
        read_address(f"postgresql://shop:hunter2@db/tearoff?{query}")
    assert "hunter2" not in str(refused.value)
