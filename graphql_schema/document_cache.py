"""Documents read once: parsed, measured, validated and weighed per text, kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graphql_schema.cost import Scale, Weight
from graphql_schema.errors import Refusal, parse_errors, validation_errors
from graphql_schema.limits import Limits, check_shape, nested_too_deeply
from graphql_schema.preparation import Preparation, selects_by_variables
from graphql_schema.shared_variables import deciding_variables

# One tuple for all requests: rules made anew per request are what defeats Strawberry's ValidationCache.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_MOST_ERRORS = 20


class DocumentRefused(Exception):  # noqa: N818  # an answer to the client, not a fault of ours
    """A document that cannot be executed; `errors` say why, each with its code."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, ready to be executed; `deciding`: the variables that decide what it tells."""

    name: str | None
    kind: OperationType
    weight: Weight
    prepared: Preparation
    deciding: Sequence[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document and its operations by name."""

    node: DocumentNode
    operations: Mapping[str | None, Operation]

    def operation(self, name: str | None) -> Operation:
        """The operation to execute: the named one, or the only one. Raises Refusal OPERATION_NOT_FOUND."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name) if name is not None else None
        if found is None:
            raise Refusal(
                "OPERATION_NOT_FOUND",
                "The document has several operations: name one in operationName."
                if name is None and self.operations
                else f"The document has no operation named {name!r}."
                if name is not None
                else "The document has no operation.",
            )
        return found


class DocumentCache:
    """The documents of one schema, least recently used first to go.

    Only valid documents are admitted, none longer than `longest` characters, together no more than `room`
    characters and `count` documents. (A parsed document takes about 100 bytes of memory per character.)
    `hits` and `misses` count look-ups for the metrics.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        count: int = 1_000,
        longest: int = 16_384,
        room: int = 250_000,
    ) -> None:
        self.hits = 0
        self.misses = 0
        self._schema = schema
        self._limits = limits
        self._count = count
        self._longest = longest
        self._room = room
        self._held = 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def __len__(self) -> int:
        return len(self._documents)

    def read(self, text: str) -> Document:
        """The document of a text. Raises DocumentRefused if it has errors or exceeds a limit."""
        document = self._documents.get(text)
        if document is not None:
            self.hits += 1
            self._documents.move_to_end(text)
            return document
        self.misses += 1
        document = self._prepare(text)
        if len(text) <= self._longest:
            self._admit(text, document)
        return document

    def _admit(self, text: str, document: Document) -> None:
        self._documents[text] = document
        self._held += len(text)
        while len(self._documents) > self._count or self._held > self._room:
            gone, _ = self._documents.popitem(last=False)
            self._held -= len(gone)

    def _prepare(self, text: str) -> Document:
        limits = self._limits
        try:
            # Twice the tokens in comments would still be a small document; more is an attack.
            node = parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
        except GraphQLError as error:
            raise DocumentRefused(parse_errors(error)) from None
        try:
            check_shape(node, limits)
            errors = validate(self._schema, node, _RULES, max_errors=_MOST_ERRORS)
            if errors and errors[-1].message == "Validation aborted.":  # graphql-core ran out of stack
                raise nested_too_deeply()
            if errors:
                raise DocumentRefused(validation_errors(errors))
            return Document(node, self._operations(node))
        except Refusal as refusal:
            raise DocumentRefused([refusal.to_error()]) from None
        except RecursionError:
            raise DocumentRefused([nested_too_deeply().to_error()]) from None

    def _operations(self, node: DocumentNode) -> dict[str | None, Operation]:
        scale = Scale(self._schema, node, self._limits)
        fixed = not selects_by_variables(node)
        definitions = [d for d in node.definitions if isinstance(d, OperationDefinitionNode)]
        names = [definition.name.value if definition.name else None for definition in definitions]
        return {
            name: Operation(
                name,
                definition.operation,
                scale.weigh(definition),
                Preparation(self._schema, node, definition, fixed=fixed),
                deciding_variables(self._schema, node, definition)
                if definition.operation is OperationType.SUBSCRIPTION
                else (),
            )
            for name, definition in zip(names, definitions, strict=True)
        }
