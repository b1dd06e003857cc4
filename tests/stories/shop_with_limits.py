"""What the shop under load sells: codes of several campaigns with every kind of limit, small enough to bite."""

from tests.stories.shop import TEN_PER_CENT, Shop

# How often at most, by code, campaign or main campaign; "customer of" a campaign: each of them.
LIMITS = {"FEW": 40, "Town": 60, "The year": 90, "customer of Club": 5}
SAVED = 150_00  # the most that may be taken off by codes of the campaign Saver, in cents
GIVEN = 2_000_00  # what is on the gift voucher, in cents
LIMITS |= {"discount of Saver": SAVED, "spent of GIFT": GIVEN}
CODES = (
    *("FEW", "OPEN", "SAVER-1", "SAVER-2", "GIFT", "CLUB-A", "CLUB-B"),
    *("JULY-1", "JULY-2", "AUGUST-1", "AUGUST-2"),
    *(f"TOWN-{number}" for number in range(6)),
)


async def stocked(shop: Shop) -> None:
    """Give the shop its campaigns and codes."""
    await shop.code(await shop.campaign("Few"), "FEW", maxRedemptions=LIMITS["FEW"])
    await shop.code(await shop.campaign("Open"), "OPEN")
    # Whoever confirms for a smaller cart does not qualify any more.
    rule = {"minimumSpend": {"amount": {"amount": "30.00", "currency": "EUR"}}}
    await shop.code(
        await shop.campaign("Town", offer=TEN_PER_CENT | {"rule": rule}, maxRedemptions=LIMITS["Town"]),
        *(f"TOWN-{number}" for number in range(6)),
    )
    each = {"limits": {"perCustomer": LIMITS["customer of Club"]}}
    await shop.code(await shop.campaign("Club", offer=TEN_PER_CENT | each), "CLUB-A", "CLUB-B")
    saved = {"most": {"discount": {"amount": str(SAVED / 100), "currency": "EUR"}}}
    await shop.code(await shop.campaign("Saver", budgets=[saved]), "SAVER-1", "SAVER-2")
    await shop.code(await shop.campaign("Gift", offer={"reward": {"giftBalance": {}}}), "GIFT")
    await shop.caller.do(
        *("adjustBalance", "AdjustBalanceInput", "voucher { id }"),
        voucher={"code": "GIFT"},
        amount={"money": {"amount": str(GIVEN / 100), "currency": "EUR"}},
        idempotencyKey="gift",
    )
    main = await shop.campaign("The year", isMain=True, maxRedemptions=LIMITS["The year"])
    for month in ("July", "August"):
        campaign = await shop.campaign(month, mainCampaign={"id": main})
        await shop.code(campaign, *(f"{month.upper()}-{number}" for number in (1, 2)))
