"""uvicorn's HTTP, with an end for answers that have none: told of a shutdown at once, and able to hang up."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class HttpProtocol(HttpToolsProtocol):
    """Gives an application two words to say, both in `scope["state"]`.

    `abort()` drops the connection with all that the client has not read yet. What the application leaves there as
    `close_at_shutdown` is called when the server is about to end; every other answer is waited for.
    """

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["state"]["abort"] = self.transport.abort

    def shutdown(self) -> None:
        """The server is about to end."""
        cycle: RequestResponseCycle | None = self.cycle
        under_way = cycle is not None and not cycle.response_complete
        close = cycle.scope["state"].get("close_at_shutdown") if cycle is not None and under_way else None
        super().shutdown()
        if close is not None:
            if self.transport.get_write_buffer_size():
                self.transport.abort()  # the client does not read: it will go on from what it has read
            close()
