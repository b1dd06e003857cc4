"""Which media type an answer has: what the Accept header prefers of what we can serve."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"


class _Range(NamedTuple):
    kind: str
    quality: float
    place: int

    @property
    def exactness(self) -> int:
        return 2 - self.kind.count("*")

    def covers(self, media_type: str) -> bool:
        return self.kind in {media_type, "*/*", media_type.partition("/")[0] + "/*"}


@lru_cache(maxsize=256)
def preferred(accept: str | None, offered: Sequence[str]) -> str | None:
    """The best of `offered` (a tuple, ours first), or None if none is acceptable.

    Without a header the first is taken. Of types with the same quality the one named more exactly wins, then the
    one named earlier, then the one we offer earlier.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = [_range(part, place) for place, part in enumerate(accept.split(","))]
    ranked = []
    for order, media_type in enumerate(offered):
        matching = [candidate for candidate in ranges if candidate.covers(media_type)]
        if matching:
            best = max(matching, key=lambda candidate: (candidate.exactness, -candidate.place))
            if best.quality > 0:
                ranked.append((-best.quality, -best.exactness, best.place, order, media_type))
    return min(ranked)[-1] if ranked else None


def _range(part: str, place: int) -> _Range:
    kind, *parameters = (piece.strip() for piece in part.lower().split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return _Range(kind, quality, place)


@lru_cache(maxsize=256)
def is_json(content_type: str | None) -> bool:
    """Whether a body is declared as JSON in UTF-8, the only kind that is read."""
    kind, *parameters = (piece.strip() for piece in (content_type or "").lower().split(";"))
    charsets = [
        value.strip('" ') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"
    ]
    return kind == JSON and all(charset in {"utf-8", "utf8"} for charset in charsets)
