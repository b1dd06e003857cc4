"""The reason why metadata differs from what an offer wants; the cart's, or the request's own."""

from collections.abc import Mapping

from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_NAMED, any_of_them, has_one_of, texts_of
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.selection import listed


def refusals_of_metadata(
    code: str, whose: str, path: str, metadata: Mapping[str, JSONValue], key: str, values: tuple[str, ...]
) -> tuple[Reason, ...]:
    """`code` unless the metadata has the key with one of the values; it is that of `whose`, and `path` leads to it."""
    if has_one_of(metadata, key, values):
        return ()
    actual, wanted = shown(metadata, key), any_of_them(values)
    return (
        Reason(
            code,
            f"This offer wants {whose} {key} to be {wanted or 'given'}; "
            f"it is {listed(list(texts_of(metadata.get(key)))) or 'not given'}.",
            subject=f"{path}.{key}",
            expected=values or None,
            actual=actual,
            remedy=f"Let {whose} {key} be {wanted}." if wanted else f"Give {whose} {key}.",
            change=Change(Act.CHOOSE, path=f"{path}.{key}", values=values),
        ),
    )


def shown(metadata: Mapping[str, JSONValue], key: str) -> tuple[str, ...] | None:
    """The first values that are there, as texts; None where there are none."""
    return texts_of(metadata.get(key))[:MOST_NAMED] or None
