"""Media types: what a client prefers of what we can serve."""

import pytest

from graphql_schema.negotiation import HTML, JSON, RESPONSE, is_json, preferred

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, RESPONSE),
        ("", RESPONSE),
        ("*/*", RESPONSE),
        ("application/*", RESPONSE),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/graphql-response+json", RESPONSE),
        ("application/graphql-response+json, application/json;q=0.9", RESPONSE),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", JSON),
        ("application/json, application/graphql-response+json", JSON),
        ("application/json, */*;q=0.1", JSON),
        ("*/*, application/json", JSON),
        ("*/*, application/graphql-response+json;q=0", JSON),
        ("application/json;q=0", None),
        ("application/json;q=lots", None),
        ("text/event-stream", None),
        ("image/png, text/plain", None),
        (BROWSER, RESPONSE),
    ],
)
def test_an_operation_is_answered_in_the_preferred_type(accept: str | None, chosen: str | None) -> None:
    assert preferred(accept, (RESPONSE, JSON)) == chosen


def test_a_browser_gets_the_page_where_there_is_one() -> None:
    assert preferred(BROWSER, (RESPONSE, JSON, HTML)) == HTML
    assert preferred("*/*", (RESPONSE, JSON, HTML)) == RESPONSE


@pytest.mark.parametrize(
    ("content_type", "answer"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ('Application/JSON;charset="UTF-8"', True),
        ("application/json; charset=latin-1", False),
        ("application/jsonp", False),
        ("text/plain", False),
        ("multipart/form-data; boundary=x", False),
        ("", False),
        (None, False),
    ],
)
def test_a_body_is_json_in_utf_8_or_nothing(content_type: str | None, answer: bool) -> None:
    assert is_json(content_type) is answer
