"""What the values of settings must be: checks that raise ValueError with the rest of a sentence."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def database_url(value: object) -> object:
    """An address of PostgreSQL that names a database."""
    if not isinstance(value, str):
        return value
    try:
        url = urlsplit(value)
    except ValueError:
        raise ValueError(
            "should be an address such as postgresql://user:password@host:5432/database"
        ) from None
    if url.scheme not in {"postgresql", "postgres"}:
        raise ValueError("should start with postgresql://")
    if not (url.path.strip("/") or parse_qs(url.query).get("database") or parse_qs(url.query).get("dbname")):
        raise ValueError("should name a database, as postgresql://host:5432/database does")
    return value


def doorbell_url(value: object) -> object:
    """An address of Redis."""
    if not isinstance(value, str):
        return value
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("should start with redis://, rediss:// or unix://")
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError("should be an address such as redis://:password@host:6379/0") from None
    return value


def lower(value: object) -> object:
    """A word, however it was written."""
    return value.lower() if isinstance(value, str) else value


def absolute(value: object) -> object:
    """A path from the root: a later change of folder must not move the data."""
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value
