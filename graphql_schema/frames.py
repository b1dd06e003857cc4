"""Frames: what a graphql-transport-ws client may send (all else closes the socket), and what we send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # frames are JSON

import orjson

# A close frame may carry 123 bytes of reason.
_LONGEST_REASON = 123
_LONGEST_ID = 200


class Close(Exception):  # noqa: N818  # the end of a conversation
    """The socket has to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read_frame(message: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """The JSON object in an ASGI message; `limit` in bytes."""
    text = message.get("text")
    if text is None:
        raise Close(4400, "Invalid message: frames are text")
    # A character takes up to four bytes; only a frame near the limit is worth encoding to know.
    if len(text) > limit or (len(text) * 4 > limit and len(text.encode()) > limit):
        raise Close(1009, f"A message may have {limit} bytes")
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Close(4400, "Invalid message: not JSON") from None
    if not isinstance(frame, dict):
        raise Close(4400, "Invalid message: not an object")
    return frame


def id_of(frame: Mapping[str, Any]) -> str:
    """The operation's id."""
    identifier = frame.get("id")
    if not isinstance(identifier, str) or not identifier:
        raise Close(4400, "Invalid message: id must be a string and not empty")
    if len(identifier) > _LONGEST_ID:
        raise Close(4400, f"Invalid message: id may have {_LONGEST_ID} characters")
    return identifier


def optional_object(frame: Mapping[str, Any], kind: str, name: str = "payload") -> dict[str, Any] | None:
    """A member that may be absent or null, and is an object otherwise."""
    value = frame.get(name)
    if value is not None and not isinstance(value, dict):
        raise Close(4400, f"Invalid message: {name} of {kind} must be an object")
    return value


def shortened(reason: str) -> str:
    """A reason as long as a close frame carries."""
    return reason.encode()[:_LONGEST_REASON].decode(errors="ignore")


def text_frame(text: bytes) -> bytes:
    """A whole text frame as a server sends it (RFC 6455): not masked, in one piece, without extensions."""
    length = len(text)
    if length < 126:
        return b"\x81%c%b" % (length, text)
    if length < 65_536:
        return b"\x81\x7e%b%b" % (length.to_bytes(2, "big"), text)
    return b"\x81\x7f%b%b" % (length.to_bytes(8, "big"), text)
