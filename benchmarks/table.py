"""Tables for the terminal: columns as wide as they must be, numbers to the right."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows under their head; a column of which the first cell begins with a digit, or is a dash, is of numbers."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    first = rows[0] if rows else head
    to_the_right = [bool(rows) and (cell[:1].isdigit() or cell == "-") for cell in first]

    def line(cells: Sequence[str]) -> str:
        placed = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, to_the_right, strict=True)
        ]
        return "  ".join(placed).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([line(head), rule, *map(line, rows)])


def number(value: float | None, digits: int = 0) -> str:
    """A number for a cell; a dash where nothing could be measured."""
    return "-" if value is None else f"{value:,.{digits}f}"


def micro(seconds: float | None) -> str:
    """Microseconds for a cell; a dash where nothing could be measured."""
    return number(None if seconds is None else seconds * 1e6)


def share(part: float | None, whole: float | None) -> str:
    """A share in per cent; a dash where nothing could be measured."""
    return "-" if part is None or not whole else f"{part / whole:.0%}"
