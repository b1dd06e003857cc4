"""The root fields about what fits a shopper and a cart, with valid arguments that name things of one project."""

from tests.graphql_schema.attempts import ANYTHING, Attempt
from tests.graphql_schema.shop import a_cart
from tests.graphql_schema.things import Things

_WALLET = "query ($c: CustomerRef, $cart: CartInput) { wallet(customer: $c, cart: $cart) { __typename } }"
_LISTED = "query ($cart: CartInput!) { offers(cart: $cart) { worth { amount } } }"
_OFFERS = """query ($c: CustomerRef, $cart: CartInput!) {
  offers(customer: $c, cart: $cart, includeUnlisted: true) { code }
}"""
_BEST = """query ($c: CustomerRef, $cart: CartInput!, $codes: [CodeInput!]) {
  bestCombination(customer: $c, cart: $cart, codes: $codes) { codes }
}"""


def fit_queries(of: Things) -> dict[str, list[Attempt]]:
    """wallet, offers and bestCombination."""
    refs = [{"id": of.customer}, {"sourceId": of.source_id}]
    cart = a_cart()
    return {
        "wallet": [Attempt(_WALLET, {"c": ref, "cart": cart}) for ref in refs],
        "offers": [
            Attempt(_LISTED, {"cart": cart}, ANYTHING),
            *[Attempt(_OFFERS, {"c": ref, "cart": cart}, []) for ref in refs],
        ],
        "bestCombination": [
            Attempt(_BEST, {"cart": cart, "codes": [{"code": of.code}]}, {"codes": []}),
            *[Attempt(_BEST, {"c": ref, "cart": cart}, {"codes": []}) for ref in refs],
        ],
    }
