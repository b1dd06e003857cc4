"""A fault in what a caller sent: told as a value, with its place, and nothing is changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input: `path` leads to it from the input's root, `code` is for programs, `message` for people."""

    path: tuple[str, ...]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Problems:
    """Everything that was wrong with one request; a deed that returns it has changed nothing."""

    all: tuple[Problem, ...]

    @classmethod
    def one(cls, path: str, code: str, message: str) -> "Problems":
        """A single problem; `path` is dotted (`offer.rule.amount`), empty for the whole input."""
        return cls((Problem(tuple(path.split(".")) if path else (), code, message),))
