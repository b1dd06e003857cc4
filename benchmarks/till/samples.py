"""Where this process spends its CPU time: a look at the stack every few milliseconds of it.

A look takes the innermost frame that belongs to a layer of the house, so the standard library counts for whoever
called it. What happens in C below no frame at all is the event loop's and the protocol's own work.
"""

import signal
from collections import Counter
from types import FrameType

_EVERY_SECONDS = 0.002
_LAYERS = (
    ("/asyncpg/", "driver"),
    ("/app/database/", "driver"),
    ("/app/engine/", "engine"),
    ("/app/redemptions/", "till"),
    ("/app/", "till"),
    ("/benchmarks/", "clients"),
)
LOOP = "driver and loop, in C"


class Samples:
    """Looks that were taken between `start` and `stop`: by layer, and by function."""

    def __init__(self) -> None:
        self.layers: Counter[str] = Counter()
        self.places: Counter[str] = Counter()

    def start(self) -> None:
        """Begin to look; in the main thread only."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)

    def stop(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        inside = frame
        # Below the outermost function there is nothing but the loop.
        while inside is not None and inside.f_code.co_name != "main":
            name = inside.f_code.co_filename
            for part, layer in _LAYERS:
                if part in name:
                    self.layers[layer] += 1
                    # The place is where the time passes; the layer is who asked for it.
                    self.places[f"{layer}: {_place(inside)}"] += 1
                    return
            inside = inside.f_back
        self.layers[LOOP] += 1
        self.places[f"{LOOP}: {'nowhere' if frame is None else _place(frame)}"] += 1


def _place(frame: FrameType) -> str:
    return f"{'/'.join(frame.f_code.co_filename.split('/')[-2:])} {frame.f_code.co_qualname}"
