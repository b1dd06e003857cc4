"""The doorbell over Redis, or Valkey: PUBLISH and SUBSCRIBE, for many processes that ring often."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.events.wake import KEEP_ALIVE_SECONDS, OuterBell, PostgresBell

ANSWER_SECONDS = (
    2.0  # for Redis to take a connection or to answer; a ring that is lost costs less than waiting
)


def outer_bell(url: str | None) -> OuterBell:
    """The bell at an address (`redis://`, `rediss://`, `unix://`); PostgreSQL's without one."""
    return RedisBell(url) if url else PostgresBell()


class RedisBell(OuterBell):
    """SUBSCRIBE on a connection of its own; PUBLISH through another. Both lose rings while Redis is away."""

    def __init__(self, url: str, *, keep_alive_seconds: float = KEEP_ALIVE_SECONDS) -> None:
        super().__init__()
        self._keep_alive_seconds = keep_alive_seconds
        # A connection that came back without telling would have missed rings: here that is told (`_listens`).
        self._listener = _client(url, tries=0)
        self._speaker = _client(url, tries=1)  # one that Redis has closed meanwhile is replaced at once
        self._subscribed: PubSub | None = None
        self._wanted = asyncio.Event()

    async def disconnect(self) -> None:
        await super().disconnect()
        with suppress(RedisError, OSError):
            await self._listener.aclose()
            await self._speaker.aclose()

    async def subscribe(self, group: str) -> None:
        self._channels.add(group)
        self._wanted.set()
        if self._subscribed is not None:
            with suppress(RedisError, OSError):  # the reconnection subscribes to all channels again
                await self._subscribed.subscribe(group)

    async def publish(self, channel: str, message: str) -> None:
        with _lost_connections():
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._speaker.publish(channel, message)

    async def _listen_until_lost(self) -> None:
        await self._wanted.wait()
        subscribed = self._listener.pubsub()
        try:
            with _lost_connections():
                async with asyncio.timeout(ANSWER_SECONDS):
                    await subscribed.subscribe(*self._channels)
                self._subscribed = subscribed
                await self._hear(subscribed)
        finally:
            self._subscribed = None
            with suppress(RedisError, OSError):
                await subscribed.aclose()  # type: ignore[no-untyped-call]  # redis has no types here

    async def _hear(self, subscribed: PubSub) -> None:
        """Hear until nothing comes any more, not even the answer to a ping: a half-open connection says nothing."""
        patience = ANSWER_SECONDS  # for the first word, that the subscription is taken
        is_asked = True
        while True:
            message = await subscribed.get_message(timeout=patience)
            if message is not None:
                patience, is_asked = self._keep_alive_seconds, False
                if message["type"] == "subscribe" and not self.is_listening:
                    self._listens()
                elif message["type"] == "message":
                    self._heard(message["channel"], message["data"])
            elif is_asked:
                raise ConnectionError("Redis does not answer")
            else:
                await subscribed.ping()
                patience, is_asked = ANSWER_SECONDS, True


def _client(url: str, *, tries: int) -> Redis:
    client: Redis = Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), tries),
    )
    return client


@contextmanager
def _lost_connections() -> Iterator[None]:
    """Whatever is wrong between us and Redis is one thing to us: the bell is silent."""
    try:
        yield
    except RedisError as failure:
        raise ConnectionError(f"{type(failure).__name__}: {failure}") from failure
