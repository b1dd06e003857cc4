"""The working book: each request sees what those before it consumed, and refusals consume nothing."""

from datetime import timedelta
from uuid import UUID

from app.engine.counter import CounterKey
from app.engine.facts import PastRedemptions
from app.engine.offer import CampaignStanding, Presented
from app.engine.rules.first_purchase import FirstPurchase
from app.ids import new_id
from app.redemptions.book import Book
from app.redemptions.counters import Gathered
from app.redemptions.needs import Asked
from tests.conftest import NOW
from tests.redemptions.shop import CART, offer

PROJECT, ADA = new_id(), new_id()
MAIN, CAMPAIGN = CampaignStanding(new_id(), "LIVE"), CampaignStanding(new_id(), "LIVE")


def _code(voucher: UUID, **limits: int) -> Presented:
    promise = offer(rule=FirstPurchase() if limits.pop("first", 0) else None, **limits)
    return Presented("CODE", voucher, campaign=CAMPAIGN, main=MAIN, offer=promise)


def test_what_is_granted_is_used_up_for_the_next() -> None:
    voucher = new_id()
    key = CounterKey("voucher", voucher)
    book = Book(Gathered({key: 3}))
    verdicts = [
        book.judge(PROJECT, [_code(voucher, per_voucher=5)], CART, None, NOW).granted for _ in range(4)
    ]
    assert verdicts == [True, True, False, False]
    assert (book.used, book.changed) == ({key: 5}, {key: PROJECT})


def test_a_refused_stack_uses_up_nothing() -> None:
    voucher = new_id()
    key = CounterKey("voucher", voucher)
    book = Book(Gathered({key: 0}))
    stack = [_code(voucher, per_voucher=5), Presented("NONE")]
    assert not book.judge(PROJECT, stack, CART, None, NOW).granted
    assert (book.used, book.changed) == ({key: 0}, {})


def test_a_past_grows_with_what_its_needs_speak_of() -> None:
    needs = {
        PastRedemptions(): 1,
        PastRedemptions(campaign=CAMPAIGN.id): 1,
        PastRedemptions(campaign=MAIN.id): 1,
        PastRedemptions(campaign=new_id()): 0,
        PastRedemptions(since=NOW): 1,
        PastRedemptions(since=NOW + timedelta(seconds=1)): 0,
    }
    book = Book(Gathered(answers={Asked(PROJECT, ADA, need): 0 for need in needs}))
    # Two codes of one request are one redemption.
    assert book.judge(PROJECT, [_code(new_id(), first=1), _code(new_id(), first=1)], CART, ADA, NOW).granted
    assert book._pasts[ADA] == needs
    assert not book.judge(PROJECT, [_code(new_id(), first=1)], CART, ADA, NOW).granted
