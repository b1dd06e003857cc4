"""Ids: UUIDv7 in the database, opaque prefixed text (`camp_01jd…`) for everybody else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from asyncpg.pgproto import pgproto
from uuid_utils import uuid7

# Crockford's base 32 in lower case: no i, l, o or u, so an id survives being read out on the telephone.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_LENGTH = 26  # 26 digits of 5 bits hold the 128 bits of a UUID

ORGANISATION = "org"
PROJECT = "proj"
API_KEY = "key"
CUSTOMER = "cust"
CAMPAIGN = "camp"
VOUCHER = "vchr"
PUBLICATION = "pub"
REDEMPTION = "rdm"
REJECTED_REDEMPTION = "rej"
SEGMENT = "seg"
POOL = "pool"
JOB = "job"
PARTNER = "part"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class IdError(ValueError):
    """The text is not an id, or an id of another kind of thing."""


def new_id() -> UUID:
    """A new UUIDv7: unique everywhere, and sorted by the time of its making."""
    return from_bytes(uuid7().bytes)


def from_bytes(given: bytes) -> UUID:
    """The UUID of 16 bytes, as the database driver hands them out: equal to any other, but much faster."""
    made: UUID = pgproto.UUID(given)
    return made


def earliest_at(instant: datetime) -> UUID:
    """A bound for ids by time: no id that was made at that instant or later is below it."""
    milliseconds = (instant - _EPOCH) // timedelta(milliseconds=1)
    return UUID(int=max(milliseconds, 0) << 80)


def show(prefix: str, id: UUID) -> str:  # noqa: A002 - an id is what it is
    """The text a caller sees: the prefix, an underscore and 26 base-32 digits."""
    number = id.int
    digits = [""] * _LENGTH
    for place in range(_LENGTH - 1, -1, -1):
        digits[place] = _DIGITS[number & 31]
        number >>= 5
    return f"{prefix}_{''.join(digits)}"


def read(text: str) -> tuple[str, UUID]:
    """The prefix and UUID in an id's text; raises IdError when it is none."""
    prefix, underscore, digits = text.rpartition("_")
    if not underscore or not prefix or len(digits) != _LENGTH:
        raise IdError("not an id")
    number = 0
    for digit in digits.lower():
        value = _VALUES.get(digit)
        if value is None:
            raise IdError("not an id")
        number = number << 5 | value
    if number >> 128:
        raise IdError("not an id")
    return prefix, UUID(int=number)


def read_as(prefix: str, text: str) -> UUID:
    """The UUID in the text of an id that must carry `prefix`; raises IdError otherwise."""
    found, id = read(text)  # noqa: A001 - an id is what it is
    if found != prefix:
        raise IdError(f"an id that starts with {prefix}_ is expected here")
    return id
