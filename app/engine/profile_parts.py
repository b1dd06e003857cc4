"""Which parts of a customer's own data units look at: no more is kept of a customer than a rule asked for."""

from collections.abc import Iterable
from dataclasses import replace

from app.engine.facts import Profile
from app.engine.shopper import Shopper
from app.engine.unit import Reward, Rule

EVERYTHING = frozenset({"source_id", "name", "email", "birthday", "metadata", "known_since"})
_PROFILE = Profile()


def parts_of(unit: Rule | Reward) -> frozenset[str]:
    """The names of what it looks at (`birthday`, `metadata`, `metadata.tier`); all, unless the unit says which.

    A unit says it with `profile`, a set of such names. What is made of other rules looks at what these look at.
    """
    if _PROFILE not in unit.needs:
        return frozenset()
    inner: Iterable[Rule] | None = getattr(unit, "rules", None)
    if inner is not None:
        return frozenset().union(*[parts_of(rule) for rule in inner])
    named: frozenset[str] = getattr(unit, "profile", EVERYTHING)
    return named


def only(shopper: Shopper, parts: frozenset[str]) -> Shopper:
    """The shopper with nothing but these parts; somebody without an id of the company's own where that is none."""
    keys = {part.removeprefix("metadata.") for part in parts if part.startswith("metadata.")}
    metadata = shopper.metadata
    if "metadata" not in parts:
        metadata = {key: value for key, value in metadata.items() if key in keys}
    return replace(
        shopper,
        source_id=shopper.source_id if "source_id" in parts else "",
        name=shopper.name if "name" in parts else None,
        email=shopper.email if "email" in parts else None,
        birthday=shopper.birthday if "birthday" in parts else None,
        metadata=metadata,
        known_since=shopper.known_since if "known_since" in parts else None,
    )
