"""UNSET: the value of a field that a caller left out, where None would mean "make it empty"."""

from enum import Enum
from typing import Final


class Unset(Enum):
    """The type of UNSET; a changes field is `T | Unset`, and mypy follows `is UNSET`."""

    LEFT_OUT = 0

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.LEFT_OUT
