"""The routes: one address for everything."""

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.graphql_schema.little_shop import open_shop


async def test_one_address_answers_http_and_sockets() -> None:
    async with open_shop() as shop:
        async with httpx.AsyncClient(headers=shop.headers) as client:
            answer = await client.post(shop.url, json={"query": "{ one }"})
            assert answer.json()["data"] == {"one": 1}
        async with connect(shop.ws, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send('{"type": "ping"}')
            assert await socket.recv() == '{"type":"pong"}'


async def test_files_of_the_page_that_are_not_there_are_404() -> None:
    async with open_shop() as shop, httpx.AsyncClient(base_url=f"http://{shop.address}") as client:
        assert (await client.get("/static/no-such-file.js")).status_code == 404
        assert (await client.get("/static/%2e%2e/errors.py")).status_code == 404
