"""A ticket: a redeem request made ready for its batch while the batch before it waits for the database.

Whatever PostgreSQL would refuse later, when a whole batch would have to be undone for it, is refused here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from uuid import UUID

import orjson

from app import door
from app.customers.values import CustomerInput
from app.engine.cart import Cart
from app.engine.json_data import JSONValue
from app.engine.money import LARGEST, Money
from app.engine.occasion import Occasion
from app.idempotency import HOLD, LONGEST_KEY, REDEEM, key_id
from app.ids import new_id
from app.problem import Problem, Problems
from app.projects.admit import Caller
from app.projects.values import KeyKind
from app.redemptions.requests import CustomerRef, RedeemRequest, Take
from app.unset import UNSET
from app.vouchers.codes import LONGEST_CODE, normalise

MOST_CODES = 30
MOST_CART_BYTES = 64 * 1024
SHORTEST_HOLD, LONGEST_HOLD = timedelta(seconds=1), timedelta(days=7)
# Somebody behind a browser must not keep a scarce code from everybody else for a week.
LONGEST_HOLD_OF_A_SHOPPER = timedelta(hours=1)

CustomerGiven = CustomerRef | CustomerInput | None

# A NUL in JSON is written \u0000; with an even number of backslashes before it, it is only text about one.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request with everything about it that needs no database. `deed` is what its key is for: REDEEM or HOLD.

    `code_keys` are its codes as they are looked up. `customer` and `redemption_point` are what counts after the
    caller's own; `cart_json` and `metadata_json` are ready to be stored. `key` names the idempotency key's row.
    """

    request: RedeemRequest
    project: UUID
    code_keys: tuple[str, ...]
    customer: CustomerGiven
    redemption_point: str | None
    cart_json: str
    metadata_json: str
    deed: str
    key: UUID
    key_text: str
    request_hash: bytes

    @property
    def occasion(self) -> Occasion:
        """Where and through what the codes are presented."""
        request = self.request
        return occasion_of(request.caller, request.channel, request.redemption_point, request.metadata)


def write_ticket(request: RedeemRequest) -> Ticket | Problems:
    """The ticket of a request, or everything that is wrong with it.

    Codes: NO_CODES, TOO_MANY_CODES, REQUIRED, TOO_LONG, INVALID_TEXT, INVALID_METADATA, REDEMPTION_POINT_OF_KEY,
    OUT_OF_RANGE (what to take from a balance, how long to hold) and those of `customer_problems`.
    """
    caller = request.caller
    cart_json = _json(request.cart)
    found = (
        *code_problems(request.codes, may_be_none=request.promotions),
        *customer_problems(caller, request.customer),
        *_problems_of(cart_json),
        *occasion_problems(caller, request.channel, request.redemption_point, request.metadata),
        *door.text(("idempotency_key",), request.idempotency_key, LONGEST_KEY, shortest=1),
        *take_problems(request.takes),
        *_hold_problems(caller, request.hold_for),
    )
    if found or cart_json is None:
        return Problems(found)
    metadata_json = orjson.dumps(request.metadata, option=orjson.OPT_SORT_KEYS)
    deed = REDEEM if request.hold_for is None else HOLD
    customer = customer_of(caller, request.customer)
    point = _point_of(caller, request.redemption_point)
    # Without a key of the caller's own, one that nobody can guess makes a redone batch exact all the same.
    key_text = request.idempotency_key if request.idempotency_key is not None else new_id().hex
    return Ticket(
        request=request,
        project=caller.project,
        code_keys=code_keys(caller, request.codes),
        customer=customer,
        redemption_point=point,
        cart_json=cart_json.decode(),
        metadata_json=metadata_json.decode(),
        deed=deed,
        key=key_id(caller.project, deed, key_text, shopper=caller.customer, point=caller.redemption_point),
        key_text=key_text,
        request_hash=_hash(request, customer, point, cart_json, metadata_json),
    )


def code_problems(codes: Sequence[str], *, may_be_none: bool = False) -> tuple[Problem, ...]:
    """1 to 30 codes of 1 to 64 characters, and none if promotions may take part by themselves.

    Codes: NO_CODES, TOO_MANY_CODES, REQUIRED, TOO_LONG, INVALID_TEXT.
    """
    if not codes and not may_be_none:
        return (Problem(("codes",), "NO_CODES", "Give at least one code."),)
    if len(codes) > MOST_CODES:
        return (Problem(("codes",), "TOO_MANY_CODES", f"Give at most {MOST_CODES} codes at once."),)
    found: list[Problem] = []
    for place, code in enumerate(codes):
        found += door.text(("codes", str(place)), code, LONGEST_CODE, shortest=1)
    return tuple(found)


def take_problems(takes: Sequence[Take]) -> tuple[Problem, ...]:
    """What is taken from a balance is more than nothing. Codes: OUT_OF_RANGE, at codes.N.credits or codes.N.points."""
    found = []
    for place, take in enumerate(takes):
        amount, name = (take.minor, "credits") if isinstance(take, Money) else (take, "points")
        if amount is not None and not 0 < amount <= LARGEST:
            message = f"Take 1 or more, and at most {LARGEST}; leave it out to take as much as fits."
            found.append(Problem(("codes", str(place), name), "OUT_OF_RANGE", message))
    return tuple(found)


def _hold_problems(caller: Caller, hold_for: timedelta | None) -> tuple[Problem, ...]:
    longest = LONGEST_HOLD if caller.customer is None else LONGEST_HOLD_OF_A_SHOPPER
    if hold_for is None or SHORTEST_HOLD <= hold_for <= longest:
        return ()
    most = f"{LONGEST_HOLD.days} days" if caller.customer is None else "1 hour with a customer token"
    message = f"A hold lasts from 1 second up to {most}."
    return (Problem(("hold_for",), "OUT_OF_RANGE", message),)


