"""Logs: one JSON object per line, or lines for the eye, on standard error; secrets and rows never get there."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Literal  # Any: structlog's loggers and event dicts

import asyncpg
import orjson
import structlog

# Whatever the message, keys, tokens and passwords do not leave the process.
_SECRETS = re.compile(
    r"(?P<key>tear_[a-z]{2}_)[\w-]{4,}"
    r"|(?P<bearer>[Bb]earer\s+)[^\s\"',}]+"
    r"|(?P<jwt>eyJ)[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?P<url>postgres(?:ql)?://[^\s:@/]*:)[^\s@]+(?=@)"
)
_SECRET_NAMES = frozenset(
    {"authorization", "customer_token", "x_customer_token", "password", "secret", "token", "token_secret"}
)
_HIDDEN = "[hidden]"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

# They tell of every statement and request what our own lines tell better.
_QUIET = ("asyncio", "tortoise", "tortoise.db_client", "httpx", "httpcore")

Event = MutableMapping[str, Any]


def configure(
    form: Literal["json", "console"] = "json",
    level: Literal["debug", "info", "warning", "error"] = "info",
) -> None:
    """Send structlog's and the standard library's messages, from `level` on, to standard error in one form."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _leave_out_rows,
            structlog.processors.format_exc_info,
            _hide_named_secrets,
            _hide_secrets_in(_as_json if form == "json" else structlog.dev.ConsoleRenderer()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [_Forward()]
    root.setLevel(_LEVELS[level])
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, _LEVELS[level]))


class _Forward(logging.Handler):
    """Hands a message of the standard library, uvicorn's for instance, to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            said = record.getMessage()
            log = structlog.get_logger()
            log.log(record.levelno, said, logger=record.name, exc_info=record.exc_info or None)
        except Exception:  # as logging does: a message that cannot be written breaks nothing
            self.handleError(record)


def _leave_out_rows(_logger: object, _method: str, event: Event) -> Event:
    """PostgreSQL's detail ("Failing row contains …") has customers' data in it, and tracebacks show it."""
    told = event.get("exc_info")
    found = sys.exc_info() if told is True else told
    ahead: list[object] = [found[1] if isinstance(found, tuple) else found]
    seen: set[int] = set()
    while ahead:
        fault = ahead.pop()
        if not isinstance(fault, BaseException) or id(fault) in seen:
            continue
        seen.add(id(fault))
        if isinstance(fault, asyncpg.PostgresError):
            fault.detail = None
        # Tortoise puts asyncpg's exception among its own one's arguments.
        ahead += [fault.__cause__, fault.__context__, *fault.args, *getattr(fault, "exceptions", ())]
    return event


def _hide_named_secrets(_logger: object, _method: str, event: Event) -> Event:
    for name in event:
        if name.lower().replace("-", "_") in _SECRET_NAMES:
            event[name] = _HIDDEN
    return event


def _hide_secrets_in(render: Callable[[Any, str, Event], str]) -> Callable[[object, str, Event], str]:
    def hide(logger: object, method: str, event: Event) -> str:
        return _SECRETS.sub(_keep_the_beginning, render(logger, method, event))

    return hide


def _keep_the_beginning(secret: re.Match[str]) -> str:
    return f"{secret[secret.lastgroup or 0]}{_HIDDEN}"


def _as_json(_logger: object, _method: str, event: Mapping[str, Any]) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
