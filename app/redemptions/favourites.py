"""Favourite categories of customers: of which they bought most, net of what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.database import fetch, statement

MOST_FAVOURITES = 20

_FAVOURITES = statement(__package__, "favourites.sql")


class CategoryRank(Enum):
    """By what categories are ranked; the value says whether the number of units goes first."""

    AMOUNT = False
    QUANTITY = True


@dataclass(frozen=True, slots=True)
class FavouriteCategory:
    """What a customer bought of a category and kept: units, and what was paid for them.

    `amounts` are minor units for each currency, in alphabetical order: prices less the discount on these lines.
    """

    category: str
    units: int
    amounts: tuple[tuple[str, int], ...]


async def favourites_of(
    project: UUID,
    customers: Sequence[UUID],
    most: int,
    currency: str,
    rank: CategoryRank = CategoryRank.AMOUNT,
) -> dict[UUID, tuple[FavouriteCategory, ...]]:
    """The first `most` categories of those who bought any, the favourite first; one statement.

    Ranked by what was paid in the `currency`, then by units, or the other way round, then by name.
    """
    found: dict[UUID, list[FavouriteCategory]] = {}
    for row in await fetch(_FAVOURITES, project, list(customers), most, currency, rank.value):
        amounts = tuple(zip(row["currencies"], map(int, row["amounts"]), strict=True))
        one = FavouriteCategory(row["category"], int(row["units"]), amounts)
        found.setdefault(row["customer_id"], []).append(one)
    return {customer: tuple(own) for customer, own in found.items()}
