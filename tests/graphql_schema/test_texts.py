"""Texts and metadata of inputs: what is wrong is noted, with its place, and the rest goes on."""

import pytest

from graphql_schema.texts import check_text, need_text, read_metadata


def noted(check, *arguments) -> list[tuple[tuple[str, ...], str]]:
    faults = []
    check(*arguments[:1], ("there",), faults, *arguments[1:])
    return [(fault.path, fault.code) for fault in faults]


@pytest.mark.parametrize(
    ("check", "text", "longest", "code"),
    [
        (check_text, None, 5, None),
        (check_text, "", 5, None),
        (check_text, "fives", 5, None),
        (check_text, "sixths", 5, "TOO_LONG"),
        (check_text, "a\0", 5, "INVALID_TEXT"),
        (need_text, "a", 5, None),
        (need_text, "", 5, "REQUIRED"),
        (need_text, " \n", 5, "REQUIRED"),
        (need_text, "sixths", 5, "TOO_LONG"),
        (need_text, "\udc00", 5, "INVALID_TEXT"),
    ],
)
def test_a_text_is_refused_for_what_is_wrong_with_it(check, text, longest, code):
    assert noted(check, text, longest) == ([] if code is None else [(("there",), code)])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({str(n): n for n in range(51)}, "TOO_LONG"),
        ({"a": "x" * 8192}, "TOO_LONG"),
        ({"a": ["\0"]}, "INVALID_TEXT"),
        ({"a": 2**64}, "INVALID_JSON"),
    ],
)
def test_metadata_that_cannot_be_kept_is_noted_and_left_out(given, code):
    faults = []
    assert read_metadata(given, ("metadata",), faults) == {}
    assert [(fault.path, fault.code) for fault in faults] == [(("metadata",), code)]


def test_metadata_is_read_as_it_is_and_nothing_is_an_empty_object():
    faults = []
    assert read_metadata({"a": [1, None, {"b": "c"}]}, ("metadata",), faults) == {"a": [1, None, {"b": "c"}]}
    assert read_metadata(None, ("metadata",), faults) == {}
    assert faults == []
