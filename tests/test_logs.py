"""Logs: one JSON object per line, from structlog and the standard library alike, and never a secret."""

import json
import subprocess
import sys

import pytest

_SAY = """
import logging, structlog
from app import logs
logs.configure({form!r}, {level!r})
{body}
"""


def said(body: str, form: str = "json", level: str = "info") -> list[str]:
    """What a process that says these things writes to standard error."""
    run = subprocess.run(
        [sys.executable, "-c", _SAY.format(form=form, level=level, body=body)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == ""
    return run.stderr.splitlines()


def test_every_line_is_one_json_object_whoever_speaks() -> None:
    lines = said(
        "structlog.get_logger().info('redeemed', code='SUMMER', amount=5)\n"
        "logging.getLogger('uvicorn.error').warning('Shutting %s', 'down')\n"
        "structlog.contextvars.bind_contextvars(request_id='r1')\n"
        "structlog.get_logger().error('odd', value=object, text='two\\nlines')"
    )
    first, second, third = map(json.loads, lines)
    assert (first["event"], first["level"], first["code"], first["amount"]) == (
        "redeemed",
        "info",
        "SUMMER",
        5,
    )
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"], second["logger"]) == (
        "Shutting down",
        "warning",
        "uvicorn.error",
    )
    assert (third["request_id"], third["text"]) == ("r1", "two\nlines")


def test_an_exception_is_told_with_its_traceback_on_one_line() -> None:
    (line,) = said(
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    structlog.get_logger().exception('failed')"
    )
    assert "ZeroDivisionError: division by zero" in json.loads(line)["exception"]


def test_what_is_less_important_than_the_level_is_not_written() -> None:
    lines = said(
        "structlog.get_logger().info('small talk')\n"
        "logging.getLogger('x').info('small talk')\n"
        "structlog.get_logger().warning('heard')",
        level="warning",
    )
    assert [json.loads(line)["event"] for line in lines] == ["heard"]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    ("statement", "secret"),
    [
        ("log.info('key tear_sk_abcDEF0123456789xyz')", "abcDEF0123456789xyz"),
        ("log.info('asked', header='Bearer something-very-private')", "something-very-private"),
        ("log.info('asked', authorization='open sesame')", "open sesame"),
        ("log.info('asked', **{'X-Customer-Token': 'open sesame'})", "open sesame"),
        ("log.info('dial', url='postgresql://shop:hunter2@db/tearoff')", "hunter2"),
        ("log.info('token', jwt='eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl')", "c2lnbmF0dXJl"),
        ("logging.warning('with tear_mk_abcDEF0123456789xyz')", "abcDEF0123456789xyz"),
        (
            "try:\n    raise ValueError('postgres://a:hunter2@b')\n"
            "except ValueError:\n    log.exception('failed')",
            "hunter2",
        ),
    ],
)
def test_a_secret_is_never_written(statement: str, secret: str, form: str) -> None:
    text = "\n".join(said(f"log = structlog.get_logger()\n{statement}", form))
    assert text
    assert secret not in text
    assert "[hidden]" in text


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "statement",
    [
        "raise fault",
        "raise RuntimeError('wrapped') from fault",
        "raise RuntimeError(fault)",
        "raise ExceptionGroup('several', [ValueError('other'), fault])",
        "try:\n        raise fault\n    except asyncpg.PostgresError:\n        raise RuntimeError('while at it')",
    ],
)
@pytest.mark.parametrize(
    "teller", ["structlog.get_logger().exception('failed')", "logging.getLogger('x').exception('failed')"]
)
def test_the_row_that_postgresql_complains_of_is_never_written(
    statement: str, teller: str, form: str
) -> None:
    text = "\n".join(
        said(
            "import asyncpg\n"
            "fault = asyncpg.PostgresError.new({'C': '23502', 'M': 'null value in column \"name\"',"
            " 'D': 'Failing row contains (7, ada@example.com).'})\n"
            f"try:\n    {statement}\nexcept Exception:\n    {teller}",
            form,
        )
    )
    assert "null value in column" in text
    assert "ada@example.com" not in text
