"""Where an order comes from."""

from dataclasses import replace

import pytest

from app.engine.facts import Situation
from app.engine.occasion import Occasion
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.channel import Channel
from app.engine.unit import UnitError
from tests.engine.shop import situation

RULE = Channel(("web", "app"))


def through(channel: str | None) -> Situation:
    return replace(situation(), occasion=Occasion(channel))


@pytest.mark.parametrize("channel", ["web", "app"])
def test_one_of_the_channels_is_enough(channel: str) -> None:
    assert RULE.refusals(through(channel)) == ()


def test_another_channel_is_told_beside_those_that_would_do() -> None:
    assert RULE.refusals(through("Web")) == (
        Reason(
            "CHANNEL_DIFFERS",
            "This offer wants the channel to be web or app; it is Web.",
            subject="channel",
            expected=("web", "app"),
            actual="Web",
            remedy="Let the channel be web or app.",
            change=Change(Act.CHOOSE, path="channel", values=("web", "app")),
        ),
    )


def test_a_channel_that_is_not_given_is_none_of_them() -> None:
    (reason,) = RULE.refusals(through(None))
    assert reason.message == "This offer wants the channel to be web or app; it is not given."
    assert RULE.actual(through(None)) is None


def test_the_channel_is_shown_whether_it_will_do_or_not() -> None:
    assert (RULE.actual(through("web")), RULE.actual(through("phone"))) == ("web", "phone")


@pytest.mark.parametrize("channels", [(), ("web", "web")])
def test_no_channel_and_one_twice_are_refused(channels: tuple[str, ...]) -> None:
    with pytest.raises(UnitError, match=r"^channels: Must name at least one, each once\.$"):
        Channel(channels)
