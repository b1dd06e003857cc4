"""What is measured: two deeds, each on three kinds of codes, and the requests that ask for them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

SHOPPERS = 1_000
CODE, KEY, SHOPPER = "@CODE@", "@KEY@", "@SHOPPER@"
"""What stands in a body where each request differs."""

MONEY = "{ amount currency }"
_VALIDATE = f"""mutation Validate($input: ValidateVouchersInput!) {{
  validateVouchers(input: $input) {{
    userErrors {{ path code message }}
    evaluation {{
      granted subtotal {MONEY} discount {MONEY} total {MONEY}
      verdicts {{ code granted discount {MONEY} reasons {{ code message }} }}
      cart {{ lines {{ sku discount {MONEY} }} }}
    }}
  }}
}}"""
_REDEEM = f"""mutation Redeem($input: RedeemVouchersInput!) {{
  redeemVouchers(input: $input) {{
    replayed userErrors {{ path code message }}
    result {{
      __typename
      ... on Redemption {{
        id createdAt subtotal {MONEY} discount {MONEY} total {MONEY}
        vouchers {{ code discount {MONEY} }}
        cart {{ lines {{ sku discount {MONEY} }} }}
      }}
      ... on RejectedRedemption {{ id reasons {{ code message }} }}
    }}
  }}
}}"""
CART: dict[str, Any] = {
    "currency": "EUR",
    "shipping": "4.90",
    "lines": [
        {
            "sku": "TS-001-M",
            "name": "T-shirt, organic",
            "quantity": 2,
            "unitPrice": "19.90",
            "categories": ["tops"],
        },
        {
            "sku": "JE-117-32",
            "name": "Jeans, straight",
            "quantity": 1,
            "unitPrice": "79.00",
            "categories": ["jeans"],
        },
        {
            "sku": "SO-042",
            "name": "Socks, pack of five",
            "quantity": 3,
            "unitPrice": "9.95",
            "categories": ["socks"],
        },
        {"sku": "CA-300", "name": "Cap", "quantity": 1, "unitPrice": "14.00", "categories": ["accessories"]},
    ],
}


class DeedName(StrEnum):
    """The two deeds of the till."""

    VALIDATE = "validate"
    REDEEM = "redeem"


@dataclass(frozen=True, slots=True)
class Deed:
    """An operation, and the bytes by which a granting answer is known."""

    name: DeedName
    document: str
    granted: str

    def variables(self, code: str, key: str, shopper: str) -> dict[str, Any]:
        """The variables of one request."""
        given: dict[str, Any] = {"codes": [{"code": code}], "cart": CART, "customer": {"sourceId": shopper}}
        if self.name is DeedName.REDEEM:
            given |= {"idempotencyKey": key, "channel": "web"}
        return {"input": given}

    def body(self) -> str:
        """The request's body, with marks where requests differ."""
        variables = self.variables(CODE, KEY, SHOPPER)
        return orjson.dumps({"query": self.document, "variables": variables}).decode()


VALIDATE = Deed(DeedName.VALIDATE, _VALIDATE, '"evaluation":{"granted":true')
REDEEM = Deed(DeedName.REDEEM, _REDEEM, '"__typename":"Redemption"')
DEEDS = (VALIDATE, REDEEM)


@dataclass(frozen=True, slots=True)
class Codes:
    """Numbered codes: `prefix` and seven digits from 1 to `count`. `scope` tells what is counted of them: the uses of
    each "voucher", of their "campaign", "none"; or the discounts of their campaign, against a "budget"."""

    name: str
    prefix: str
    count: int
    scope: str

    def code(self, number: int) -> str:
        """The code of that number; all of one kind are equally long."""
        return f"{self.prefix}{number:07d}"


def kinds_of_codes(vouchers: int) -> tuple[Codes, ...]:
    """Unique codes, each with a limit of its own; one generic code for all; one whose campaign has a limit."""
    return (
        Codes("spread", "SPREAD", vouchers, "voucher"),
        Codes("hot", "HOT", 1, "none"),
        Codes("limited", "LIMITED", 1, "campaign"),
    )


def shopper(number: int) -> str:
    """The source id of the customer of that number."""
    return f"shopper-{number:07d}"
