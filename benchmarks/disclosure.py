"""`python -m benchmarks.disclosure`: can somebody at a storefront's key tell by the time whether a code exists?

Codes that are unknown, another company's, used up, expired, disabled or of a paused campaign are all answered with one
text. Here each is asked for in turn, thousands of times over HTTP, in another order in every round, so that whatever
else the machine does falls on all of them alike. What counts is the difference to the unknown code of the same round.
"""

import argparse
import random
import secrets
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx

from app.campaigns.launch import pause
from app.database import close_database, execute, open_database
from app.engine.offer import Limits
from app.problem import Problems
from app.projects.keys import create_key
from app.projects.values import KeyDraft, KeyKind
from app.vouchers.mint import mint
from app.vouchers.values import MintOrder, VoucherKind
from benchmarks.deeds import REDEEM, shopper
from benchmarks.ground import Ground, prepared_ground
from benchmarks.loop import run
from benchmarks.server import Service, serving
from benchmarks.shop import found_shop, run_campaign
from benchmarks.table import number, table

UNKNOWN = "UNKNOWN"
KINDS = (UNKNOWN, "FOREIGN", "EXHAUSTED", "EXPIRED", "DISABLED", "PAUSED")
NOT_USABLE = "CODE_NOT_USABLE"

Times = Mapping[str, Sequence[float]]
"""Seconds of each round, by kind of code."""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3_000, help="each asks for every code (default 3000)")
    parser.add_argument("--folder", type=Path, default=Path("/tmp"), help="where to work (default /tmp)")
    options = parser.parse_args(arguments)
    with prepared_ground(options.folder) as ground:
        server_key, storefront_key = run(_open(ground))
        with serving(ground) as service:
            times = run(_ask(service, server_key, storefront_key, options.rounds))
        print(f"{ground.words}; {options.rounds} rounds\n")
    print(told(times))
    return 0


async def measured(
    ask: Callable[[str], Awaitable[object]], rounds: int, kinds: Sequence[str] = KINDS
) -> Times:
    """The times of all rounds; a tenth as many go before, for everybody to warm up."""
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    order, chance = list(kinds), random.Random(1)
    for turn in range(-rounds // 10, rounds):
        chance.shuffle(order)
        for kind in order:
            began = time.perf_counter()
            await ask(kind)
            taken = time.perf_counter() - began
            if turn >= 0:
                times[kind].append(taken)
    return times


def told(times: Times) -> str:
    """The table. "guessed right": how often who is shown both answers would pick the known code as the slower one."""
    head = ["code", "p10 µs", "p50 µs", "p90 µs", "slower by µs", "95 % between", "guessed right %"]
    rows = []
    for kind, own in times.items():
        ordered = sorted(own)
        row = [number(ordered[int(len(ordered) * share)] * 1e6) for share in (0.1, 0.5, 0.9)]
        if kind == UNKNOWN:
            rows.append([kind, *row, "-", "-", "-"])
            continue
        middle, low, high = difference(own, times[UNKNOWN])
        between = f"{low * 1e6:+.0f} … {high * 1e6:+.0f}"
        rows.append(
            [
                kind,
                *row,
                f"{middle * 1e6:+.0f}",
                between,
                number(guessed_right(own, times[UNKNOWN]) * 100, 1),
            ]
        )
    return table(head, rows)


def difference(own: Sequence[float], other: Sequence[float]) -> tuple[float, float, float]:
    """The median of what each round took longer, and its 95 % confidence interval.

    The interval is that of order statistics (W. J. Conover, Practical Nonparametric Statistics, 3.2): it supposes
    nothing about how times are spread.
    """
    longer = sorted(mine - its for mine, its in zip(own, other, strict=True))
    reach = 0.98 * sqrt(len(longer))
    low = max(0, int(len(longer) / 2 - reach))
    high = min(len(longer) - 1, int(len(longer) / 2 + reach))
    return median(longer), longer[low], longer[high]


def guessed_right(own: Sequence[float], other: Sequence[float]) -> float:
    """The share of all pairs in which the first took longer; 0.5 is what a coin would say."""
    ordered = sorted(other)
    wins = sum(bisect_left(ordered, mine) + bisect_right(ordered, mine) for mine in own)
    return wins / (2 * len(own) * len(other))


async def _open(ground: Ground) -> tuple[str, str]:
    """Two companies with their codes; the secrets of a server's key and of a storefront's."""
    await open_database(ground.credentials)
    try:
        project, key, secret = await found_shop()
        other, other_key, _ = await found_shop()
        await _code(other, other_key, "FOREIGN", Limits())
        campaigns = {kind: await _code(project, key, kind, Limits(per_voucher=1)) for kind in KINDS[2:]}
        await execute("UPDATE vouchers SET expires_at = now() WHERE code = $1", typed("EXPIRED"))
        await execute("UPDATE vouchers SET enabled = false WHERE code = $1", typed("DISABLED"))
        await pause(project, campaigns["PAUSED"], datetime.now(UTC))
        made = await create_key(project, KeyDraft(KeyKind.STOREFRONT, "Shop window"), datetime.now(UTC))
        assert not isinstance(made, Problems), made
        return secret, made.secret
    finally:
        await close_database()


async def _code(project: UUID, key: UUID, kind: str, limits: Limits) -> UUID:
    campaign = await run_campaign(project, kind.title(), limits, key)
    order = MintOrder(codes=(typed(kind),), kind=VoucherKind.GENERIC)
    made = await mint(project, campaign, order, datetime.now(UTC))
    assert not isinstance(made, Problems), made
    return campaign


def typed(kind: str) -> str:
    """The code of that kind; all are equally long, for a longer one takes longer to send."""
    return kind.ljust(9, "X")


async def _ask(service: Service, server_key: str, storefront_key: str, rounds: int) -> Times:
    base = f"http://127.0.0.1:{service.port}"
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:

        async def send(secret: str, query: str, variables: object) -> str:
            answer = await client.post(
                "/graphql",
                json={"query": query, "variables": variables},
                headers={"Authorization": f"Bearer {secret}"},
            )
            return answer.text

        spent = REDEEM.variables(typed("EXHAUSTED"), secrets.token_hex(8), shopper(1))
        text = await send(server_key, REDEEM.document, spent)
        assert REDEEM.granted in text, text
        for kind in KINDS:
            text = await send(storefront_key, _QUESTION, _variables(typed(kind)))
            assert NOT_USABLE in text, text
        return await measured(lambda kind: send(storefront_key, _QUESTION, _variables(typed(kind))), rounds)


_QUESTION = """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) {
  evaluation { granted verdicts { granted reasons { code message remedy } } } userErrors { code }
} }"""


def _variables(code: str) -> dict[str, object]:
    """The question about a code; it is the same for all."""
    cart = {"currency": "EUR", "lines": [{"unitPrice": "100"}]}
    return {"input": {"codes": [{"code": code}], "cart": cart}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
