"""The sample shop's past purchases, made at the real till with its clock set back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.problem import Problems
from app.projects.admit import Caller
from app.projects.values import KeyKind, Project
from app.redemptions.requests import CustomerRef, RedeemRequest
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from app.sample.history import Attempt
from app.sample.people import source_id
from app.sample.promotions import STACKING


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop's project, and the ids of the keys that its server and its till come with."""

    project: Project
    server: UUID
    merchant: UUID
    point: str

    def caller(self, in_store: bool) -> Caller:
        """Who is asking, as a key would be admitted."""
        project = self.project
        return Caller(
            project=project.id,
            project_name=project.name,
            time_zone=project.time_zone,
            currency=project.currency,
            case_sensitive_codes=project.case_sensitive_codes,
            key=self.merchant if in_store else self.server,
            kind=KeyKind.MERCHANT if in_store else KeyKind.SERVER,
            key_name="Sample",
            redemption_point=self.point if in_store else None,
            customer=None,
            creates_projects=False,
            stacking=STACKING,
        )


class _Clock:
    """Shows the moment it is set to."""

    def __init__(self) -> None:
        self.shows = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.shows


async def replay(
    shop: Shop, attempts: Sequence[Attempt], codes: Mapping[int, str], tell: Callable[[int, int], None]
) -> None:
    """Let the attempts happen, one after the other, at their moments.

    `codes` are the welcome codes by customer number. What has happened already does not happen again.
    """
    clock = _Clock()
    till = Till(clock=clock)
    await till.start()
    try:
        for done, attempt in enumerate(attempts):
            tell(done, len(attempts))
            clock.shows = attempt.at
            await _happen(shop, till, attempt, codes)
    finally:
        await till.close()
    tell(len(attempts), len(attempts))


async def _happen(shop: Shop, till: Till, attempt: Attempt, codes: Mapping[int, str]) -> None:
    key = f"sample shop, attempt {attempt.number}"
    caller = shop.caller(attempt.in_store)
    customer = None if attempt.customer is None else CustomerRef(source_id=source_id(attempt.customer))
    request = RedeemRequest(
        caller=caller,
        codes=tuple(code if isinstance(code, str) else codes[code] for code in attempt.codes),
        cart=attempt.cart,
        customer=customer,
        channel="store" if attempt.in_store else attempt.channel,
        metadata={"order": f"K-{10_000 + attempt.number}"},
        idempotency_key=key,
    )
    answer = await till.redeem(request)
    if isinstance(answer, Problems):
        raise RuntimeError(f"the till of the sample shop was asked something impossible: {answer.all[0]}")
    if attempt.returned_after is not None and isinstance(answer.outcome, Redemption):
        await roll_back(
            shop.project.id,
            answer.outcome.id,
            now=attempt.at + attempt.returned_after,
            reason="Returned: the wrong size.",
            idempotency_key=key,
        )
