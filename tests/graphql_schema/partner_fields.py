"""The root fields about partners and pools, for the tests of the walls: a part of root_fields.py."""

from tests.graphql_schema.attempts import NO_ITEMS, Attempt, deed, one
from tests.graphql_schema.things import Things


def partner_queries(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Query about partners and pools."""
    return {
        "partner": [one("partner", "id", "ID!", of.partner)],
        "pools": [Attempt("{ pools { totalCount nodes { id } } }", {}, NO_ITEMS)],
        "partners": [Attempt("{ partners { totalCount nodes { id } } }", {}, NO_ITEMS)],
    }


def partner_mutations(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Mutation about partners and pools."""
    return {
        "createPool": [deed("createPool", {"name": "Mine"})],
        "addPoolCodes": [deed("addPoolCodes", {"pool": of.pool, "codes": ["A"]}, "NOT_FOUND")],
        "createPartner": [deed("createPartner", {"name": "Mine"})],
        "updatePartner": [deed("updatePartner", {"partner": of.partner, "name": "Mine"}, "NOT_FOUND")],
    }
