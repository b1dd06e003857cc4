"""Customer tokens: short-lived, signed proof that a storefront may act for one customer.

A token is a JWT signed with HS256. Its key is derived from the service's secret, one per project, so a token
says nothing behind another wall. It names the API key that made it: revoking that key ends its tokens.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OctKey

from app.database import fetchval
from app.problem import Problems

LONGEST_LIFE = timedelta(hours=24)
_LONGEST_TOKEN = 1_024  # ours have about 300 characters; nothing longer is worth decoding
_SALT = b"tearoff customer token 1"


@dataclass(frozen=True, slots=True)
class CustomerToken:
    """A signed token, in no repr, and the moment it ends."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a token with a true signature says. Whether key and customer exist is for the database to tell."""

    project: UUID
    key: UUID
    customer: UUID
    expires_at: datetime


class TokenSigner:
    """Signs and reads customer tokens with keys derived, one per project, from the service's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = lru_cache(maxsize=1_024)(self._derive)

    def sign(self, claims: TokenClaims) -> str:
        """The text of a token; its time has whole seconds."""
        return jwt.encode(
            {"alg": "HS256", "kid": claims.project.hex},
            {
                "sub": claims.customer.hex,
                "key": claims.key.hex,
                "exp": int(claims.expires_at.timestamp()),
            },
            self._key(claims.project),
        )

    def read(self, token: str) -> TokenClaims | None:
        """What the token says, or None when this service did not sign it. Its time is not judged here."""
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        try:
            # The only algorithm named is the only one taken: "none" and the rest are refused unread.
            signed = jwt.decode(token, self._key_named, algorithms=["HS256"])
            return TokenClaims(
                project=UUID(signed.header["kid"]),
                key=UUID(signed.claims["key"]),
                customer=UUID(signed.claims["sub"]),
                expires_at=datetime.fromtimestamp(signed.claims["exp"], UTC),
            )
        # A stranger chose every byte of header and payload: all types and members are possible.
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return None

    def _key_named(self, token: GuestProtocol) -> OctKey:
        return self._key(UUID(token.headers()["kid"]))

    def _derive(self, project: UUID) -> OctKey:
        """RFC 5869 (HKDF) with SHA-256 and one block of output."""
        extracted = hmac.digest(_SALT, self._secret, hashlib.sha256)
        return OctKey.import_key(hmac.digest(extracted, project.bytes + b"\x01", hashlib.sha256))


async def create_customer_token(
    project: UUID, key: UUID, customer: UUID, lives: timedelta, now: datetime, signer: TokenSigner
) -> CustomerToken | Problems:
    """A token for a customer of the project, made by `key`. Codes: OUT_OF_RANGE at `lives`, NOT_FOUND."""
    if not timedelta(seconds=1) <= lives <= LONGEST_LIFE:
        return Problems.one("lives", "OUT_OF_RANGE", "A customer token lives from one second to 24 hours.")
    if not await fetchval(
        "SELECT EXISTS (SELECT FROM customers WHERE project_id = $1 AND id = $2)", project, customer
    ):
        return Problems.one("customer", "NOT_FOUND", "There is no such customer.")
    expires_at = (now + lives).astimezone(UTC).replace(microsecond=0)
    claims = TokenClaims(project, key, customer, expires_at)
    return CustomerToken(signer.sign(claims), expires_at)
