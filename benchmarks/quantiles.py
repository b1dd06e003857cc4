"""Latencies: a heap of measured times in two numbers."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Latencies:
    """How many were measured, and the milliseconds that 50 and 99 of a hundred did not exceed."""

    count: int
    p50: float
    p99: float

    @classmethod
    def of(cls, microseconds: Sequence[int]) -> "Latencies":
        """The latencies of these times; zeros if there are none."""
        ordered = sorted(microseconds)
        if not ordered:
            return cls(0, 0.0, 0.0)
        return cls(len(ordered), _at(ordered, 0.50), _at(ordered, 0.99))


def _at(ordered: Sequence[int], share: float) -> float:
    """By nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000
