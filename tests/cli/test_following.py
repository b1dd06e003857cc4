"""Following feeds: a server that is killed costs its followers nothing but time."""

from contextlib import aclosing
from pathlib import Path
from typing import Any

from app.cli.following import Connected, Follower, Lost, Told
from app.cli.tail import FEEDS
from app.sample.keys import read_keys
from tests.cli.conftest import Tearoff
from tests.open_shop import OpenShop
from tests.server import serving


def code_of(told: Told) -> str:
    (happened,) = (value for name, value in told.event.items() if "edemption" in name)
    code: str = happened["codes" if told.feed == "rejectedRedemptions" else "vouchers"][0]["code"]
    return code


async def test_after_a_kill_the_follower_goes_on_where_it_was(
    fresh_database: dict[str, Any], tmp_path: Path
) -> None:
    assert (await Tearoff(tmp_path, fresh_database)("sample")).status == 0
    async with serving(fresh_database) as first, serving(fresh_database) as second:
        shop = OpenShop(second, fresh_database, read_keys(tmp_path), tmp_path)
        follower = Follower(first.url, shop.key, FEEDS)
        async with aclosing(follower.follow()) as happenings:
            assert await anext(happenings) == Connected(again=False)
            await shop.redeem("SUMMER10", "100.00")
            told = await anext(happenings)
            assert isinstance(told, Told)
            assert (told.feed, code_of(told)) == ("redemptions", "SUMMER10")
            first.process.kill()
            await first.process.wait()
            assert isinstance(await anext(happenings), Lost)
            await shop.redeem("NOBODY-MINTED-THIS", "100.00")
            await shop.redeem("SUMMER10", "200.00")
            async with serving(fresh_database, TEAROFF_PORT=str(first.port)):
                missed: list[str] = []
                while len(missed) < 2:
                    happening = await anext(happenings)
                    if isinstance(happening, Told):
                        missed.append(code_of(happening))
                    else:
                        assert happening == Connected(again=True) or isinstance(happening, Lost)
    assert sorted(missed) == ["NOBODY-MINTED-THIS", "SUMMER10"]
