"""Doing what a change says, whatever rule it comes from: the cart, the moment, the customer and the codes after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.engine.cart import Cart, Line
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Balance, Facts, Situation
from app.engine.json_data import JSONValue
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Presented
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from app.engine.shopper import Shopper
from app.engine.stacking import DEFAULT, Stacking
from app.engine.unit import Rule
from tests.engine.shop import ANNA, NOW

# What a shop would sell besides everything that tests name.
OTHERS = "spoon"


@dataclass(frozen=True)
class Request:
    """All that an evaluation is about; `codes` may be none where only a rule is looked at."""

    cart: Cart
    codes: tuple[Presented, ...] = ()
    facts: Facts = field(default_factory=Facts)
    now: datetime = NOW
    zone: str = "UTC"
    occasion: Occasion = NOWHERE

    @property
    def situation(self) -> Situation:
        """What a rule sees of it."""
        return Situation(self.cart, self.facts, self.now, self.zone, occasion=self.occasion)

    def refusals(self, rule: Rule) -> tuple[Reason, ...]:
        """The reasons of a rule alone."""
        return rule.refusals(self.situation)

    def evaluated(self, stacking: Stacking = DEFAULT) -> Evaluation:
        """The answer for all codes."""
        return evaluate(
            self.codes, self.cart, self.facts, self.now, occasion=self.occasion, stacking=stacking
        )


def done(change: Change, request: Request) -> Request | None:
    """The request after the change; None where nothing in the world is what the change asks for."""
    match change.act:
        case Act.ADD_AMOUNT | Act.ADD_ITEMS | Act.REMOVE_AMOUNT | Act.REMOVE_ITEMS:
            lines = _changed(change, request.cart)
            return None if lines is None else replace(request, cart=replace(request.cart, lines=lines))
        case Act.COME_AT:
            assert change.at is not None
            return replace(request, now=change.at)
        case Act.SIGN_IN:
            return replace(request, facts=_signed_in(request))
        case Act.CHOOSE:
            assert change.path is not None
            anything = "ZZ" if change.path == "cart.country" else "given"
            return _chosen(change.path, change.values[0] if change.values else anything, request)
        case Act.TAKE_LESS:
            [code] = request.codes
            return replace(request, codes=(replace(code, credits=change.amount, points=change.quantity),))
        case Act.LEAVE_OUT:
            return replace(request, codes=_left(change, request.codes))
        case Act.USE_CODE:
            others = tuple(code for code in request.codes if code.code == change.code)
            return replace(request, codes=others)


def reduced(change: Change) -> Change | None:
    """The change by one minor unit or one item less; None where that is nothing at all, or nothing smaller."""
    if change.amount is not None and change.amount.minor > 1:
        return replace(change, amount=replace(change.amount, minor=change.amount.minor - 1))
    if change.quantity is not None and change.quantity > 1:
        return replace(change, quantity=change.quantity - 1)
    return None


def _changed(change: Change, cart: Cart) -> tuple[Line, ...] | None:
    items = Items() if change.items is None else Items.from_json(dict(change.items))
    if change.act in (Act.ADD_AMOUNT, Act.ADD_ITEMS):
        added = _added(change, items)
        return None if added is None else (*cart.lines, added)
    if change.act is Act.REMOVE_ITEMS:
        assert change.quantity is not None
        return _without_units(cart.lines, items, change.quantity)
    assert change.amount is not None
    return _without_amount(cart.lines, items, change.amount.minor)


def _added(change: Change, items: Items) -> Line | None:
    """A line of such items: for exactly the amount where their prices allow it, else for as little more as can be."""
    least = items.price_at_least.minor if items.price_at_least else 0
    most = items.price_at_most.minor if items.price_at_most else None
    quantity, price = change.quantity or 1, least or (100 if most is None else most)
    if change.amount is not None:
        price = max(change.amount.minor, least)
        if most is not None and most < price:
            if most == 0:
                return None
            quantity, price = -(-price // most), most
    metadata: Mapping[str, JSONValue] = {}
    for match in items.metadata:
        if match.key in metadata:
            return None  # two conditions on one key: too clever for this shop
        metadata = {**metadata, match.key: match.values[0] if match.values else "given"}
    bare = Line(quantity, price, metadata=metadata)
    for names in (
        [{"product": name} for name in items.products],
        [{"sku": name} for name in items.skus],
        [{"categories": (name,)} for name in items.categories],
        [{"product": OTHERS}],
    ):
        for name in names:
            line = replace(bare, **name)
            if items.matches(line):
                return line
    return None


def _without_units(lines: tuple[Line, ...], items: Items, units: int) -> tuple[Line, ...]:
    left: list[Line] = []
    for line in lines:
        taken = min(units, line.quantity) if items.matches(line) else 0
        units -= taken
        if taken < line.quantity:
            left.append(replace(line, quantity=line.quantity - taken))
    assert units == 0
    return tuple(left)


def _without_amount(lines: tuple[Line, ...], items: Items, amount: int) -> tuple[Line, ...]:
    """Exactly the amount where one line allows it, for another article may cost less; else whole units."""
    for place, line in enumerate(lines):
        if items.matches(line) and line.amount >= amount:
            cheaper = replace(line, quantity=1, unit_price=line.amount - amount)
            return (*lines[:place], cheaper, *lines[place + 1 :])
    left: list[Line] = []
    for line in lines:
        if amount > 0 and items.matches(line):
            units = min(line.quantity, -(-amount // line.unit_price)) if line.unit_price else 0
            amount -= units * line.unit_price
            if units < line.quantity:
                left.append(replace(line, quantity=line.quantity - units))
        else:
            left.append(line)
    assert amount <= 0
    return tuple(left)


def _signed_in(request: Request) -> Facts:
    holders = [code.holder for code in request.codes if code.holder is not None]
    needs = {need for code in request.codes for need in code.needs}
    answers = {**dict.fromkeys(needs, 0), **request.facts.answers}
    customer = holders[0] if holders else ANNA
    return replace(request.facts, customer=customer, answers=answers, shopper=Shopper("anna"))


def _chosen(path: str, value: str, request: Request) -> Request:
    whose, _, what = path.partition(".")
    if path == "code.points":
        [code] = request.codes
        return replace(request, codes=(replace(code, points=int(value)),))
    if path == "cart.currency":
        return replace(request, cart=replace(request.cart, currency=value))
    # What is not the cart's is the request's own: `channel`, `metadata.season`.
    owner: Cart | Occasion = request.cart if whose == "cart" else request.occasion
    name, _, key = (what if whose == "cart" else path).partition(".")
    new: object = {**owner.metadata, key: value} if name == "metadata" else value
    changed = replace(owner, **{name: new})  # type: ignore[arg-type]  # the path names a field
    if isinstance(changed, Cart):
        return replace(request, cart=changed)
    return replace(request, occasion=changed)


def _left(change: Change, codes: tuple[Presented, ...]) -> tuple[Presented, ...]:
    """Without the code (of one that is given twice the second), or without what the path leads to."""
    if change.path is not None:
        assert change.path in ("code.credits", "code.points")
        return tuple(replace(code, **{change.path[5:]: None}) for code in codes)  # type: ignore[arg-type]
    place = max(place for place, code in enumerate(codes) if code.code == change.code)
    return codes[:place] + codes[place + 1 :]


def with_balance(facts: Facts, code: Presented, balance: Balance) -> Facts:
    """The facts with a balance on the code."""
    assert code.voucher is not None
    return replace(facts, balances={**facts.balances, code.voucher: balance})
