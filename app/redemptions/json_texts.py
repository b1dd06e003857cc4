"""How ids and instants stand in the payloads of events; and back."""

from datetime import datetime
from uuid import UUID


def hex_of(id: UUID | None) -> str | None:  # noqa: A002 - an id is what it is
    """An id as 32 hexadecimal digits."""
    return None if id is None else id.hex


def id_of(text: str | None) -> UUID | None:
    """The id that `hex_of` wrote."""
    return None if text is None else UUID(text)


def iso_of(instant: datetime | None) -> str | None:
    """An instant as ISO 8601."""
    return None if instant is None else instant.isoformat()


def instant_of(text: str | None) -> datetime | None:
    """The instant that `iso_of` wrote."""
    return None if text is None else datetime.fromisoformat(text)
