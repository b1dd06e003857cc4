"""What is redeemed at a running server shows in its reports a moment later, and the cursor tells up to where."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.events.conftest import eventually
from tests.open_shop import OpenShop

REPORT = """query ($range: ReportPeriodInput!) {
  report(range: $range, filter: { channel: "api", currency: "EUR" }) {
    cursor groups { total { redemptions rejectedRedemptions } }
  }
}"""


async def told(shop: OpenShop) -> tuple[str, int, int]:
    """The cursor, and how many were redeemed and refused yesterday, today and tomorrow."""
    now = datetime.now(UTC)
    days = {"from": (now - timedelta(days=1)).isoformat(), "to": (now + timedelta(days=1)).isoformat()}
    report: Any = (await shop.ask(REPORT, range=days))["report"]
    [total] = [group["total"] for group in report["groups"]] or [{"redemptions": 0, "rejectedRedemptions": 0}]
    return report["cursor"], total["redemptions"], total["rejectedRedemptions"]


async def test_a_redemption_and_a_refusal_are_in_the_next_reports(open_shop: OpenShop) -> None:
    _, redeemed, refused = await told(open_shop)
    assert await open_shop.redeem("SUMMER10", "100.00") == "Redemption"
    assert await open_shop.redeem("NOBODY-MINTED-THIS", "100.00") == "RejectedRedemption"

    async def both_are_there() -> bool:
        _, now_redeemed, now_refused = await told(open_shop)
        return (now_redeemed - redeemed, now_refused - refused) == (1, 1)

    await eventually(both_are_there, every=0.05)
