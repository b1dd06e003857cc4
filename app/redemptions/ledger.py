"""The ledger of a batch: rows collected one by one, written in one statement with their events."""

from collections.abc import Iterable
from datetime import datetime

import orjson

from app.database import Connection, columns, statement
from app.engine.json_data import JSONValue
from app.events.kinds import EventKind
from app.idempotency import REDEMPTION, REJECTED_REDEMPTION
from app.ids import new_id
from app.redemptions.book import Book
from app.redemptions.counters import counter_id
from app.redemptions.gifts import credits_of
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.ticket import Ticket
from app.redemptions.values import Redemption, RedemptionState
from app.wallets.postings import Deed, Movement

_WRITE = statement(__package__, "write.sql")

_Row = tuple[object, ...]  # the columns of one row, in the order of its type in the database


class Ledger:
    """What a batch will have written at `now`; nothing is sent before `write`.

    `movements` are what its redemptions take from balances.
    """

    def __init__(self, now: datetime) -> None:
        self.movements: list[Movement] = []
        self._now = now
        self._answers: list[_Row] = []
        self._granted: list[_Row] = []
        self._granted_codes: list[_Row] = []
        self._rejected: list[_Row] = []
        self._rejected_codes: list[_Row] = []

    def enter(self, ticket: Ticket, outcome: Redemption | RejectedRedemption) -> None:
        """Enter what became of a request."""
        if isinstance(outcome, Redemption):
            held = outcome.state is RedemptionState.HELD
            kind, event = REDEMPTION, EventKind.REDEMPTION_HELD if held else EventKind.REDEMPTION_GRANTED
            self._enter_redemption(ticket, outcome)
        else:
            kind, event = REJECTED_REDEMPTION, EventKind.REDEMPTION_REJECTED
            self._enter_rejected(ticket, outcome)
        payload = orjson.dumps(outcome.to_json(orjson.Fragment(_cart_json(ticket, outcome))))
        self._answers.append(
            (
                ticket.key,
                ticket.project,
                ticket.deed,
                ticket.key_text,
                ticket.request_hash,
                kind,
                outcome.id,
                event.value,
                payload.decode(),
            )
        )

    async def write(self, connection: Connection, book: Book) -> None:
        """Write everything, with the counters that moved in `book`; one statement, or none for an empty ledger."""
        if not self._answers:
            return
        counted = [(counter_id(project, key), book.used[key]) for key, project in book.changed.items()]
        await connection.execute(
            _WRITE,
            self._now,
            self._answers,
            *columns(counted, 2),
            self._granted,
            self._granted_codes,
            self._rejected,
            self._rejected_codes,
        )

    def _enter_redemption(self, ticket: Ticket, outcome: Redemption) -> None:
        project = ticket.project
        deed = Deed.HOLD if outcome.state is RedemptionState.HELD else Deed.SPEND
        self._granted.append(
            (
                outcome.id,
                project,
                outcome.customer_id,
                outcome.currency,
                outcome.subtotal,
                outcome.shipping,
                outcome.discount,
                _array(outcome.line_discounts),
                outcome.shipping_discount,
                _cart_json(ticket, outcome),
                outcome.channel,
                outcome.redemption_point,
                outcome.key_id,
                ticket.metadata_json,
                outcome.state.value,
                outcome.expires_at,
                _json(outcome.facts),
                _json([code.to_json() for code in outcome.skipped]),
            )
        )
        for voucher in outcome.vouchers:
            if voucher.spent and voucher.spent_unit is not None:
                self.movements.append(
                    Movement(project, voucher.voucher_id, voucher.spent_unit, voucher.spent, deed, outcome.id)
                )
            if voucher.gifts and outcome.state is RedemptionState.REDEEMED:
                self.movements += credits_of(project, outcome.id, voucher.gifts)
            self._granted_codes.append(
                (
                    new_id(),
                    project,
                    outcome.id,
                    voucher.position,
                    voucher.voucher_id,
                    voucher.campaign_id,
                    voucher.main_campaign_id,
                    outcome.customer_id,
                    voucher.offer_version,
                    voucher.code,
                    voucher.discount,
                    _array(voucher.line_discounts),
                    voucher.shipping_discount,
                    voucher.spent,
                    voucher.spent_unit,
                    _json([gift.to_json() for gift in voucher.gifts]),
                    voucher.partner_id,
                    voucher.category,
                    voucher.reward,
                )
            )

    def _enter_rejected(self, ticket: Ticket, outcome: RejectedRedemption) -> None:
        project = ticket.project
        self._rejected.append(
            (
                outcome.id,
                project,
                outcome.customer_id,
                outcome.currency,
                outcome.subtotal,
                outcome.shipping,
                ticket.cart_json,
                outcome.channel,
                outcome.redemption_point,
                outcome.key_id,
                ticket.metadata_json,
                _array(dict.fromkeys(reason.code for reason in outcome.reasons)),
                _json(outcome.facts),
            )
        )
        for voucher in outcome.vouchers:
            self._rejected_codes.append(
                (
                    new_id(),
                    project,
                    outcome.id,
                    voucher.position,
                    voucher.code,
                    voucher.voucher_id,
                    voucher.campaign_id,
                    voucher.main_campaign_id,
                    voucher.offer_version,
                    orjson.dumps([reason.to_json() for reason in voucher.reasons]).decode(),
                    voucher.partner_id,
                    voucher.category,
                    voucher.reward,
                )
            )


def _cart_json(ticket: Ticket, outcome: Redemption | RejectedRedemption) -> str:
    """The cart as it is kept: as it was sent, unless a reward has put something into it."""
    if outcome.cart is ticket.request.cart:
        return ticket.cart_json
    return orjson.dumps(outcome.cart.to_json(), option=orjson.OPT_SORT_KEYS).decode()


def _json(data: JSONValue) -> str | None:
    """What is mostly nothing, and then not written."""
    return orjson.dumps(data).decode() if data else None


def _array(values: Iterable[object]) -> str:
    """A PostgreSQL array of numbers or codes, as text: unnest cannot hand out arrays of different lengths."""
    return "{" + ",".join(map(str, values)) + "}"
