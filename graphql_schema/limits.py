"""How much one operation may ask for: its shape (depth, aliases, root fields, repetition, tokens) and its cost.

What the cost is, cost.py says.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graphql_schema.errors import Refusal
from graphql_schema.repetition import repeats_too_much


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest operation that is served. `page` bounds one page, `default_page` is a page without `first`."""

    depth: int = 16
    aliases: int = 30
    tokens: int = 4_000
    root_fields: int = 20
    comparisons: int = 8_000
    page: int = 100
    default_page: int = 20
    cost: int = 20_000


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Raise Refusal if the document is too deep, repeats itself or has too many aliases or root fields.

    Runs before validation, which is the costly part. Introspection does not count: GraphiQL's own query is deep.
    """
    try:
        _Shape(document, limits).check()
        repeats = repeats_too_much(document, limits.comparisons)
    except RecursionError:
        raise nested_too_deeply() from None
    if repeats:
        raise Refusal(
            "TOO_MANY_REPETITIONS",
            "The document selects the same fields too often in the same place. Write each of them once.",
        )


def nested_too_deeply() -> Refusal:
    """The refusal of fragments in fragments in fragments, which exhaust the interpreter's stack."""
    return Refusal("QUERY_TOO_DEEP", "The document nests its fragments too deeply.")


class _Shape:
    """Measures a document that may still be invalid: fragments may be missing or go in circles."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.aliases = 0
        self.measured: dict[str, tuple[int, int]] = {}

    def check(self) -> None:
        limits = self.limits
        shapes = [self.measure(operation.selection_set) for operation in self.operations]
        for name in self.fragments:
            self.fragment(name)
        if self.aliases > limits.aliases:
            raise Refusal(
                "TOO_MANY_ALIASES",
                f"The document has {self.aliases} aliases; at most {limits.aliases} may be used.",
            )
        for depth, root_fields in shapes:
            if depth > limits.depth:
                raise Refusal(
                    "QUERY_TOO_DEEP",
                    f"The operation is {depth} levels deep; at most {limits.depth} are read.",
                )
            if root_fields > limits.root_fields:
                raise Refusal(
                    "TOO_MANY_ROOT_FIELDS",
                    f"The operation has {root_fields} root fields; at most {limits.root_fields} are answered.",
                )

    def measure(self, selection_set: SelectionSetNode) -> tuple[int, int]:
        """Levels of fields, and fields on the first level."""
        depth = width = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                self.aliases += selection.alias is not None
                width += 1
                below = self.measure(selection.selection_set)[0] if selection.selection_set else 0
                if not selection.name.value.startswith("__"):
                    depth = max(depth, 1 + below)
            else:
                if isinstance(selection, InlineFragmentNode):
                    inner = self.measure(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode):
                    inner = self.fragment(selection.name.value)
                else:  # graphql-core knows no other selection
                    continue
                depth, width = max(depth, inner[0]), width + inner[1]
        return depth, width

    def fragment(self, name: str) -> tuple[int, int]:
        if name not in self.fragments:
            return 0, 0
        if name not in self.measured:
            self.measured[name] = 0, 0  # a circle ends here; validation will tell
            self.measured[name] = self.measure(self.fragments[name].selection_set)
        return self.measured[name]
