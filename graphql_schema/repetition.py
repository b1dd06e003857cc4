"""Repetition: how much of a document says the same thing in the same place, which validation compares pair by pair.

GraphQL merges fields of one name, so it has to compare all of them with each other, and all they select, and all
fragments that meet in one place: a field that is written a thousand times in 5 kB holds the process up for a second.
"""

from __future__ import annotations

from collections import Counter

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

# A selection, and the names of the fragments it lies in.
_Placed = tuple[SelectionSetNode, frozenset[str]]

_SPREADS = "..."  # no field is called so


def repeats_too_much(document: DocumentNode, most: int) -> bool:
    """Whether operations and fragments have more than `most` selections and pairs of them that meet in one place.

    The document may still be invalid: missing fragments, unused ones and circles are left to validation.
    """
    count = _Count(document, most)
    try:
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                count.add([(definition.selection_set, frozenset())])
        for name, fragment in count.fragments.items():
            if name not in count.reached:  # nobody uses it, and still it is compared
                count.add([(fragment.selection_set, frozenset({name}))])
    except _Enough:
        return True
    return False


class _Enough(Exception):  # noqa: N818  # ends the counting
    pass


class _Count:
    def __init__(self, document: DocumentNode, most: int) -> None:
        self.left = most
        self.reached: set[str] = set()
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def add(self, merged: list[_Placed]) -> None:
        """Count what meets in one place of the answer, and in the places below it."""
        often: Counter[str] = Counter()
        below: dict[str, list[_Placed]] = {}
        while merged:
            selection_set, inside = merged.pop()
            for selection in selection_set.selections:
                self._spend(1)
                if isinstance(selection, FieldNode):
                    name = (selection.alias or selection.name).value
                    often[name] += 1
                    if selection.selection_set is not None:
                        below.setdefault(name, []).append((selection.selection_set, inside))
                elif isinstance(selection, InlineFragmentNode):
                    merged.append((selection.selection_set, inside))
                elif isinstance(selection, FragmentSpreadNode):
                    often[_SPREADS] += 1
                    fragment = selection.name.value
                    self.reached.add(fragment)
                    if fragment in self.fragments and fragment not in inside:
                        merged.append((self.fragments[fragment].selection_set, inside | {fragment}))
        self._spend(sum(times * (times - 1) // 2 for times in often.values()))
        for together in below.values():
            self.add(together)

    def _spend(self, much: int) -> None:
        self.left -= much
        if self.left < 0:
            raise _Enough
