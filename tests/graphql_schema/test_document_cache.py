"""The document cache: one reading per text, within bounds, valid documents only, one cache per schema."""

import pytest

from graphql_schema.document_cache import DocumentCache, DocumentRefused
from graphql_schema.limits import Limits
from tests.graphql_schema.little_schema import SCHEMA, schema_with

CORE = SCHEMA._schema


def test_a_text_is_read_once() -> None:
    cache = DocumentCache(CORE, Limits())
    assert cache.read("{ one }") is cache.read("{ one }")
    assert (cache.hits, cache.misses, len(cache)) == (1, 1, 1)


def test_faulty_documents_are_not_kept() -> None:
    cache = DocumentCache(CORE, Limits(depth=2))
    for text in ("{ one", "{ two }", "{ books { nodes { title } } }"):
        for _ in range(2):
            with pytest.raises(DocumentRefused):
                cache.read(text)
    assert (cache.hits, cache.misses, len(cache)) == (0, 6, 0)


def test_the_least_recently_used_document_goes_first() -> None:
    cache = DocumentCache(CORE, Limits(), count=2)
    cache.read("{ one }")
    cache.read("{ who }")
    cache.read("{ one }")
    cache.read("{ loaders }")
    assert len(cache) == 2
    cache.read("{ one }")
    assert cache.hits == 2
    cache.read("{ who }")
    assert cache.misses == 4


def test_together_documents_take_no_more_room_than_given() -> None:
    cache = DocumentCache(CORE, Limits(), room=30)
    for text in ("{ one }", "{ who }", "{ boom }", "{ loaders }"):  # 7 + 7 + 8 + 11 characters
        cache.read(text)
    assert len(cache) == 3
    cache.read("{ one }")
    assert cache.hits == 0


def test_a_long_document_is_answered_but_not_kept() -> None:
    cache = DocumentCache(CORE, Limits(), longest=10)
    document = cache.read("{ one who loaders }")
    assert [operation.name for operation in document.operations.values()] == [None]
    assert len(cache) == 0


async def test_schemas_share_no_documents() -> None:
    one, other = schema_with(Limits()), schema_with(Limits())
    await one.execute("{ one }")
    assert (len(one.documents), len(other.documents)) == (1, 0)


async def test_the_named_operation_is_executed_and_documents_with_two_names_are_kept_once() -> None:
    schema = schema_with(Limits())
    text = "query A { one } query B { two: one }"
    assert (await schema.execute(text, operation_name="A")).data == {"one": 1}
    assert (await schema.execute(text, operation_name="B")).data == {"two": 1}
    assert (schema.documents.hits, schema.documents.misses) == (1, 1)
    missing = await schema.execute(text, operation_name="C")
    (error,) = missing.errors or []
    assert error.message == "The document has no operation named 'C'."
