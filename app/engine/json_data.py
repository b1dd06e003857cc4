"""JSON as the engine reads it: strictly, and with the path of whatever is wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self, TypeAlias
from uuid import UUID

JSONValue: TypeAlias = "dict[str, JSONValue] | list[JSONValue] | str | int | float | bool | None"

MISSING = object()


class DataError(ValueError):
    """Data that cannot be what it claims to be.

    `path` names the faulty part (`rules[1].amount`, empty for the whole), `message` is a sentence for people.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message

    def under(self, prefix: str) -> Self:
        """The same error, seen from the thing that holds the faulty one under `prefix`."""
        return type(self)(join(prefix, self.path), self.message)


def join(prefix: str, path: str) -> str:
    """`rules[0]` and `amount` make `rules[0].amount`; an empty side adds nothing."""
    if not prefix or not path or path.startswith("["):
        return prefix + path
    return f"{prefix}.{path}"


class Reader:
    """Takes the members of one JSON object, each exactly once, and refuses what is left over."""

    __slots__ = ("error", "left", "path")

    def __init__(self, data: object, path: str, error: type[DataError]) -> None:
        if not isinstance(data, Mapping):
            raise error(path, "Must be an object.")
        self.left = dict(data)
        self.path = path
        self.error = error

    def take(self, name: str) -> object:
        """The member called `name`, or MISSING."""
        return self.left.pop(name, MISSING)

    def wrong(self, name: str, message: str) -> DataError:
        """The error to raise about the member called `name`."""
        return self.error(join(self.path, name), message)

    def must_take(self, name: str) -> object:
        """The member called `name`, which must be there."""
        value = self.left.pop(name, MISSING)
        if value is MISSING:
            raise self.wrong(name, "Is required.")
        return value

    def text(self, name: str) -> str:
        """A string that must be there."""
        value = self.must_take(name)
        if not isinstance(value, str):
            raise self.wrong(name, "Must be text.")
        return value

    def optional_text(self, name: str) -> str | None:
        """A string, or None when absent or null."""
        if self.left.get(name) is None:
            self.take(name)
            return None
        return self.text(name)

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number; `default` when absent."""
        if default is not None and name not in self.left:
            return default
        value = self.must_take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(name, "Must be a whole number.")
        return value

    def optional_whole(self, name: str) -> int | None:
        """A whole number, or None when absent or null."""
        if self.left.get(name) is None:
            self.take(name)
            return None
        return self.whole(name)

    def truth(self, name: str) -> bool:
        """A boolean that must be there."""
        value = self.must_take(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "Must be true or false.")
        return value

    def optional_id(self, name: str) -> UUID | None:
        """A UUID written as text, or None when absent or null."""
        text = self.optional_text(name)
        try:
            return None if text is None else UUID(text)
        except ValueError:
            raise self.wrong(name, "Must be a UUID.") from None

    def optional_instant(self, name: str) -> datetime | None:
        """An ISO 8601 instant with its offset, or None when absent or null."""
        text = self.optional_text(name)
        return None if text is None else instant(text, join(self.path, name), self.error)

    def items(self, name: str) -> list[object]:
        """A list; empty when absent."""
        value = self.take(name)
        if value is MISSING:
            return []
        if not isinstance(value, list | tuple):
            raise self.wrong(name, "Must be a list.")
        return list(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; empty when absent."""
        values = self.items(name)
        for index, value in enumerate(values):
            if not isinstance(value, str):
                raise self.wrong(f"{name}[{index}]", "Must be text.")
        return tuple(str(value) for value in values)

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers; empty when absent."""
        values: list[int] = []
        for index, value in enumerate(self.items(name)):
            if not isinstance(value, int) or isinstance(value, bool):
                raise self.wrong(f"{name}[{index}]", "Must be a whole number.")
            values.append(value)
        return tuple(values)

    def done(self) -> None:
        """Refuse whatever nobody took: a misspelt member must not pass in silence."""
        if self.left:
            raise self.wrong(str(next(iter(self.left))), "Is not known here.")


def instant(text: str, path: str, error: type[DataError]) -> datetime:
    """An ISO 8601 instant; one without an offset is refused, for it could be any of 38 moments."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise error(path, "Must be an ISO 8601 date and time.") from None
    if moment.tzinfo is None:
        raise error(path, "Must carry an offset from UTC.")
    return moment
