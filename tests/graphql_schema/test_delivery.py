"""Operations become frames; another way to deliver can be put in place of ours."""

import asyncio

import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from graphql_schema.delivery import Operation, deliver_alone
from graphql_schema.front import FrontSchema
from tests.graphql_schema.little_schema import SCHEMA
from tests.graphql_schema.little_shop import make_context, open_shop


class Ear:
    """Hears what an operation sends, and that it is over before the last frame."""

    def __init__(self, query: str) -> None:
        self.heard: list[object] = []
        self.operation = Operation(
            'a"b',
            query,
            None,
            None,
            make_context("ann", "r"),
            self._hear,
            lambda _: self.heard.append("over"),
        )

    async def _hear(self, text: str) -> None:
        self.heard.append(orjson.loads(text))


async def test_an_operation_is_over_before_its_last_frame_is_sent() -> None:
    ear = Ear("subscription { count(upTo: 2) }")
    await deliver_alone(SCHEMA, ear.operation)
    assert ear.heard == [
        {"id": 'a"b', "type": "next", "payload": {"data": {"count": 1}}},
        {"id": 'a"b', "type": "next", "payload": {"data": {"count": 2}}},
        "over",
        {"id": 'a"b', "type": "complete"},
    ]


async def test_after_the_client_has_enough_nothing_is_sent() -> None:
    ear = Ear("{ one }")
    ear.operation.run_by(asyncio.create_task(asyncio.sleep(0)))
    ear.operation.cancel()
    await deliver_alone(SCHEMA, ear.operation)
    assert ear.heard == []


async def test_a_delivery_may_send_the_same_payload_to_many() -> None:
    async def shared(_schema: FrontSchema, operation: Operation) -> None:
        await operation.next(b'{"data":{"shared":true}}')
        await operation.complete()

    protocols = [Subprotocol("graphql-transport-ws")]
    async with open_shop(deliver=shared) as shop, connect(shop.ws, subprotocols=protocols) as socket:
        await socket.send('{"type": "connection_init", "payload": {"authorization": "Bearer ann"}}')
        assert orjson.loads(await socket.recv()) == {"type": "connection_ack"}
        for name in ("1", "2"):
            await socket.send(f'{{"id": "{name}", "type": "subscribe", "payload": {{"query": "{{ one }}"}}}}')
            payload = {"data": {"shared": True}}
            assert orjson.loads(await socket.recv()) == {"id": name, "type": "next", "payload": payload}
            assert orjson.loads(await socket.recv()) == {"id": name, "type": "complete"}
