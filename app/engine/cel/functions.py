"""Functions: those of CEL that expressions may call, `least`, `greatest`, `round` … of numbers, and sums of lists."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple, TypeGuard
from zoneinfo import ZoneInfo

from app.engine.cel.closures import negated
from app.engine.cel.kinds import ANY, INT, LIST, MAP, MOMENT, NUMBER, SPAN, TEXT, Kind, fits
from app.engine.cel.kinds import BOOL as BOOLEAN
from app.engine.cel.values import ARITHMETIC, EXACT, Frame, NotEvaluated, is_number, no_such, plain, whole

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_SPAN = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{1,9})?(?:h|ms|m|s))+")
_SPAN_PART = re.compile(r"([0-9.]+)(h|ms|m|s)")
_TO_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_TO_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
# No number, moment or duration is so long; what is longer need not be read to know that it is none.
_LONGEST = 200
_STEPS_OF_A_CLOCK = 10
_SECONDS = {"h": Decimal(3600), "m": Decimal(60), "s": Decimal(1), "ms": Decimal("0.001")}


class Function(NamedTuple):
    """What a function takes (`target` first, if it has one) and gives; `many` says that the last may come again."""

    target: Kind | None
    takes: tuple[Kind, ...]
    gives: Kind
    # Any: each function knows the sorts of its own values; whatever comes of metadata is checked by `run`
    run: Callable[..., Any]
    many: bool = False

    def accepts(self, target: Kind | None, arguments: Sequence[Kind]) -> bool:
        """Whether it may be called so; a whole number may stand for any number."""
        return self._is_like(
            target, arguments, lambda kind, wanted: fits(kind, wanted) or (kind, wanted) == _WIDER
        )

    def is_for(self, target: Kind | None, arguments: Sequence[Kind]) -> bool:
        """Whether it is made for just this."""
        return self._is_like(target, arguments, lambda kind, wanted: kind == wanted)

    def _is_like(
        self, target: Kind | None, arguments: Sequence[Kind], like: Callable[[Kind, Kind], bool]
    ) -> bool:
        takes = self.takes
        if self.many:
            takes += takes[-1:] * (len(arguments) - len(takes))
        if (self.target is None) != (target is None) or len(takes) != len(arguments):
            return False
        if self.target is not None and target is not None and not like(target, self.target):
            return False
        return all(map(like, arguments, takes))


_WIDER = (INT, NUMBER)


def _size(frame: Frame, value: object) -> int:
    if not isinstance(value, str | list | tuple | dict):
        raise no_such("size", value)
    return len(value)


def _of_text(name: str, run: Callable[..., object]) -> Callable[..., object]:
    def checked(frame: Frame, *values: object) -> object:
        for value in values:
            if not isinstance(value, str):
                raise no_such(name, value)
            frame.charge(len(value) // 64)
        return run(*values)

    return checked


def _is_short(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= _LONGEST


def _to_int(frame: Frame, value: object) -> int:
    if isinstance(value, Decimal):
        return whole(int(value.to_integral_value(ROUND_DOWN)))
    if isinstance(value, datetime):
        return int(value.timestamp())
    if _is_short(value) and _NUMBER.fullmatch(value) and "." not in value:
        return whole(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NotEvaluated("This is no whole number.")


def _to_number(frame: Frame, value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if _is_short(value) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise NotEvaluated("This is no number.")


def _to_text(frame: Frame, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize(EXACT):f}"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, int | str):
        return str(value)
    raise no_such("string", value)


def _timestamp(frame: Frame, value: object) -> datetime:
    if _is_short(value):
        try:
            moment = datetime.fromisoformat(value)
            # What does not say in which zone it is would be taken for our own.
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise NotEvaluated("This is no moment such as 2026-12-24T18:00:00Z.")


def _duration(frame: Frame, value: object) -> timedelta:
    if not _is_short(value) or not _SPAN.fullmatch(value):
        raise NotEvaluated("This is no duration such as 36h or 90s.")
    seconds = sum((Decimal(count) * _SECONDS[unit] for count, unit in _SPAN_PART.findall(value)), Decimal(0))
    try:
        return timedelta(microseconds=int(seconds * 1_000_000)) * (-1 if value[0] == "-" else 1)
    except OverflowError:
        raise NotEvaluated("This duration is too long.") from None


def _rounded(rounding: str) -> Callable[[Frame, object], Decimal]:
    def run(frame: Frame, value: object) -> Decimal:
        return _to_number(frame, value).to_integral_value(rounding) if is_number(value) else _refused(value)

    return run


def _refused(value: object) -> Decimal:
    raise no_such("math", value)


def _extreme(pick: Callable[..., Any]) -> Callable[..., object]:
    def run(frame: Frame, *values: object) -> object:
        items = [plain(item) for item in values]
        for item in items:
            if not is_number(item):
                raise no_such("math", item)
        return pick(items)

    return run


def _of_list(name: str, pick: Callable[..., Any] | None) -> Callable[..., object]:
    def run(frame: Frame, values: object) -> object:
        if not isinstance(values, list | tuple):
            raise no_such(name, values)
        frame.charge(len(values))
        if pick is not None:
            if not values:
                raise NotEvaluated(f"An empty list has no {name}.")
            return _extreme(pick)(frame, *values)
        total: object = 0
        for value in values:
            total = ARITHMETIC["+"](frame, total, plain(value))
        return total

    return run


def zone_named(name: object) -> ZoneInfo:
    """The IANA time zone. Raises NotEvaluated."""
    try:
        if _is_short(name):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise NotEvaluated(f"There is no time zone {name}.") from None
    raise NotEvaluated("This is no time zone such as Europe/Warsaw.")


def _of_clock(name: str, read: Callable[[datetime], int]) -> tuple[Function, Function]:
    def run(frame: Frame, moment: object, zone: object = "UTC") -> int:
        if not isinstance(moment, datetime) or not isinstance(zone, str):
            raise no_such(name, moment)
        # A zone that is not known yet is read from a file.
        frame.charge(_STEPS_OF_A_CLOCK)
        try:
            return read(moment.astimezone(zone_named(zone)))
        except OverflowError:
            raise NotEvaluated("There is no such moment.") from None

    return Function(MOMENT, (), INT, run), Function(MOMENT, (TEXT,), INT, run)


def _of_span(name: str, seconds: int) -> Function:
    def run(frame: Frame, span: object) -> int:
        if not isinstance(span, timedelta):
            raise no_such(name, span)
        return (
            int(span.total_seconds()) // seconds
            if span >= timedelta()
            else -(int(-span.total_seconds()) // seconds)
        )

    return Function(SPAN, (), INT, run)


def _absolute(frame: Frame, value: object) -> object:
    if not is_number(value):
        raise no_such("math.abs", value)
    return value if value >= 0 else negated(value)  # type: ignore[operator]  # a number, as was seen


# By name; those of `math` with it. Of functions that differ only in kinds, the first that accepts them is called.
FUNCTIONS: dict[str, tuple[Function, ...]] = {
    "size": tuple(Function(None, (kind,), INT, _size) for kind in (TEXT, LIST, MAP))
    + tuple(Function(kind, (), INT, _size) for kind in (TEXT, LIST, MAP)),
    "startsWith": (Function(TEXT, (TEXT,), BOOLEAN, _of_text("startsWith", str.startswith)),),
    "endsWith": (Function(TEXT, (TEXT,), BOOLEAN, _of_text("endsWith", str.endswith)),),
    "contains": (Function(TEXT, (TEXT,), BOOLEAN, _of_text("contains", str.__contains__)),),
    "lowerAscii": (Function(TEXT, (), TEXT, _of_text("lowerAscii", lambda text: text.translate(_TO_LOWER))),),
    "upperAscii": (Function(TEXT, (), TEXT, _of_text("upperAscii", lambda text: text.translate(_TO_UPPER))),),
    "trim": (Function(TEXT, (), TEXT, _of_text("trim", str.strip)),),
    "int": tuple(Function(None, (kind,), INT, _to_int) for kind in (INT, NUMBER, TEXT, MOMENT)),
    "double": tuple(Function(None, (kind,), NUMBER, _to_number) for kind in (NUMBER, INT, TEXT)),
    "string": tuple(Function(None, (kind,), TEXT, _to_text) for kind in (TEXT, INT, NUMBER, BOOLEAN, MOMENT)),
    "timestamp": (Function(None, (TEXT,), MOMENT, _timestamp),),
    "duration": (Function(None, (TEXT,), SPAN, _duration),),
    "sum": tuple(
        Function(Kind("list", kind), (), kind, _of_list("sum", None)) for kind in (INT, NUMBER, ANY)
    ),
    "min": tuple(Function(Kind("list", kind), (), kind, _of_list("min", min)) for kind in (INT, NUMBER, ANY)),
    "max": tuple(Function(Kind("list", kind), (), kind, _of_list("max", max)) for kind in (INT, NUMBER, ANY)),
    "math.least": (
        Function(None, (INT,), INT, _extreme(min), many=True),
        Function(None, (NUMBER,), NUMBER, _extreme(min), many=True),
    ),
    "math.greatest": (
        Function(None, (INT,), INT, _extreme(max), many=True),
        Function(None, (NUMBER,), NUMBER, _extreme(max), many=True),
    ),
    "math.round": (Function(None, (NUMBER,), NUMBER, _rounded(ROUND_HALF_UP)),),
    "math.floor": (Function(None, (NUMBER,), NUMBER, _rounded(ROUND_FLOOR)),),
    "math.ceil": (Function(None, (NUMBER,), NUMBER, _rounded(ROUND_CEILING)),),
    "math.abs": (
        Function(None, (INT,), INT, _absolute),
        Function(None, (NUMBER,), NUMBER, _absolute),
    ),
    "getFullYear": _of_clock("getFullYear", lambda moment: moment.year),
    "getMonth": _of_clock("getMonth", lambda moment: moment.month - 1),
    "getDate": _of_clock("getDate", lambda moment: moment.day),
    "getDayOfMonth": _of_clock("getDayOfMonth", lambda moment: moment.day - 1),
    "getDayOfWeek": _of_clock("getDayOfWeek", lambda moment: moment.isoweekday() % 7),
    "getDayOfYear": _of_clock("getDayOfYear", lambda moment: moment.timetuple().tm_yday - 1),
    "getHours": (*_of_clock("getHours", lambda moment: moment.hour), _of_span("getHours", 3600)),
    "getMinutes": (*_of_clock("getMinutes", lambda moment: moment.minute), _of_span("getMinutes", 60)),
    "getSeconds": (*_of_clock("getSeconds", lambda moment: moment.second), _of_span("getSeconds", 1)),
}
# Those that may be asked about the clock of a zone.
CLOCKS = frozenset(
    name for name, forms in FUNCTIONS.items() if any(form.takes and form.target == MOMENT for form in forms)
)
