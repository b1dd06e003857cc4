"""Loaders: what is asked for in one moment is fetched at once, whatever kinds of pages are among it."""

from asyncio import gather
from uuid import UUID

from app.database.keyset import CursorError, Page, PageRequest
from graphql_schema.errors import Refusal
from graphql_schema.loaders import PageLoader, by_key, counting
from graphql_schema.sorting import TimeOrder

ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
NEWEST, OLDEST = TimeOrder.NEWEST_FIRST, TimeOrder.OLDEST_FIRST


async def test_things_are_loaded_at_once_and_each_but_once():
    asked = []

    async def load(keys):
        asked.append(list(keys))
        return {key: f"thing {key.int}" for key in keys if key != TWO}

    loader = by_key(load, str.upper)
    assert await gather(*map(loader.load, (ONE, TWO, ONE, THREE))) == ["THING 1", None, "THING 1", "THING 3"]
    assert asked == [[ONE, TWO, THREE]]


async def test_what_has_none_counts_zero():
    async def load(keys):
        return {ONE: 7}

    loader = counting(load)
    assert await gather(loader.load(ONE), loader.load(TWO)) == [7, 0]


class Lists:
    """A room's bulk reads, which remember what they were asked."""

    def __init__(self):
        self.pages, self.counts = [], []

    async def load(self, parents, request, order):
        self.pages.append((list(parents), request.limit, order))
        if request.after == "bad":
            raise CursorError("This is not a cursor of this list.")
        return {
            parent: Page((parent.int,), ("here",), has_next=True, has_previous=False) for parent in parents
        }

    async def count(self, parents):
        self.counts.append(list(parents))
        return {parent: parent.int for parent in parents}


async def test_equal_pages_of_many_parents_are_one_read_and_others_one_each():
    lists = Lists()
    loader = PageLoader(lists.load, lists.count, str)
    shown = await gather(
        loader.page(ONE, PageRequest(2), NEWEST),
        loader.page(TWO, PageRequest(2), NEWEST),
        loader.page(ONE, PageRequest(2), OLDEST),
        loader.page(ONE, PageRequest(3), NEWEST),
    )
    assert lists.pages == [([ONE, TWO], 2, NEWEST), ([ONE], 2, OLDEST), ([ONE], 3, NEWEST)]
    assert [page.nodes for page in shown] == [["1"], ["2"], ["1"], ["1"]]
    assert [edge.cursor for edge in shown[0].edges] == ["here"]
    assert shown[0].page_info.has_next_page
    assert lists.counts == []
    assert await gather(*(page.count() for page in shown)) == [1, 2, 1, 1]
    assert lists.counts == [[ONE, TWO]]


async def test_a_cursor_of_another_list_is_a_refusal_and_spoils_no_other_page():
    lists = Lists()
    loader = PageLoader(lists.load, lists.count, str)
    spoilt, fine = await gather(
        loader.page(ONE, PageRequest(2, "bad"), NEWEST),
        loader.page(ONE, PageRequest(2), NEWEST),
        return_exceptions=True,
    )
    assert isinstance(spoilt, Refusal)
    assert (spoilt.code, spoilt.message) == ("BAD_USER_INPUT", "This is not a cursor of this list.")
    assert not isinstance(fine, BaseException)
    assert fine.nodes == ["1"]
