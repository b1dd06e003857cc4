"""The tree: an expression taken apart, by the grammar of CEL."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from app.engine.cel.tokens import CelError, Token, tokens_of

# So deep nobody reads; and each level is a few calls deep when it is evaluated.
DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or null."""

    at: int
    value: int | Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`of.field`."""

    at: int
    of: "Node"
    field: str


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`."""

    at: int
    of: "Node"
    key: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`, or `target.name(arguments)`."""

    at: int
    name: str
    target: "Node | None"
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator between its operands: `-` and `!` of one, `?` of three, all others of two."""

    at: int
    operator: str
    operands: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Listing:
    """`[items]`."""

    at: int
    items: "tuple[Node, ...]"


Node: TypeAlias = Literal | Name | Select | Index | Call | Operation | Listing

# Tighter binding operators have higher numbers.
_BINDS = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
}
_CONSTANTS = {"true": True, "false": False, "null": None}
# fmt: off
_RESERVED = frozenset({
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
})
# fmt: on


def tree_of(source: str) -> Node:
    """The tree of an expression. Raises CelError."""
    parser = _Parser(tokens_of(source))
    tree = parser.expression()
    if parser.here.kind != "end":
        raise parser.unexpected()
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._inside = 0
        self._depths: dict[int, int] = {}

    @property
    def here(self) -> Token:
        return self._tokens[self._place]

    def unexpected(self) -> CelError:
        token = self.here
        if token.kind == "end":
            return CelError(token.at, "Something is missing at the end.")
        return CelError(token.at, f"Did not expect {token.text} here.")

    def expression(self) -> Node:
        self._inside += 1
        if self._inside > DEEPEST:
            raise CelError(self.here.at, f"May be nested {DEEPEST} deep at most.")
        condition = self._binary(1)
        at = self.here.at
        if self._skip("?"):
            yes = self._binary(1)
            self._need(":")
            condition = self._grown(Operation(at, "?", (condition, yes, self.expression())))
        self._inside -= 1
        return condition

    def _binary(self, least: int) -> Node:
        left = self._unary()
        while (binds := _BINDS.get(self.here.text if self.here.kind in ("op", "name") else "", 0)) >= least:
            token = self._next()
            left = self._grown(Operation(token.at, token.text, (left, self._binary(binds + 1))))
        return left

    def _unary(self) -> Node:
        token = self.here
        if token.kind != "op" or token.text not in "-!":
            return self._member()
        self._inside += 1
        if self._inside > DEEPEST:
            raise CelError(token.at, f"May be nested {DEEPEST} deep at most.")
        self._next()
        found = self._grown(Operation(token.at, token.text, (self._unary(),)))
        self._inside -= 1
        return found

    def _member(self) -> Node:
        found = self._primary()
        while True:
            if self._skip("."):
                name = self._next()
                if name.kind != "name":
                    self._place -= 1
                    raise self.unexpected()
                if self._skip("("):
                    found = Call(name.at, name.text, found, self._list(")"))
                else:
                    found = Select(name.at, found, name.text)
            elif self.here.text == "[" and self.here.kind == "op":
                at = self._next().at
                found = Index(at, found, self.expression())
                self._need("]")
            else:
                return found
            self._grown(found)

    def _primary(self) -> Node:
        token = self.here
        if token.kind in ("int", "decimal", "text"):
            self._next()
            return Literal(token.at, token.value)
        if token.kind == "name":
            return self._named(self._next())
        if self._skip("("):
            inner = self.expression()
            self._need(")")
            return inner
        if self._skip("["):
            return self._grown(Listing(token.at, self._list("]")))
        raise self.unexpected()

    def _named(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            return Literal(token.at, _CONSTANTS[token.text])
        if token.text in _RESERVED or token.text == "in":
            raise CelError(token.at, f"{token.text} is a word of the language and no name.")
        if self._skip("("):
            return self._grown(Call(token.at, token.text, None, self._list(")")))
        return Name(token.at, token.text)

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._skip(end):
            if items:
                self._need(",")
                if end == "]" and self._skip(end):
                    break
            items.append(self.expression())
        return tuple(items)

    def _grown(self, node: Node) -> Node:
        """The node, if it is not too deep: a long chain is deep as well."""
        depth = 1 + max((self._depths.get(id(part), 0) for part in parts_of(node)), default=0)
        if depth > DEEPEST:
            raise CelError(node.at, f"May be nested {DEEPEST} deep at most.")
        # Every node is kept alive by the one around it, so an id stays that of its node.
        self._depths[id(node)] = depth
        return node

    def _next(self) -> Token:
        token = self.here
        if token.kind != "end":
            self._place += 1
        return token

    def _skip(self, op: str) -> bool:
        if self.here.kind == "op" and self.here.text == op:
            self._place += 1
            return True
        return False

    def _need(self, op: str) -> None:
        if not self._skip(op):
            token = self.here
            found = f", not {token.text}" if token.text else ""
            raise CelError(token.at, f"Expected {op} here{found}.")


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes right inside a node."""
    match node:
        case Select():
            return (node.of,)
        case Index():
            return (node.of, node.key)
        case Call():
            return node.arguments if node.target is None else (node.target, *node.arguments)
        case Operation():
            return node.operands
        case Listing():
            return node.items
        case _:
            return ()
