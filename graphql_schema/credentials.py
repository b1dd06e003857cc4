"""What a caller shows at the door, over HTTP or as the first message of a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from starlette.datastructures import Headers

CallerT_co = TypeVar("CallerT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key (`authorization`, "Bearer tear_…"), perhaps a customer token, and the web page that is asking."""

    authorization: str | None
    customer_token: str | None
    origin: str | None

    @classmethod
    def of_request(cls, headers: Mapping[str, str]) -> Credentials:
        """The headers Authorization, X-Customer-Token and Origin."""
        return cls(headers.get("authorization"), headers.get("x-customer-token"), headers.get("origin"))

    @classmethod
    def of_connection_init(cls, payload: Mapping[str, object], headers: Headers) -> Credentials:
        """The same names, in any case, in the payload of `connection_init`; the origin is the handshake's.

        A value that is not a string counts as missing.
        """
        given = {name.lower(): value for name, value in payload.items() if isinstance(value, str)}
        return cls(given.get("authorization"), given.get("x-customer-token"), headers.get("origin"))


class Admit(Protocol[CallerT_co]):
    """Says who is asking; raises Refusal with UNAUTHENTICATED, FORBIDDEN or ORIGIN_NOT_ALLOWED."""

    async def __call__(self, credentials: Credentials) -> CallerT_co: ...
