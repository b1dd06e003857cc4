"""channel: the words are the shop's own, compared letter by letter; who gives none comes from api."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.chosen import check_words, differs
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class Channel:
    """The order must come from one of certain channels."""

    channels: tuple[str, ...] = field(
        metadata=says("The channels of which any will do, in the shop's own words.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "channel", "channels": ["web", "app"]}

    def __post_init__(self) -> None:
        check_words("channels", self.channels)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CHANNEL_DIFFERS with the words that would do."""
        actual = situation.occasion.channel
        if actual in self.channels:
            return ()
        return (differs("CHANNEL_DIFFERS", "channel", "channel", self.channels, actual),)

    def actual(self, situation: Situation) -> Value | None:
        """The channel, if it is given."""
        return situation.occasion.channel
