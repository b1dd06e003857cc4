"""How long a shared stream leaves the process to others after it has told a stretch.

The more members there are, the longer; in a rush, when more has been executed meanwhile than one result, for long. But
only as far as others need the process: the time that it works for them while the stream rests tells that. So the till
comes first, and where nobody redeems a rush is told as fast as it can be.
"""

import time

# Times the CPU time that telling takes, before the sockets themselves are written to, which takes twice as long again.
REST, REST_IN_RUSH, LOOK_UP = 1, 80, 8
LONGEST_SECONDS = 0.4
# The part of the time for which the process works at which a rest is over at the first look, and at which it lasts as
# long as it may; between them it is the longer the more. What the stream itself executes and writes meanwhile is less.
IDLE, BUSY = 0.3, 0.8


class Rest:
    """It begins now, after so many seconds of CPU were `spent` on telling; look up every `seconds` if it is over."""

    __slots__ = ("_began", "_longest", "_worked", "seconds")

    def __init__(self, spent: float, *, in_rush: bool) -> None:
        self._longest = min(spent * (REST_IN_RUSH if in_rush else REST), LONGEST_SECONDS)
        self._began, self._worked = time.monotonic(), time.thread_time()
        self.seconds = min(spent * LOOK_UP, self._longest)

    def is_over(self) -> bool:
        """Whether the stream should go on."""
        rested = time.monotonic() - self._began
        if rested >= self._longest:
            return True
        busy = (time.thread_time() - self._worked) / rested if rested else 0.0
        return rested >= self._longest * (busy - IDLE) / (BUSY - IDLE)
