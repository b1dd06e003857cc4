"""A way to a server that can be cut: whoever comes through here loses the connection in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class FrailNetwork:
    """Listens on `port` and passes everything on, to and fro, until it is cut."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.connections = 0
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> int:
        """Reset every connection that is open; says how many. New ones are let through."""
        lost = len(self._open) // 2
        for writer in self._open:
            writer.transport.abort()
        return lost

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either end of it is gone."""
        self.connections += 1
        with suppress(OSError):
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self._target)
            ends = {writer, other_writer}
            self._open |= ends
            try:
                await asyncio.gather(_pour(reader, other_writer), _pour(other_reader, writer))
            finally:
                self._open -= ends
                for end in ends:
                    end.transport.abort()
        writer.transport.abort()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError


@asynccontextmanager
async def frail_network(target: int) -> AsyncIterator[FrailNetwork]:
    """A way to the port `target` of this machine."""
    network = FrailNetwork(target)
    server = await asyncio.start_server(network.pass_on, "127.0.0.1", 0)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()
        network.cut()
        await server.wait_closed()
