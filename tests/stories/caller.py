"""A caller of the API over HTTP: what a shop's program does, with its key and perhaps a customer token."""

from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from tests.server import Server

_REDEEM = """
mutation Redeem($input: RedeemVouchersInput!) {
  redeemVouchers(input: $input) {
    replayed
    userErrors { path code message }
    result {
      __typename
      ... on Redemption { id discount { amount } total { amount } vouchers { code discount { amount } } }
      ... on RejectedRedemption {
        id
        reasons { code message subject expected { text } actual { text } missing { text } remedy }
      }
    }
  }
}
"""


class UnavailableError(Exception):
    """The service cannot say at the moment; asked again with the same idempotency key it will."""


class Caller:
    """Asks one server; a person at a keyboard or a hundred tills, as many requests at once as you like."""

    def __init__(self, server: Server, secret: str, *, token: str | None = None) -> None:
        self.server = server
        self.secret = secret
        self.headers = {"Authorization": f"Bearer {secret}"}
        if token is not None:
            self.headers["X-Customer-Token"] = token
        self._http = httpx.AsyncClient(
            base_url=server.url,
            headers=self.headers,
            timeout=30,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        """The bare answer to a body: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self._http.post(
            "/graphql", content=content, headers={"Content-Type": "application/json", **headers}
        )

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of an operation without errors."""
        answer = await self.post({"query": document, "variables": variables})
        told = answer.json()
        if [error["extensions"]["code"] for error in told.get("errors", ())] == ["SERVICE_UNAVAILABLE"]:
            raise UnavailableError
        assert (answer.status_code, "errors" in told) == (200, False), (told, self.server.faults())
        return told["data"]

    async def do(self, deed: str, takes: str, gives: str, **given: Any) -> Any:
        """The payload of a mutation that found nothing wrong with its input."""
        payload = await self.attempt(deed, takes, gives, **given)
        assert payload["userErrors"] == [], payload
        return payload

    async def attempt(self, deed: str, takes: str, gives: str, **given: Any) -> Any:
        """The payload of a mutation, whatever it says."""
        document = (
            f"mutation Do($input: {takes}!) {{ {deed}(input: $input) {{ {gives} userErrors {{ code }} }} }}"
        )
        return (await self.ask(document, input=given))[deed]

    async def redeem(
        self,
        *codes: str,
        cart: Any,
        key: str,
        customer: str | None = None,
        known: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """The payload of redeemVouchers; `customer` is the shop's own name for the buyer, who is `known` or new."""
        given = {"codes": [{"code": code} for code in codes], "cart": cart, "idempotencyKey": key, **more}
        if customer is not None:
            given["customer"] = {"upsert": {"sourceId": customer}}
        if known is not None:
            given["customer"] = {"sourceId": known}
        payload: dict[str, Any] = (await self.ask(_REDEEM, input=given))["redeemVouchers"]
        return payload


def a_cart(*prices: str, currency: str = "EUR", shipping: str = "0") -> dict[str, Any]:
    """A cart of single goods at these prices."""
    lines = [{"quantity": 1, "unitPrice": price, "sku": f"SKU-{place}"} for place, price in enumerate(prices)]
    return {"currency": currency, "lines": lines, "shipping": shipping}


def is_granted(payload: dict[str, Any]) -> bool:
    """Whether redeemVouchers granted; its input must have been right."""
    assert payload["userErrors"] == [], payload
    kind: str = payload["result"]["__typename"]
    return kind == "Redemption"


def reasons(payload: dict[str, Any]) -> list[str]:
    """The codes of the reasons of a refusal."""
    assert not is_granted(payload)
    return [reason["code"] for reason in payload["result"]["reasons"]]
