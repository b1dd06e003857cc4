"""Cursors: opaque, exact, ordered like the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.cursor import BEGINNING, Cursor, CursorError

CURSORS = st.builds(
    Cursor,
    epoch=st.integers(0, 2**15 - 1),
    tx=st.integers(0, 2**64 - 1),
    position=st.integers(0, 2**63 - 1),
)


@given(CURSORS)
def test_a_cursor_comes_back_from_its_text_exactly(cursor: Cursor) -> None:
    assert Cursor.decode(cursor.encode()) == cursor
    assert len(cursor.encode()) == 26


def test_the_text_of_a_cursor_never_changes() -> None:
    """Clients keep it; a new version of the service must still read it."""
    assert Cursor(1, 77, 12).encode() == "AQABAAAAAAAAAE0AAAAAAAAADA"


@given(st.text() | CURSORS.map(Cursor.encode))
def test_a_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        cursor = Cursor.decode(text)
    except CursorError:
        return
    assert cursor.encode() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AQABAAAAAAAAAE0AAAAAAAAADA==",  # padded
        "AQABAAAAAAAAAE0AAAAAAAAADB",  # other trailing bits, same bytes
        "AQABAAAAAAAAAE0AAAAAAAAAD",  # cut
        "AQABAAAAAAAAAE0AAAAAAAAADAA",  # longer
        "AQABAAAAAAAAAE0AAAAAAAAADA\n",
        "AQ ABAAAAAAAAAE0AAAAAAAAADA",
        "AgABAAAAAAAAAE0AAAAAAAAADA",  # another version
        "AYAAAAAAAAAAAE0AAAAAAAAADA",  # an epoch no log has
        "AQABAAAAAAAAAE2AAAAAAAAADA",  # a position no log has
        "AQAB\u00c4AAAAAAAAE0AAAAAAAAADA",
    ],
)
def test_a_text_that_is_nearly_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorError, match="this is not a cursor"):
        Cursor.decode(text)


def test_cursors_sort_by_epoch_then_transaction_then_position() -> None:
    assert BEGINNING < Cursor(1, 5, 0) < Cursor(1, 5, 9) < Cursor(1, 6, 2) < Cursor(2, 1, 1)
