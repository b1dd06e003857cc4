"""Codes that waited in vain for a lock a while ago: a till takes them apart from the others until one gets through."""

from collections.abc import Collection, Iterable
from uuid import UUID

_SECONDS = 60.0

Code = tuple[UUID, str]
"""A code as it is looked up, and whose it is."""


class Suspects:
    """Suspicion lasts a minute after the last wait in vain, or until the code gets through.

    Each costs its till the time of a wait, so there are never many: some hundreds at most. Times are the loop's.
    """

    def __init__(self) -> None:
        self._until: dict[Code, float] = {}

    def __bool__(self) -> bool:
        return bool(self._until)

    def add(self, codes: Iterable[Code], now: float) -> None:
        """They waited in vain."""
        self._until = {code: until for code, until in self._until.items() if until > now}
        self._until |= dict.fromkeys(codes, now + _SECONDS)

    def clear(self, codes: Iterable[Code]) -> None:
        """They got through."""
        for code in codes if self else ():
            self._until.pop(code, None)

    def meets(self, codes: Collection[Code], now: float) -> bool:
        """Whether any of these is under suspicion."""
        return any(self._until.get(code, now) > now for code in codes)
