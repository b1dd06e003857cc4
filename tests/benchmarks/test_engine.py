"""The engine's benchmark measures what it says: every size, all codes granted. How fast is nobody's promise here."""

import pytest

from benchmarks.engine import LINES, OFFERS, cart, codes, main, measured


def test_every_size_is_measured() -> None:
    cells = measured(seconds=0.001, rounds=1)
    assert list(cells) == [(offers, lines) for offers in OFFERS for lines in LINES]
    assert min(cells.values()) > 0


def test_the_table_tells_each_size_in_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seconds", "0.001", "--rounds", "1"]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["offers", "lines", "evaluations/s"]
    assert [row.split()[:2] for row in rows] == [
        [str(offers), str(lines)] for offers in OFFERS for lines in LINES
    ]


def test_carts_and_codes_are_as_many_as_was_asked_for() -> None:
    assert (len(cart(50).lines), len(codes(10))) == (50, 10)
    assert len({code.voucher for code in codes(10)}) == 10
