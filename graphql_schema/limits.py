"""How much one operation may ask for: shape (depth, aliases, root fields, repetition, tokens) and cost in nodes.

The cost of an operation is the number of nodes it may make us fetch. A field with `first` or `last` counts as many
nodes as it asks for and multiplies what stands below it; a field with `ids` as many as there are ids; any other
object counts one; scalars and the parts of a connection (edges, node, pageInfo) are free. Two selections of the same
field both count, and @skip and @include are not looked at: the cost is an upper bound, known before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

from graphql_schema.errors import Refusal
from graphql_schema.repetition import repeats_too_much

# Describing the schema takes longer than fetching a page; so that nobody asks for it thirty times in one document.
_INTROSPECTION_COST = 500
# JSON numbers beyond this are not exact in a browser.
_MOST = 2**53 - 1


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page size or a number of ids that only the variables tell."""

    variables: tuple[str, ...]
    ids: bool
    default: int
    page: int

    def among(self, given: Mapping[str, object]) -> int:
        sizes = []
        for name in self.variables:
            value = given.get(name)
            if self.ids:
                sizes.append(len(value) if isinstance(value, list) else 1)
            elif isinstance(value, int):
                sizes.append(min(max(value, 0), self.page))
        return max(sizes, default=self.default)


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """Cost of a selection that depends on variables: fixed + the sum of size × (own + below)."""

    fixed: int
    terms: tuple[tuple[int | _Asked, int, Weight], ...]


Weight = int | _Sum


def cost(weight: Weight, variables: Mapping[str, object]) -> int:
    """The nodes an operation asks for with these variables."""
    return weight if isinstance(weight, int) else min(_cost(weight, variables, {}), _MOST)


def _cost(weight: Weight, variables: Mapping[str, object], known: dict[int, int]) -> int:
    if isinstance(weight, int):
        return weight
    total = known.get(id(weight))
    if total is None:
        total = weight.fixed
        for size, own, below in weight.terms:
            many = size if isinstance(size, int) else size.among(variables)
            total += many * (own + _cost(below, variables, known))
        known[id(weight)] = total
    return total


def too_costly(asked: int, limits: Limits) -> Refusal | None:
    """The refusal of an operation that asks for more nodes than one may."""
    if asked <= limits.cost:
        return None
    return Refusal(
        "QUERY_TOO_COSTLY",
        f"The operation asks for up to {asked} nodes; at most {limits.cost} are served at once. Ask for smaller pages.",
    )


class Scale:
    """Weighs the operations of one valid document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self._weighed: dict[str, Weight] = {}
        self._defaults: dict[str, ValueNode | None] = {}

    def weigh(self, operation: OperationDefinitionNode) -> Weight:
        """The operation's cost: a number, or a sum to be worked out with the variables."""
        self._weighed.clear()  # defaults of variables differ between operations
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }
        weight = self._selection(self._schema.get_root_type(operation.operation), operation.selection_set)
        return min(weight, _MOST) if isinstance(weight, int) else weight

    def _selection(self, parent: GraphQLNamedType | None, selection_set: SelectionSetNode | None) -> Weight:
        fixed = 0
        terms: list[tuple[int | _Asked, int, Weight]] = []
        for size, own, below in self._terms(parent, selection_set):
            if isinstance(size, int) and isinstance(below, int):
                fixed += size * (own + below)
            else:
                terms.append((size, own, below))
        return _Sum(fixed, tuple(terms)) if terms else fixed

    def _terms(
        self, parent: GraphQLNamedType | None, selection_set: SelectionSetNode | None
    ) -> Iterator[tuple[int | _Asked, int, Weight]]:
        for selection in selection_set.selections if selection_set else ():
            if isinstance(selection, FieldNode):
                yield self._field(parent, selection)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                yield 1, 0, self._selection(inner, selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                yield 1, 0, self._fragment(selection.name.value)

    def _fragment(self, name: str) -> Weight:
        if name not in self._weighed:
            fragment = self._fragments[name]
            on = self._schema.get_type(fragment.type_condition.name.value)
            self._weighed[name] = self._selection(on, fragment.selection_set)
        return self._weighed[name]

    def _field(self, parent: GraphQLNamedType | None, node: FieldNode) -> tuple[int | _Asked, int, Weight]:
        name = node.name.value
        if name in {"__schema", "__type"}:
            return 1, _INTROSPECTION_COST, 0
        field = self._schema.get_field(parent, name) if is_composite_type(parent) else None
        if field is None or is_leaf_type(kind := get_named_type(field.type)):
            return 1, 0, 0
        below = self._selection(kind, node.selection_set)
        part_of_connection = parent is not None and parent.name.endswith(("Connection", "Edge"))
        return self._size(field, node), 0 if part_of_connection else 1, below

    def _size(self, field: GraphQLField, node: FieldNode) -> int | _Asked:
        """How many nodes a field asks for: its page, its ids, or one."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "ids" in field.args and "ids" in given:
            return self._count_ids(given["ids"])
        names = [name for name in ("first", "last") if name in field.args]
        if not names:
            return 1
        sizes: list[int] = []
        variables: list[str] = []
        default = self._limits.default_page
        for argument in (given[name] for name in names if name in given):
            value: ValueNode | None = argument
            if isinstance(argument, VariableNode):
                variables.append(argument.name.value)
                value = self._defaults.get(argument.name.value)
            if isinstance(value, IntValueNode):
                sizes.append(min(max(int(value.value), 0), self._limits.page))
        known = max(sizes, default=default)
        return _Asked(tuple(variables), False, known, self._limits.page) if variables else known

    def _count_ids(self, value: ValueNode) -> int | _Asked:
        if isinstance(value, VariableNode):
            default = self._defaults.get(value.name.value)
            known = len(default.values) if isinstance(default, ListValueNode) else 1
            return _Asked((value.name.value,), True, known, self._limits.page)
        return len(value.values) if isinstance(value, ListValueNode) else 1
