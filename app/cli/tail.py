"""`tearoff tail`: redemptions and rejected redemptions in a terminal, as they happen."""

import asyncio
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Annotated, Any  # events are the JSON of the documents below

import typer
from rich.markup import escape

from app.cli.following import Connected, Follower, Lost, Told
from app.cli.house import err, out
from app.cli.options import Key, Url, service

_WHERE = "channel redemptionPoint customer { name sourceId }"

FEEDS = {
    "redemptions": f"""
subscription Redemptions($after: Cursor) {{
  redemptions(after: $after) {{
    cursor
    event {{
      at rolledBack
      rollback {{ refund {{ amount }} reason }}
      redemption {{
        {_WHERE}
        discount {{ amount currency }} total {{ amount }} vouchers {{ code }}
      }}
    }}
  }}
}}""",
    "rejectedRedemptions": f"""
subscription RejectedRedemptions($after: Cursor) {{
  rejectedRedemptions(after: $after) {{
    cursor
    event {{ at rejectedRedemption {{ {_WHERE} codes {{ code }} reasons {{ message }} }} }}
  }}
}}""",
}

_CODES_WIDTH = 24


def tail(
    url: Url = None,
    key: Key = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many lines.")] = None,
) -> None:
    """Show redemptions and refusals live; Ctrl-C ends it.

    After a lost connection it goes on where it was, and leaves nothing out.
    """
    where, with_key = service(url, key)
    with suppress(KeyboardInterrupt):
        asyncio.run(_tail(where, with_key, limit))


async def _tail(url: str, key: str, limit: int | None) -> None:
    shown = 0
    async with aclosing(Follower(url, key, FEEDS).follow()) as happenings:
        async for happening in happenings:
            match happening:
                case Told(feed, event):
                    out.print(refusal(event) if feed == "rejectedRedemptions" else redemption(event))
                    shown += 1
                    if shown == limit:
                        return
                case Lost(seconds):
                    err.print(f"[yellow]The connection is lost; trying again in {seconds:g} seconds.[/]")
                case Connected(again=True):
                    err.print("[green]Connected again; nothing is left out.[/]")
                case Connected():
                    err.print(f"[dim]Connected to {escape(url)}[/]")


def redemption(event: dict[str, Any]) -> str:
    """The line of a redemption or a rollback."""
    told, back = event["redemption"], event["rollback"]
    discount, total = told["discount"], told["total"]["amount"]
    if event["rolledBack"]:
        # Events of old tell only that it was rolled back.
        refund = f", {back['refund']['amount']} {discount['currency']} refunded" if back else ""
        reason = f"  {escape(back['reason'])}" if back and back["reason"] else ""
        result = f"[yellow]rolled back{refund}[/]{reason}"
        return _line(event, "[yellow]↺[/]", told, result)
    result = f"[green]−{discount['amount']} {discount['currency']}[/], {total} to pay"
    return _line(event, "[green]✓[/]", told, result)


def refusal(event: dict[str, Any]) -> str:
    """The line of a rejected redemption, with all its reasons."""
    told = event["rejectedRedemption"]
    reasons = escape(" ".join(reason["message"] for reason in told["reasons"]))
    return _line(event, "[red]✗[/]", told, f"[red]{reasons}[/]")


def _line(event: dict[str, Any], sign: str, told: dict[str, Any], result: str) -> str:
    at = datetime.fromisoformat(event["at"]).astimezone()
    codes = " + ".join(one["code"] for one in told.get("vouchers") or told["codes"])
    customer = told["customer"] or {}
    who = customer.get("name") or customer.get("sourceId") or "somebody"
    where = told["redemptionPoint"] or told["channel"]
    return (
        f"[dim]{at:%H:%M:%S}[/] {sign} [bold]{escape(f'{codes:<{_CODES_WIDTH}}')}[/] {result}"
        f"  [dim]{escape(who)}, {escape(where)}[/]"
    )
