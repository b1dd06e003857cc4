"""uvicorn's HTTP, with an end for answers that have none: told of a shutdown at once, and able to hang up."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class HttpProtocol(HttpToolsProtocol):
    """Gives an application a few words in `scope["state"]`.

    `write_now(piece)` writes a piece of an answer without waiting (see the method); `abort()` drops the connection with
    all that the client has not read yet. When the server is about to end, `is_ending` is true, and what the application
    has left there as `close_at_shutdown` is called. Other answers are waited for.
    """

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["state"]["abort"] = self.transport.abort
        self.scope["state"]["write_now"] = self.write_now

    def write_now(self, piece: bytes) -> bool:
        """Write a piece of the answer under way; False, and nothing is written, unless the client keeps up."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or self.flow.write_paused or cycle.disconnected or cycle.response_complete:
            return False
        if not (cycle.response_started and cycle.chunked_encoding):
            return False
        self.transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        return True

    def shutdown(self) -> None:
        """The server is about to end."""
        cycle: RequestResponseCycle | None = self.cycle
        super().shutdown()
        if cycle is None or cycle.response_complete:
            return
        state = cycle.scope["state"]
        state["is_ending"] = True
        if close := state.get("close_at_shutdown"):
            if self.transport.get_write_buffer_size():
                self.transport.abort()  # the client does not read: it will go on from what it has read
            close()
