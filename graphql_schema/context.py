"""What every resolver may know: who asks, what time it is, and the loaders of this one operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

CallerT = TypeVar("CallerT")
LoadersT = TypeVar("LoadersT")


@dataclass(slots=True)
class Context(Generic[CallerT, LoadersT]):
    """The context of one operation (`info.context`).

    A WebSocket makes one context for the whole connection; the schema calls `for_operation` before it executes,
    because a loader kept longer than one operation would serve stale rows.

    `resume_after` is the last cursor that the transport was told of; it is later than any in the document.
    """

    caller: CallerT
    now: Callable[[], datetime]
    request_id: str
    make_loaders: Callable[[Context[CallerT, LoadersT]], LoadersT]
    resume_after: str | None = None
    _loaders: LoadersT | None = field(default=None, repr=False, compare=False)

    @property
    def loaders(self) -> LoadersT:
        """The loaders of this operation, made when first asked for."""
        if self._loaders is None:
            self._loaders = self.make_loaders(self)
        return self._loaders

    def forget_loaded(self) -> None:
        """Load afresh from here on: called for each event of a subscription, which may be hours after the last."""
        self._loaders = None

    def for_operation(self) -> Context[CallerT, LoadersT]:
        """A copy with loaders of its own."""
        return replace(self, _loaders=None)


# Makes the context of a caller's request from its id. Any: the loaders are the schema's own affair.
MakeContext = Callable[[CallerT, str], Context[CallerT, Any]]
