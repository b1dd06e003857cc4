"""Somebody else's code out of a pool."""

from uuid import UUID

from app.engine.facts import Facts, FreeCodes, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.reason import Reason
from app.engine.rewards.external_code import ExternalCode
from app.engine.shelf import rewards
from tests.engine.shop import cart, situation

POOL = UUID(int=30)
REWARD = ExternalCode(POOL)


def seen(free: dict[UUID, int]) -> Situation:
    before = situation(cart(1000))
    return Situation(before.cart, Facts(pools=free), before.now, before.zone)


def test_a_code_is_given_while_there_are_some_whoever_asks() -> None:
    at = seen({POOL: 1})
    assert REWARD.refusals(at) == ()
    assert REWARD.discount(at, (1000,)) == (0,)
    assert REWARD.gifts(at, 0) == (Gift(GiftKind.EXTERNAL_CODE, POOL, 1),)


def test_an_empty_pool_gives_nothing_and_neither_does_one_that_is_not_there() -> None:
    empty = Reason("POOL_EMPTY", "All of these have been given away.", subject="offer.reward.pool")
    assert REWARD.refusals(seen({POOL: 0})) == (empty,)
    assert REWARD.refusals(seen({})) == (empty,)


def test_it_needs_the_number_of_free_codes_and_comes_back_from_json() -> None:
    assert REWARD.needs == {FreeCodes(POOL)}
    assert rewards.from_json(rewards.to_json(REWARD)) == REWARD
