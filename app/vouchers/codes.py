"""Codes: how they are compared, what may be one, and how random ones are drawn from a pattern."""

import secrets
import unicodedata
from dataclasses import dataclass

from app.problem import Problem

LONGEST_CODE = 64

# No 0 and O, no 1, I and L: a code survives being read from paper or over the telephone.
CHARSET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PATTERN = "########"  # 31^8: some 850 thousand million codes

_SEPARATORS = "-_."
_DROP_ASCII = dict.fromkeys([*map(ord, _SEPARATORS), *range(33), 127])
_SEPARATOR_CATEGORIES = frozenset({"Pd", "Zs", "Zl", "Zp", "Cf", "Cc"})


def normalise(code: str, case_sensitive: bool) -> str:
    """The key by which a code is unique and found: `summer 24`, `SUMMER-24` and `ＳＵＭＭＥＲ.24` are one code.

    Compatibility forms are unified (NFKC); blanks, dashes of every kind, `_`, `.` and invisible characters
    are dropped; letters are upper-cased unless the project's codes are case-sensitive. Characters that
    merely look alike (0 and O) stay different.
    """
    if code.isascii():
        key = code.translate(_DROP_ASCII)
        return key if case_sensitive else key.upper()
    key = unicodedata.normalize("NFKC", code)
    kept = "".join(
        character
        for character in (key if case_sensitive else key.upper())
        if character not in _SEPARATORS and unicodedata.category(character) not in _SEPARATOR_CATEGORIES
    )
    # Upper-casing may take a letter apart, and a dropped blank may bring two together: compose again.
    return unicodedata.normalize("NFKC", kept)


def lookup_key(typed: str, case_sensitive: bool) -> str | None:
    """The key to look a typed text up by; None when no code can have it."""
    key = normalise(typed, case_sensitive)
    return key if 1 <= len(key) <= LONGEST_CODE and key.isprintable() else None


def is_code(code: str, case_sensitive: bool) -> bool:
    """Whether the text may become a code: 1 to 64 printable characters, not only separators."""
    return len(code) <= LONGEST_CODE and code.isprintable() and lookup_key(code, case_sensitive) is not None


@dataclass(frozen=True, slots=True)
class CodePattern:
    """The shape of random codes: each `#` of `text` is drawn from `charset`, the rest stands as it is."""

    text: str
    charset: str = CHARSET

    @property
    def space(self) -> int:
        """How many different codes the pattern has."""
        return int(len(self.charset) ** self.text.count("#"))

    def problems(self, case_sensitive: bool) -> tuple[Problem, ...]:
        """What is wrong with it. Codes: INVALID_PATTERN, INVALID_CHARSET."""
        found = []
        sample = self.text.replace("#", "X")
        if "#" not in self.text or not is_code(sample, case_sensitive):
            message = f"A pattern has 1 to {LONGEST_CODE} printable characters, and # for each random one."
            found.append(Problem(("pattern",), "INVALID_PATTERN", message))
        keys = self.charset if case_sensitive else self.charset.upper()
        if not (self.charset.isascii() and self.charset.isalnum() and 2 <= len(keys) == len(set(keys))):
            message = "A charset has at least 2 letters A-Z, a-z or digits 0-9, each once."
            if not case_sensitive:
                message += " Case makes no difference between codes of this project."
            found.append(Problem(("charset",), "INVALID_CHARSET", message))
        return tuple(found)

    def draw(self, count: int) -> list[str]:
        """`count` random codes, some of which may be equal; every code of the pattern is equally likely."""
        blanks = self.text.count("#")
        drawn = _draw_characters(self.charset, count * blanks)
        shape = self.text.replace("%", "%%").replace("#", "%s")
        return [shape % tuple(drawn[at : at + blanks]) for at in range(0, count * blanks, blanks)]

    def like(self, case_sensitive: bool) -> str:
        """An SQL LIKE pattern that matches the keys of all codes of this shape."""
        pieces = (normalise(piece, case_sensitive) for piece in self.text.split("#"))
        return "_".join(piece.replace("\\", r"\\").replace("%", r"\%") for piece in pieces)


def _draw_characters(charset: str, count: int) -> str:
    """`count` characters, each one of `charset` with equal chance, by the system's cryptographic randomness.

    A byte chooses a character by its remainder. The bytes at the top, which would favour the first
    characters, are thrown away and replaced by new ones.
    """
    fair = 256 - 256 % len(charset)
    choice = bytes(ord(charset[byte % len(charset)]) for byte in range(256))
    unfair = bytes(range(fair, 256))
    drawn = b""
    while len(drawn) < count:
        drawn += secrets.token_bytes(count - len(drawn)).translate(choice, unfair)
    return drawn.decode("ascii")
