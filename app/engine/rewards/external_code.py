"""external_code: somebody else's code, such as a cinema's, out of a pool that was filled beforehand.

The code is set aside when the redemption is held and told when it is consumed; a hold that ends gives it back to the
pool. What was told once is never given to anybody else, whatever becomes of the redemption.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.engine.facts import FreeCodes, Need, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.json_data import JSONValue
from app.engine.reason import Reason
from app.engine.shelf import rewards
from app.engine.unit import GivesMore, says


@rewards.add
@dataclass(frozen=True, slots=True)
class ExternalCode(GivesMore):
    """A code that is good somewhere else is given out of a pool."""

    pool: UUID = field(metadata=says("The pool that the code is taken from.", of="pool"))

    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "external_code",
        "pool": "01890a5d-ac96-774b-bcce-b302099a8057",
    }

    @property
    def needs(self) -> frozenset[Need]:
        """How many codes are free."""
        return frozenset({FreeCodes(self.pool)})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """POOL_EMPTY when all codes have been given away."""
        if situation.facts.pools.get(self.pool, 0) > 0:
            return ()
        return (Reason("POOL_EMPTY", "All of these have been given away.", subject="offer.reward.pool"),)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """Nothing: the code is good somewhere else."""
        return (0,) * len(remaining)

    def gifts(self, situation: Situation, discount: int) -> tuple[Gift, ...]:
        """One code."""
        return (Gift(GiftKind.EXTERNAL_CODE, self.pool, 1),)
