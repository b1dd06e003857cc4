"""tearoff shoppers: what it says when it ends."""

import signal
from collections import Counter

from rich.text import Text

from app.cli.shoppers import summary
from app.shoppers import Tally
from tests.cli.conftest import Tearoff, ended, running
from tests.open_shop import OpenShop


def test_the_summary_has_a_line_for_each_kind_of_end() -> None:
    tally = Tally(
        came=20,
        turned_away=1,
        looked=3,
        redeemed=10,
        rejected=Counter({"CODE_NOT_FOUND": 4, "EXPIRED": 1}),
        failed=Counter({"no answer (ReadTimeout)": 1}),
        seconds=4.0,
    )
    assert [Text.from_markup(line).plain for line in summary(tally)] == [
        "20 shoppers in 4.0 seconds, 5.0 a second",
        "      10 redeemed a code",
        "       3 only looked",
        "       4 refused: CODE_NOT_FOUND",
        "       1 refused: EXPIRED",
        "       1 failed: no answer (ReadTimeout)",
        "       1 went home: too many were waiting for an answer",
    ]


async def test_ctrl_c_ends_with_the_summary(open_shop: OpenShop) -> None:
    env = Tearoff(open_shop.state, None).env()
    before = await open_shop.count("redemptions")
    async with running("shoppers", "--rate", "50", "--url", open_shop.server.url, env=env) as process:
        while await open_shop.count("redemptions") < before + 5:
            assert process.returncode is None
        process.send_signal(signal.SIGINT)
        said = await ended(process)
    assert said.status == 0, said
    assert " shoppers in " in said.out.splitlines()[0]
    assert "redeemed a code" in said.out.splitlines()[1]
    assert "Traceback" not in said.err
