"""Groups of items: how many a cart can make up, compared with trying everything."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.groups import Groups, Part
from app.engine.selection import Items

TEA, MUG, ANY = Items(categories=("tea",)), Items(categories=("mug",)), Items()
KINDS = st.sampled_from([TEA, MUG, ANY, Items(categories=("tea", "mug"))])
PARTS = st.lists(st.builds(Part, KINDS, st.integers(1, 3)), min_size=1, max_size=3)
LINES = st.lists(
    st.builds(
        Line,
        st.integers(1, 3),
        st.just(100),
        categories=st.sampled_from([("tea",), ("mug",), ("tea", "mug"), ()]),
    ),
    max_size=3,
).map(tuple)


def filled_by_trying(parts: list[Part], cart: Cart, times: int) -> int:
    """The most units that so many groups can have, found by giving every unit to every part in turn."""
    units = [line for line in cart.lines for _ in range(line.quantity)]
    best = 0
    for goes_to in product(range(len(parts) + 1), repeat=len(units)):
        filled = [0] * len(parts)
        for line, place in zip(units, goes_to, strict=True):
            if place < len(parts) and parts[place].items.matches(line):
                filled[place] += 1
        best = max(
            best, sum(min(had, times * part.quantity) for had, part in zip(filled, parts, strict=True))
        )
    return best


@settings(max_examples=25)
@given(PARTS, LINES.filter(lambda lines: sum(line.quantity for line in lines) <= 6))
def test_there_are_as_many_groups_as_trying_everything_finds(
    parts: list[Part], lines: tuple[Line, ...]
) -> None:
    cart = Cart("EUR", lines)
    groups, one = Groups(parts, cart), sum(part.quantity for part in parts)
    times = groups.most()
    assert times == 0 or filled_by_trying(parts, cart, times) == times * one
    assert filled_by_trying(parts, cart, times + 1) < (times + 1) * one
    assert sum(groups.had()) == filled_by_trying(parts, cart, 1)
    assert all(0 <= had <= part.quantity for had, part in zip(groups.had(), parts, strict=True))


@pytest.mark.parametrize(
    ("lines", "most", "had"),
    [
        ((Line(4, 100, categories=("tea",)), Line(2, 100, categories=("mug",))), 2, (2, 1)),
        ((Line(4, 100, categories=("tea",)),), 0, (2, 0)),
        ((Line(3, 100, categories=("tea", "mug")),), 1, (2, 1)),
        ((Line(2, 100, categories=("tea", "mug")),), 0, (2, 0)),
        ((Line(5, 100),), 0, (0, 0)),
        ((), 0, (0, 0)),
    ],
)
def test_what_there_is_fills_earlier_parts_first(
    lines: tuple[Line, ...], most: int, had: tuple[int, ...]
) -> None:
    groups = Groups([Part(TEA, 2), Part(MUG, 1)], Cart("EUR", lines))
    assert (groups.most(), groups.most(1), groups.had()) == (most, min(most, 1), had)


@pytest.mark.parametrize(
    ("places", "times", "taken"),
    [
        ((0, 1, 2), 1, (2, 1, 0)),
        ((2, 1, 0), 1, (0, 2, 1)),  # a mug, and of what is both two for tea
        ((1, 2, 0), 1, (0, 2, 1)),
        ((2, 1, 0), 2, (2, 2, 2)),
        ((0, 1, 2), 2, (3, 2, 1)),
        ((2, 1, 0), 0, (0, 0, 0)),
    ],
)
def test_lines_are_taken_in_turn_as_far_as_the_others_can_fill_the_rest(
    places: tuple[int, ...], times: int, taken: tuple[int, ...]
) -> None:
    tea, either, mug = ("tea",), ("tea", "mug"), ("mug",)
    goods = Cart(
        "EUR", (Line(3, 1, categories=tea), Line(2, 1, categories=either), Line(4, 1, categories=mug))
    )
    assert Groups([Part(TEA, 2), Part(MUG, 1)], goods).taken_in(places, times, goods) == taken