def code_keys(caller: Caller, codes: Sequence[str]) -> tuple[str, ...]:
    """The codes as they are looked up."""
    return tuple([normalise(code, caller.case_sensitive_codes) for code in codes])


def customer_problems(caller: Caller, customer: CustomerGiven) -> tuple[Problem, ...]:
    """What is wrong with the customer a caller names.

    Codes: EXACTLY_ONE (id or source id), CUSTOMER_COMES_FROM_TOKEN, CUSTOMER_TOKEN_REQUIRED
    (a storefront key alone speaks for nobody), and those of a CustomerInput.
    """
    if customer is None:
        return ()
    path = ("customer",)
    if caller.customer is not None:
        if customer == CustomerRef(id=caller.customer):
            return ()
        return (
            Problem(
                path,
                "CUSTOMER_COMES_FROM_TOKEN",
                "The customer token says who the customer is; leave it out.",
            ),
        )
    if caller.kind is KeyKind.STOREFRONT:
        return (
            Problem(
                path, "CUSTOMER_TOKEN_REQUIRED", "A storefront key names a customer by a customer token only."
            ),
        )
    if isinstance(customer, CustomerInput):
        return customer.problems(path)
    if (customer.id is None) == (customer.source_id is None):
        return (Problem(path, "EXACTLY_ONE", "Name the customer by id or by source id."),)
    return door.text((*path, "source_id"), customer.source_id, shortest=1)


def customer_of(caller: Caller, customer: CustomerGiven) -> CustomerGiven:
    """Who it is for: the customer of the token, else the one that was named."""
    return customer if caller.customer is None else CustomerRef(id=caller.customer)


def occasion_problems(
    caller: Caller, channel: str, point: str | None, metadata: Mapping[str, JSONValue]
) -> tuple[Problem, ...]:
    """What is wrong with where and through what codes are presented.

    Codes: REQUIRED, TOO_LONG, INVALID_TEXT, REDEMPTION_POINT_OF_KEY and those of metadata.
    """
    return (
        *door.text(("channel",), channel, door.LONGEST_CHANNEL, shortest=1),
        *point_problems(caller, point),
        *(door.metadata(("metadata",), metadata) if metadata else ()),
    )


def occasion_of(
    caller: Caller, channel: str, point: str | None, metadata: Mapping[str, JSONValue]
) -> Occasion:
    """Where and through what a caller presents codes; a merchant key's own redemption point counts."""
    return Occasion(channel, _point_of(caller, point), caller.key, metadata)


def _point_of(caller: Caller, point: str | None) -> str | None:
    return point if caller.redemption_point is None else caller.redemption_point


def point_problems(caller: Caller, point: str | None) -> tuple[Problem, ...]:
    """What is wrong with the redemption point a caller names. Codes: REDEMPTION_POINT_OF_KEY and those of a text."""
    if caller.redemption_point is None or point is None or point == caller.redemption_point:
        return door.text(("redemption_point",), point, shortest=1)
    message = f"This merchant key redeems at {caller.redemption_point} only; leave the redemption point out."
    return (Problem(("redemption_point",), "REDEMPTION_POINT_OF_KEY", message),)


def cart_problems(cart: Cart) -> tuple[Problem, ...]:
    """A cart that can be kept, of 64 KiB at most. Codes: INVALID_TEXT, TOO_LONG."""
    return _problems_of(_json(cart))


def _problems_of(cart_json: bytes | None) -> tuple[Problem, ...]:
    if cart_json is None or (rb"\u0000" in cart_json and _NUL.search(cart_json)):
        return (Problem(("cart",), "INVALID_TEXT", "The cart holds a character that cannot be kept."),)
    if len(cart_json) > MOST_CART_BYTES:
        message = f"A cart may have at most {MOST_CART_BYTES // 1024} KiB of JSON."
        return (Problem(("cart",), "TOO_LONG", message),)
    return ()


def _json(cart: Cart) -> bytes | None:
    try:
        return orjson.dumps(cart.to_json(), option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError, RecursionError):  # half a surrogate pair, or nested without end
        return None


def _hash(
    request: RedeemRequest, customer: CustomerGiven, point: str | None, cart_json: bytes, metadata_json: bytes
) -> bytes:
    """The same for the same input of the same caller's scope: token customer and merchant's point are in it."""
    given: Mapping[str, object] | list[object] | None = None
    if isinstance(customer, CustomerInput):
        fields = {"source_id": customer.source_id, "name": customer.name, "email": customer.email}
        given = {name: value for name, value in fields.items() if value is not UNSET}
        if customer.birthday is not UNSET:
            given = {**given, "birthday": customer.birthday}
        if customer.metadata is not UNSET:
            given = {**given, "metadata": customer.metadata}
    elif customer is not None:
        given = [None if customer.id is None else customer.id.hex, customer.source_id]
    takes = [[take.minor, take.currency] if isinstance(take, Money) else take for take in request.takes]
    hold_for = None if request.hold_for is None else request.hold_for.total_seconds()
    input_ = [request.codes, given, request.channel, point, takes if any(takes) else None, hold_for]
    if not request.promotions:
        input_.append(False)
    parts = (orjson.dumps(input_, option=orjson.OPT_SORT_KEYS), cart_json, metadata_json)
    return blake2b(b"\0".join(parts), digest_size=32).digest()
