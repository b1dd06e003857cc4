"""A cursor: a place in the event log, which callers keep and hand back as opaque text."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import NamedTuple

_VERSION = 1
_PACKED = struct.Struct(">BHQQ")  # version, epoch, tx, position: 19 bytes
_LONGEST_EPOCH = 2**15 - 1  # PostgreSQL's smallint
_LONGEST_POSITION = 2**63 - 1  # PostgreSQL's bigint; tx is an xid8, which fills the 64 bits


class CursorError(ValueError):
    """The text is no cursor that this service has given out."""


class Cursor(NamedTuple):
    """A place in the log: behind the event that stands there, before everything greater.

    Events are ordered by `epoch` (rises when a dump is restored), `tx` (the transaction that wrote
    them) and `position` (their order inside it). Position 0 stands before the first event of `tx`.
    """

    epoch: int
    tx: int
    position: int

    def encode(self) -> str:
        """The text for callers: 26 characters that are safe in an address; says nothing to them."""
        return urlsafe_b64encode(_PACKED.pack(_VERSION, *self)).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """The place in a text that `encode` made; raises CursorError for every other text."""
        try:
            version, *place = _PACKED.unpack(urlsafe_b64decode(text.encode("ascii") + b"=="))
        except (UnicodeEncodeError, Base64Error, struct.error):
            raise CursorError("this is not a cursor") from None
        cursor = cls(*place)
        # Lenient base64 reads many texts as the same bytes; only the one that was given out is taken.
        if version != _VERSION or cursor.encode() != text:
            raise CursorError("this is not a cursor")
        if cursor.epoch > _LONGEST_EPOCH or cursor.position > _LONGEST_POSITION:
            raise CursorError("this is not a cursor")
        return cursor


BEGINNING = Cursor(0, 0, 0)
