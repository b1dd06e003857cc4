"""The secret of an API key: how it is made, recognised and kept (only as a SHA-256)."""

import hashlib
import re
import secrets

from app.projects.values import KeyKind

_MARKS = {KeyKind.SERVER: "sk", KeyKind.MERCHANT: "mk", KeyKind.STOREFRONT: "sf"}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 43  # digits of base 62 that 256 bits need
_SECRET = re.compile(f"tear_(?:sk|mk|sf)_[0-9A-Za-z]{{{_LENGTH}}}")
_SHOWN = 12


def new_secret(kind: KeyKind) -> str:
    """A new secret: its kind's mark and 256 random bits in base 62, `tear_sk_3fZ…`."""
    number = secrets.randbits(256)
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return f"tear_{_MARKS[kind]}_{''.join(digits)}"


def looks_like_secret(text: str) -> bool:
    """Whether the text could be a secret at all; if not, no database needs to be asked."""
    return _SECRET.fullmatch(text) is not None


def hash_of(secret: str) -> bytes:
    """What is kept of a secret. 256 random bits cannot be guessed, so one plain SHA-256 is enough.

    Keys are found by this hash: how long a lookup takes says nothing about the secret.
    """
    return hashlib.sha256(secret.encode()).digest()


def prefix_of(secret: str) -> str:
    """The beginning of a secret, to tell keys apart by: `tear_sk_3fZk`."""
    return secret[:_SHOWN]
