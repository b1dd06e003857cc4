"""What one operation costs: the number of nodes it may make us fetch, known before anything runs.

A field with `first` or `last` counts as many nodes as it asks for and multiplies what stands below it; a field with
`ids` as many as there are ids; any other object counts one; scalars and the parts of a connection (edges, node,
pageInfo) are free. Fields that take more work than fetching count more. Two selections of the same field both count,
and @skip and @include are not looked at.

A list without a page size (a cart's lines, a verdict's reasons) counts as ten objects, and multiplies as a page does.
That is an estimate, not a bound: a cart may have 500 lines, but counting 500 for every cart would refuse the pages of
redemptions that people do look at. It keeps pages of pages of carts out. Lists in which a tree goes on (rules in
rules, reasons in alternatives) count as two: ten to the power of the depth would refuse every tree, and twice two
twice two … is about the 50 rules that an offer may have.
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
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)

from graphql_schema.errors import Refusal
from graphql_schema.limits import Limits

# Describing the schema takes longer than fetching a page; so that nobody asks for it thirty times in one document.
_INTROSPECTION_COST = 500
# What takes longer than fetching a node does; one or two may be asked for in passing, and not twenty in one document.
_HEAVY = {
    ("Query", "bestCombination"): 2_000,  # thousands of sets of codes are tried
    ("Wallet", "bestCombination"): 2_000,
    ("Query", "offers"): 20,  # for each offer that is shown, more are looked at
    ("Query", "simulateCampaign"): 4_000,  # thousands of attempts are judged
    ("Query", "recoverableDemand"): 500,  # up to 20,000 attempts are read
    ("Query", "report"): 1_500,  # thousands of points are added up and written
    ("Segment", "memberCount"): 200,  # all customers are looked at
    ("Customer", "favouriteCategories"): 20,  # all carts that the customer redeemed are looked at
}
_LIST = 10
_LIST_OF_TREE = 2
# JSON numbers beyond this are not exact in a browser.
_MOST = 2**53 - 1


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
        if parent is None or field is None:
            return 1, 0, 0
        heavy = _HEAVY.get((parent.name, name), 0)
        if is_leaf_type(kind := get_named_type(field.type)):
            return 1, heavy, 0
        below = self._selection(kind, node.selection_set)
        if parent.name.endswith(("Connection", "Edge")):
            return 1, 0, below
        return self._size(parent, field, node), 1 + heavy, below

    def _size(self, parent: GraphQLNamedType, field: GraphQLField, node: FieldNode) -> int | _Asked:
        """How many nodes a field asks for: its page, its ids, a list's estimate, or one."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "ids" in field.args and "ids" in given:
            return self._count_ids(given["ids"])
        names = [name for name in ("first", "last") if name in field.args]
        if not names:
            return self._estimate(parent, field)
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

    def _estimate(self, parent: GraphQLNamedType, field: GraphQLField) -> int:
        """How many objects a field without arguments of size is taken to have."""
        if not is_list_type(get_nullable_type(field.type)):
            return 1
        return _LIST_OF_TREE if self._leads_back(get_named_type(field.type), parent) else _LIST

    def _leads_back(self, item: GraphQLNamedType, parent: GraphQLNamedType) -> bool:
        """Whether lists in the items can hold the parent's kind again."""
        reached: set[str] = set()
        ahead = [item]
        while ahead:
            kind = ahead.pop()
            if kind.name in reached:
                continue
            reached.add(kind.name)
            if is_abstract_type(kind):
                ahead.extend(self._schema.get_possible_types(kind))
            if is_object_type(kind) or is_interface_type(kind):
                lists = (f for f in kind.fields.values() if is_list_type(get_nullable_type(f.type)))
                ahead.extend(get_named_type(field.type) for field in lists)
        return parent.name in reached
