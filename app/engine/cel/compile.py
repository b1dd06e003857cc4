"""Compile: from an expression to a function of its variables; whatever can be known to be wrong is said here.

Every node becomes its kind and a closure. What comes out of metadata is known only when it is there: its kind is `dyn`,
and the operators check it then. Errors in `&&`, `||` and loops are absorbed as CEL says: `error || true` is true.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.engine.cel.closures import LOOPS, Run, at, either, has_key, items, negated, true
from app.engine.cel.functions import CLOCKS, FUNCTIONS, zone_named
from app.engine.cel.kinds import (
    ANY,
    BOOL,
    INT,
    LIST,
    MAP,
    NULL,
    NUMBER,
    NUMBERS,
    SPAN,
    TEXT,
    Field,
    Kind,
    common,
    comparable,
    fits,
    list_of,
)
from app.engine.cel.tokens import CelError
from app.engine.cel.tree import (
    Call,
    Index,
    Listing,
    Literal,
    Name,
    Node,
    Operation,
    Select,
    parts_of,
    tree_of,
)
from app.engine.cel.values import ARITHMETIC, Frame, NotEvaluated, decimal, is_among, ordered, result_of, same

_MOST_LOOPS = 2
_STEPS_OF_LITERALS = 1000


class Compiled(NamedTuple):
    """The kind of the result, what computes it, and the variables that it names."""

    kind: Kind
    run: Run
    names: frozenset[str]


def compile_expression(source: str, variables: Mapping[str, Kind]) -> Compiled:
    """The expression over these variables. Raises CelError."""
    scope = _Scope(dict(variables))
    kind, run = scope.compile(tree_of(source))
    return Compiled(kind, run, frozenset(scope.named))


class _Scope:
    """The variables at a place in the expression, and what was met so far."""

    def __init__(self, variables: dict[str, Kind]) -> None:
        self.variables = variables
        self.named: set[str] = set()
        self.nodes = 0
        self.loops: list[Kind] = []

    def compile(self, node: Node) -> tuple[Kind, Run]:
        self.nodes += 1
        match node:
            case Literal():
                value = node.value
                return _kind_of(value), lambda frame: value
            case Name():
                return self._name(node)
            case Select():
                return self._select(node)
            case Index():
                return self._index(node)
            case Listing():
                return self._listing(node)
            case Call():
                return self._call(node)
            case Operation():
                return self._operation(node)

    def _name(self, node: Name) -> tuple[Kind, Run]:
        name = node.name
        if name not in self.variables:
            raise CelError(node.at, f"There is no {name} here; there are {_listed(self.variables)}.")
        self.named.add(name)
        return self.variables[name], lambda frame: frame.values[name]

    def _select(self, node: Select) -> tuple[Kind, Run]:
        kind, of = self.compile(node.of)
        field, key = _field_of(kind, node), node.field
        if field is None:
            return ANY, lambda frame: at(of(frame), key)
        read = field.read
        return field.kind, lambda frame: read(of(frame), frame)

    def _has(self, node: Call) -> tuple[Kind, Run]:
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], Select):
            raise CelError(node.at, "has() asks for one field, such as has(cart.metadata.gift).")
        selected = node.arguments[0]
        kind, of = self.compile(selected.of)
        field, name = _field_of(kind, selected), selected.field
        if field is not None:
            is_there = field.is_there
            return BOOL, lambda frame: is_there(of(frame), frame)
        return BOOL, lambda frame: has_key(of(frame), name)

    def _index(self, node: Index) -> tuple[Kind, Run]:
        (kind, of), (by, key) = self.compile(node.of), self.compile(node.key)
        wanted = INT if kind.name == "list" else TEXT
        if kind.name != "list" and kind not in (MAP, ANY):
            raise CelError(node.at, f"{_a(kind)} has no places to look at.")
        if kind is not ANY and not fits(by, wanted):
            raise CelError(node.at, f"{_a(kind)} is looked at by {wanted}, not by {by}.")
        return (kind.item or ANY), lambda frame: at(of(frame), key(frame))

    def _listing(self, node: Listing) -> tuple[Kind, Run]:
        kinds, runs = _unzip(self.compile(item) for item in node.items)
        item = kinds[0] if kinds else ANY
        for kind in kinds[1:]:
            item = common(item, kind) or ANY
        runs = [_as(item, kind, run) for kind, run in zip(kinds, runs, strict=True)]
        return list_of(item), lambda frame: [run(frame) for run in runs]

    def _call(self, node: Call) -> tuple[Kind, Run]:
        if node.name == "has" and node.target is None:
            return self._has(node)
        if node.name in LOOPS and node.target is not None:
            return self._loop(node, node.target)
        name, target = node.name, node.target
        if isinstance(target, Name) and target.name == "math":
            name, target = f"math.{node.name}", None
        if name not in FUNCTIONS:
            raise CelError(node.at, f"There is no function {name}.")
        given = [self.compile(part) for part in ((target,) if target is not None else ())]
        of = given[0][0] if given else None
        kinds, runs = _unzip(self.compile(argument) for argument in node.arguments)
        fitting = [function for function in FUNCTIONS[name] if function.accepts(of, kinds)]
        if not fitting:
            taken = f"{of}.{name}" if of is not None else name
            raise CelError(node.at, f"There is no {taken}({', '.join(map(str, kinds))}).")
        exact = [function for function in fitting if function.is_for(of, kinds)] or fitting
        gives = {function.gives for function in exact}
        call, every = exact[0].run, [run for _, run in given] + runs
        result = gives.pop() if len(gives) == 1 else ANY

        def run(frame: Frame) -> object:
            value = call(frame, *[run(frame) for run in every])
            return decimal(value) if result is NUMBER else value

        _try(node, run)
        return result, run

    def _loop(self, node: Call, target: Node) -> tuple[Kind, Run]:
        kind, over = self.compile(target)
        wanted = (2, 3) if node.name == "map" else (2,)
        variable = node.arguments[0] if node.arguments else None
        if len(node.arguments) not in wanted or not isinstance(variable, Name):
            raise CelError(
                node.at, f"Write {node.name}(x, …): a name for each item, and what is asked of it."
            )
        name = variable.name
        if name in self.variables:
            raise CelError(variable.at, f"There is a {name} already; call the items something else.")
        if not fits(kind, LIST) and kind != MAP:
            raise CelError(node.at, f"{_a(kind)} is nothing to go through.")
        item = TEXT if kind == MAP else kind.item or ANY
        if len(self.loops) >= _MOST_LOOPS or (item.fields is not None and item in self.loops):
            raise CelError(node.at, "These loops are nested too deep: it would take too long.")
        before, self.variables[name] = self.nodes, item
        self.loops.append(item)
        kinds, runs = _unzip(self.compile(argument) for argument in node.arguments[1:])
        self.loops.pop()
        del self.variables[name]
        self.named.discard(name)
        steps = self.nodes - before + 1
        if node.name != "map" or len(runs) == 2:
            self._want(BOOL, kinds[0], node.arguments[1])
        gives = kind if node.name == "filter" else list_of(kinds[-1]) if node.name == "map" else BOOL
        return gives, LOOPS[node.name](items(over, name, steps), runs)

    def _operation(self, node: Operation) -> tuple[Kind, Run]:
        kinds, runs = _unzip(self.compile(operand) for operand in node.operands)
        operator = node.operator
        if operator == "?":
            self._want(BOOL, kinds[0], node.operands[0])
            gives = common(kinds[1], kinds[2])
            if gives is None:
                raise CelError(node.at, f"Both ways must be alike: this is {kinds[1]} or {kinds[2]}.")
            condition, yes, no = (_as(gives, kind, run) for kind, run in zip(kinds, runs, strict=True))
            return gives, lambda frame: yes(frame) if true(condition(frame)) else no(frame)
        if len(runs) == 1:
            return self._of_one(node, kinds[0], runs[0])
        (left, right), (one, other) = runs, kinds
        if operator in ("&&", "||"):
            for kind, operand in zip(kinds, node.operands, strict=True):
                self._want(BOOL, kind, operand)
            return BOOL, either(left, right, operator == "||")
        if operator == "in":
            is_of_list = other.name == "list" and comparable(one, other.item or ANY)
            if not is_of_list and not (other in (MAP, ANY) and (other is ANY or fits(one, TEXT))):
                raise CelError(node.at, f"{_a(one)} is never in {other}.")
            return BOOL, lambda frame: is_among(frame, left(frame), right(frame))
        if operator in ("==", "!="):
            if not comparable(one, other):
                raise CelError(node.at, f"{_a(one)} is never compared with {other}.")
            wanted = operator == "=="
            return BOOL, lambda frame: same(frame, left(frame), right(frame)) is wanted
        result = result_of(operator, one, other)
        if result is None:
            raise CelError(node.at, f"There is no {one} {operator} {other}.")
        if operator in ARITHMETIC:
            reckon = ARITHMETIC[operator]
            return result, lambda frame: reckon(frame, left(frame), right(frame))
        return BOOL, lambda frame: ordered(operator, frame, left(frame), right(frame))

    def _of_one(self, node: Operation, kind: Kind, run: Run) -> tuple[Kind, Run]:
        if node.operator == "!":
            self._want(BOOL, kind, node.operands[0])
            return BOOL, lambda frame: not true(run(frame))
        if kind not in (*NUMBERS, SPAN, ANY):
            raise CelError(node.at, f"There is no -{kind}.")
        return kind, lambda frame: negated(run(frame))

    def _want(self, wanted: Kind, kind: Kind, node: Node) -> None:
        if not fits(kind, wanted):
            raise CelError(node.at, f"Must be {wanted} here; this is {kind}.")


def _kind_of(value: int | Decimal | str | bool | None) -> Kind:
    for sort, kind in ((bool, BOOL), (int, INT), (Decimal, NUMBER), (str, TEXT)):
        if isinstance(value, sort):
            return kind
    return NULL


def _field_of(kind: Kind, node: Select) -> Field | None:
    """The field of an object; None of what is a map, or may turn out to be one."""
    if kind.fields is None:
        if kind not in (MAP, ANY):
            raise CelError(node.at, f"{_a(kind)} has no {node.field}.")
        return None
    if node.field not in kind.fields:
        raise CelError(node.at, f"{_a(kind)} has no {node.field}; it has {_listed(kind.fields)}.")
    return kind.fields[node.field]


def _as(wanted: Kind, kind: Kind, run: Run) -> Run:
    """The same, but what is known to be a number with a point is one: 7 or 2.5, halved, is 3.5 or 1.25."""
    if wanted != NUMBER or kind != INT:
        return run
    return lambda frame: decimal(run(frame))


def _try(node: Call, run: Run) -> None:
    """What has no value of literals alone never has one: a moment without an offset, a zone that nobody knows."""
    parts = parts_of(node)
    if node.name in CLOCKS:
        parts, run = node.arguments, lambda _: [zone_named(part.value) for part in node.arguments]  # type: ignore[union-attr]  # a literal, as is seen below
    if all(isinstance(part, Literal) for part in parts):
        try:
            run(Frame({}, _STEPS_OF_LITERALS))
        except NotEvaluated as why:
            raise CelError(node.at, str(why)) from None


def _a(kind: Kind) -> str:
    return f"{'An' if kind == INT else 'A'} {kind}"


def _unzip(pairs: Iterable[tuple[Kind, Run]]) -> tuple[list[Kind], list[Run]]:
    every = list(pairs)
    return [kind for kind, _ in every], [run for _, run in every]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
