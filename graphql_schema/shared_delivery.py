"""Delivery that executes once for many: who asks the same as the same kind of caller shares a stream.

Every subscriber begins alone, from where it wants to begin, at its own pace. When it has caught up with those who share
its stream it joins them; when it cannot keep up with them it goes alone again, from the last place it was told. So
nobody waits for anybody, and each is told every event once, in the log's order.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
from strawberry.types.execution import ExecutionResult, PreExecutionError

from graphql_schema.delivery import Operation
from graphql_schema.front import FrontSchema
from graphql_schema.http_answer import payload_of
from graphql_schema.shared_member import Member, Over, Room
from graphql_schema.shared_source import LogSource, Source, States, Told
from graphql_schema.shared_stream import SharedStream
from graphql_schema.subscribed import Subscribed


@dataclass(frozen=True, slots=True)
class SharingHealth:
    """How sharing is; the last four count since the start."""

    streams: int
    members: int
    alone: int  # subscriptions that are followed alone at the moment
    fallen: int  # how often a member was too slow for the others
    executions: int  # for members
    deliveries: int  # to members


class Sharing:
    """The shared streams of one process. `deliver` is the way of delivery to give to the endpoint.

    `view(caller)` is what of a caller may change what it is shown: it has to be hashable, and it is all that the
    resolvers of subscriptions get to know, so whoever has an equal view is told the same.
    """

    def __init__(
        self, view: Callable[[Any], Any], room: Room | None = None
    ) -> None:  # Any: the schema's caller
        self._view = view
        self.room = room or Room()
        self.alone = 0
        self.fallen = 0
        self._streams: dict[Hashable, SharedStream] = {}
        self._executions = 0
        self._deliveries = 0

    def health(self) -> SharingHealth:
        """For the metrics."""
        streams = self._streams.values()
        return SharingHealth(
            streams=len(streams),
            members=sum(map(len, streams)),
            alone=self.alone,
            fallen=self.fallen,
            executions=self._executions + sum(stream.executions for stream in streams),
            deliveries=self._deliveries + sum(stream.deliveries for stream in streams),
        )

    async def deliver(self, schema: FrontSchema, operation: Operation) -> None:
        """See an operation through, in company where it can be."""
        begun = await schema.begin(
            operation.query,
            operation.variables,
            operation.context,
            operation_name=operation.operation_name,
            allowed=operation.allowed,
            view=self._view,
        )
        if isinstance(begun, PreExecutionError):
            await operation.error(begun.errors or [])
            return
        if isinstance(begun, ExecutionResult):
            await operation.next(orjson.dumps(payload_of(begun)))
            await operation.complete()
            return
        subscriber = _Subscriber(self, operation, begun)
        del begun
        operation.forget_request()
        over = await subscriber.see_through()
        if over.errors:
            await operation.error(over.errors)
        else:
            await operation.complete()

    def key_of(self, operation: Operation, begun: Subscribed) -> Hashable | None:
        """Equal for subscriptions that are told the same; None for one that nobody can share."""
        if not isinstance(begun.source, Source):
            return None
        given = operation.variables or {}
        variables = {name: given[name] for name in begun.operation.deciding if name in given}
        key = (
            operation.query,
            begun.operation.name,
            orjson.dumps(
                variables, option=orjson.OPT_SORT_KEYS
            ).decode(),  # orjson's bytes take 4 KiB at least
            begun.caller,
            begun.source.shared_key,
        )
        try:
            hash(key)
        except TypeError:  # a filter that is equal to nothing but itself, and not even made to be compared
            return None
        return key

    def stream_for(self, key: Hashable, begun: Subscribed, told: Told[Any] | None) -> SharedStream | None:
        """The stream to join for a subscriber that has been told this; None while it is too far behind.

        Where there is no stream, one begins with whoever has caught up with the log.
        """
        place = None if told is None else told.place
        found = self._streams.get(key)
        if found is not None:
            return found if found.at is None or (place is not None and place >= found.at) else None
        if told is not None and not told.caught_up:
            return None
        made = SharedStream(key, begun.anew(), place, self._ended)
        self._streams[key] = made
        return made

    def _ended(self, stream: SharedStream) -> None:
        if self._streams.get(stream.key) is stream:
            del self._streams[stream.key]
            self._executions += stream.executions
            self._deliveries += stream.deliveries


class _Subscriber:
    """One subscription on its way between being alone and in company.

    In company it keeps nothing of its own: the others' source and executor are as good.
    """

    __slots__ = ("_begun", "_key", "_member", "_operation", "_sharing", "_stream")

    def __init__(self, sharing: Sharing, operation: Operation, begun: Subscribed) -> None:
        self._sharing = sharing
        self._operation = operation
        self._begun = begun
        self._key = sharing.key_of(operation, begun)
        self._stream: SharedStream | None = None
        self._member: Member | None = None

    async def see_through(self) -> Over:
        """Tell everything; says how it ended."""
        try:
            if isinstance(self._begun.source, States):
                self._join(None)
            else:
                await self._go_alone(self._begun.items())
            while self._member is not None:
                parting = await self._member.stay()
                if isinstance(parting, Over):
                    return parting
                self._part()
                self._sharing.fallen += 1
                self._begun = self._begun.anew()
                source = self._begun.source
                assert isinstance(source, LogSource)  # noqa: S101 - states have no places to fall behind
                await self._go_alone(source.behind(parting.place))
            return Over()
        finally:
            self._part()

    async def _go_alone(self, items: AsyncGenerator[Told[Any], None]) -> None:
        """Tell item by item, at the client's own pace, until it is in company or there is nothing more to tell."""
        self._sharing.alone += 1
        try:
            async with aclosing(items):
                async for told in items:
                    result = await self._begun.show(told)
                    await self._operation.next(orjson.dumps(payload_of(result)), result.cursor)
                    if self._join(told):
                        return
        finally:
            self._sharing.alone -= 1

    def _join(self, told: Told[Any] | None) -> bool:
        """Join the others, having been told this last, unless they are further on; at once, so nothing lies between."""
        if self._key is None:
            return False
        stream = self._sharing.stream_for(self._key, self._begun, told)
        if stream is None:
            return False
        self._stream, self._key, self._begun = stream, stream.key, stream.begun
        self._member = Member(self._operation, self._sharing.room, None if told is None else told.place)
        stream.join(self._member)
        return True

    def _part(self) -> None:
        if self._stream is not None and self._member is not None:
            self._stream.leave(self._member)
        self._stream = self._member = None
