"""The root fields about partners, pools and demand that was turned away: a part of root_fields.py."""

from tests.graphql_schema.attempts import NO_ITEMS, Attempt, deed, one
from tests.graphql_schema.things import Things

_DEMAND = """query ($filter: DemandFilter) {
  recoverableDemand(
    range: { from: "2026-05-20T00:00:00Z", to: "2026-06-20T00:00:00Z" }, filter: $filter
  ) { attempts }
}"""


def partner_queries(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Query about them."""
    return {
        "partner": [one("partner", "id", "ID!", of.partner)],
        "pools": [Attempt("{ pools { totalCount nodes { id } } }", {}, NO_ITEMS)],
        "recoverableDemand": [
            Attempt(_DEMAND, {"filter": given}, {"attempts": 0})
            for given in ({}, {"partner": of.partner}, {"campaign": {"id": of.campaign}})
        ],
        "partners": [Attempt("{ partners { totalCount nodes { id } } }", {}, NO_ITEMS)],
    }


def partner_mutations(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Mutation about them."""
    return {
        "createPool": [deed("createPool", {"name": "Mine"})],
        "addPoolCodes": [deed("addPoolCodes", {"pool": of.pool, "codes": ["A"]}, "NOT_FOUND")],
        "createPartner": [deed("createPartner", {"name": "Mine"})],
        "updatePartner": [deed("updatePartner", {"partner": of.partner, "name": "Mine"}, "NOT_FOUND")],
    }
