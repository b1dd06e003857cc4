"""tearoff sample."""

import stat

from app.sample.keys import FILE, read_keys
from tests.cli.conftest import Tearoff


async def test_the_shop_is_made_once_and_its_keys_can_be_shown_again(tearoff: Tearoff) -> None:
    first = await tearoff("sample")
    kept = read_keys(tearoff.state)
    second = await tearoff("sample")
    assert (first.status, second.status) == (0, 0)
    assert first.out.splitlines()[0] == "The sample shop was made."
    assert second.out.splitlines()[0] == "The sample shop is there."
    assert first.out.splitlines()[1:] == second.out.splitlines()[1:]
    assert [line.split()[:2] for line in second.out.splitlines()[1:]] == [
        [name, key.secret] for name, key in kept.named().items()
    ]
    assert stat.S_IMODE((tearoff.state / FILE).stat().st_mode) == 0o600
