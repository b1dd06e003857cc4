"""Chosen: what the shop or the shopper says about an order in one word, of which only some words will do."""

from app.engine.metadata import MOST_VALUES, any_of_them
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.unit import UnitError, check_texts


def check_words(name: str, words: tuple[str, ...]) -> None:
    """Raise UnitError unless the parameter called `name` has 1 to 50 words, each once and at most 255 characters."""
    if not words or len(set(words)) != len(words):
        raise UnitError(name, "Must name at least one, each once.")
    if len(words) > MOST_VALUES:
        raise UnitError(name, f"Must not have more than {MOST_VALUES} items.")
    check_texts(name, words)


def differs(code: str, path: str, told: str, wanted: tuple[str, ...], actual: str | None) -> Reason:
    """A refusal: what `path` leads to, called `told` in sentences, is none of the wanted words."""
    words = any_of_them(wanted)
    return Reason(
        code,
        f"This offer wants the {told} to be {words}; it is {actual or 'not given'}.",
        subject=path,
        expected=wanted,
        actual=actual,
        remedy=f"Let the {told} be {words}.",
        change=Change(Act.CHOOSE, path=path, values=wanted),
    )
