"""What the first user tells the supervisor, and the one word it hears back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

READY = b"ready"


@dataclass(frozen=True, slots=True)
class Orders:
    """What to run and where; crosses the process boundary as JSON."""

    home: Path
    programs: Path
    conf: Mapping[str, str]
    pipe: int = -1  # for the answer

    def to_argument(self) -> str:
        """For the command line of the supervisor."""
        return json.dumps([str(self.home), str(self.programs), dict(self.conf), self.pipe])

    @classmethod
    def from_argument(cls, text: str) -> Orders:
        """The inverse of to_argument."""
        home, programs, conf, pipe = json.loads(text)
        return cls(Path(home), Path(programs), conf, pipe)

    def answer(self, error: str = "") -> None:
        """The supervisor's word, said once: the server is ready, or the sentence why not."""
        try:
            os.write(self.pipe, error.encode() or READY)
        except BrokenPipeError:
            pass  # the first user died meanwhile; others may be waiting
        finally:
            os.close(self.pipe)
