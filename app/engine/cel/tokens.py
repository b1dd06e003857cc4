"""Tokens: the words of an expression, each with its place; and the error that points at one."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<decimal>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<int>0[xX][0-9a-fA-F]+|[0-9]+)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<op>&&|\|\||[<>=!]=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`", "?": "?"}
LARGEST_INT = 2**63 - 1
_MOST_EXPONENT = 30


class CelError(ValueError):
    """An expression that cannot be: `at` counts its characters from 0."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class Token(NamedTuple):
    """`kind` is int, decimal, text, name, op or end; `value` is what a literal means."""

    kind: str
    text: str
    at: int
    value: int | Decimal | str | None = None


def tokens_of(source: str) -> list[Token]:
    """The tokens, and the end. Raises CelError."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise CelError(at, _what_it_is_not(source, at))
        kind, text = match.lastgroup or "", match.group()
        if kind != "blank":
            found.append(Token(kind, text, at, _value(kind, text, at)))
        at = match.end()
    return [*found, Token("end", "", len(source))]


def _what_it_is_not(source: str, at: int) -> str:
    if source[at] in "\"'":
        return "This text has no end."
    if source[at] in "&|=":
        return f"There is no operator {source[at]}; write {source[at] * 2}."
    return f"There is no {source[at]!r} in an expression."


def _value(kind: str, text: str, at: int) -> int | Decimal | str | None:
    if kind == "int":
        value = int(text, 16) if text[:2] in ("0x", "0X") else int(text)
        if value > LARGEST_INT:
            raise CelError(at, "This number is too large.")
        return value
    if kind == "decimal":
        try:
            decimal = Decimal(text)
        except InvalidOperation:  # an exponent that nothing can hold
            raise CelError(at, "This number is too large, or too small.") from None
        if max(abs(decimal.adjusted()), -int(decimal.as_tuple().exponent)) > _MOST_EXPONENT:
            raise CelError(at, "This number is too large, or too small.")
        return decimal
    if kind == "text":
        return _ESCAPE.sub(lambda escape: _unescaped(escape.group(1), at + 1 + escape.start()), text[1:-1])
    return None


def _unescaped(what: str, at: int) -> str:
    if len(what) > 1:
        character = chr(int(what[1:], 16))
        if "\ud800" <= character <= "\udfff" or character == "\0":
            raise CelError(at, "There is no such character.")
        return character
    if what not in _ESCAPED:
        raise CelError(at, f"There is no escape \\{what}.")
    return _ESCAPED[what]
