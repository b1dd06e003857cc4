"""What the shop under load sells: codes of several campaigns with every kind of limit, small enough to bite."""

from tests.stories.shop import TEN_PER_CENT, Shop

# How often at most, by code, campaign or main campaign; "customer of" a campaign: each of them.
LIMITS = {"FEW": 40, "Town": 60, "The year": 90, "customer of Club": 5}
CODES = (
    *("FEW", "OPEN", "CLUB-A", "CLUB-B", "JULY-1", "JULY-2", "AUGUST-1", "AUGUST-2"),
    *(f"TOWN-{number}" for number in range(6)),
)


async def stocked(shop: Shop) -> None:
    """Give the shop its campaigns and codes."""
    await shop.code(await shop.campaign("Few"), "FEW", maxRedemptions=LIMITS["FEW"])
    await shop.code(await shop.campaign("Open"), "OPEN")
    await shop.code(
        await shop.campaign("Town", maxRedemptions=LIMITS["Town"]),
        *(f"TOWN-{number}" for number in range(6)),
    )
    each = {"limits": {"perCustomer": LIMITS["customer of Club"]}}
    await shop.code(await shop.campaign("Club", offer=TEN_PER_CENT | each), "CLUB-A", "CLUB-B")
    main = await shop.campaign("The year", isMain=True, maxRedemptions=LIMITS["The year"])
    for month in ("July", "August"):
        campaign = await shop.campaign(month, mainCampaign={"id": main})
        await shop.code(campaign, *(f"{month.upper()}-{number}" for number in (1, 2)))
