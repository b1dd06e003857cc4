"""tearoff serve: it says what is in the way, and ends well."""

import signal
import socket

import httpx

from tests.cli.conftest import SECRET, Tearoff, ended, line_with, refused, running


async def test_it_serves_until_it_is_told_to_stop(tearoff: Tearoff) -> None:
    async with running("serve", "--port", "0", env=tearoff.env()) as process:
        listening = await line_with(process.stderr, '"event":"listening"')
        port = int(listening.partition('"port":')[2].partition(",")[0])
        await line_with(process.stderr, '"event":"open"')
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
        process.send_signal(signal.SIGTERM)
        said = await ended(process)
    assert said.status == 0
    assert "Traceback" not in said.err


async def test_several_workers_open_and_end_together(tearoff: Tearoff) -> None:
    async with running("serve", "--port", "0", "--workers", "2", env=tearoff.env()) as process:
        for _ in range(2):
            await line_with(process.stderr, '"event":"open"')
        process.send_signal(signal.SIGTERM)
        said = await ended(process)
    assert said.status == 0
    assert "Traceback" not in said.err


async def test_a_database_that_is_away_stops_the_start_with_one_sentence(tearoff: Tearoff) -> None:
    away = {"DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/shop", "TEAROFF_TOKEN_SECRET": SECRET}
    said = await tearoff.here("serve", "--port", "0", **away)
    assert refused(said) == "The database at 127.0.0.1, port 1 cannot be reached: Connection refused."


async def test_a_port_that_is_taken_stops_the_start_with_one_sentence(tearoff: Tearoff) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = await tearoff("serve", "--port", str(port))
    assert refused(said) == f"Cannot listen on 127.0.0.1, port {port}: Address already in use."
