"""Look-ups of keys that arrive together are made together, each gets its own answer, and none gets an old one."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import fetch_by_index
from app.projects import look_up as room
from app.projects.admit import Caller, NotAdmitted, admit
from app.projects.keys import revoke_key
from app.projects.secret import new_secret
from app.projects.tokens import CustomerToken, create_customer_token
from app.projects.values import KeyKind
from tests.conftest import NOW, Statements
from tests.projects.shop import SIGNER, a_customer, a_key


def _ask(secret: str, token: str | None = None) -> "asyncio.Task[Caller | NotAdmitted]":
    return asyncio.create_task(admit(f"Bearer {secret}", token, None, NOW, SIGNER))


async def test_many_at_once_get_their_own_answers_from_two_statements(
    project: UUID, statements: Statements
) -> None:
    server = await a_key(project)
    storefront = await a_key(project, KeyKind.STOREFRONT)
    customer = await a_customer(project)
    made = await create_customer_token(project, server.key.id, customer, timedelta(hours=1), NOW, SIGNER)
    assert isinstance(made, CustomerToken)
    unknown = new_secret(KeyKind.SERVER)
    with statements.counted() as sent:
        first = _ask(server.secret)
        await asyncio.sleep(0)  # its statement is under way when the others come
        await asyncio.sleep(0)
        others = [
            task
            for _ in range(20)
            for task in (
                _ask(storefront.secret, made.token),
                _ask(unknown),
                _ask(server.secret),
                _ask(storefront.secret),
            )
        ]
        alone, *answers = await asyncio.gather(first, *others)
    assert isinstance(alone, Caller)
    assert len(sent) == 2
    for with_token, not_known, by_server, without in zip(*(answers[n::4] for n in range(4)), strict=True):
        assert isinstance(with_token, Caller)
        assert (with_token.key, with_token.customer) == (storefront.key.id, customer)
        assert isinstance(not_known, NotAdmitted)
        assert isinstance(by_server, Caller)
        assert (by_server.key, by_server.customer) == (server.key.id, None)
        assert isinstance(without, Caller)
        assert (without.key, without.customer) == (storefront.key.id, None)


async def test_a_key_revoked_while_a_statement_is_under_way_is_refused_by_the_next(project: UUID) -> None:
    key = await a_key(project)
    early = _ask(key.secret)
    await revoke_key(project, key.key.id, NOW)
    late = await _ask(key.secret)
    await early
    assert isinstance(late, NotAdmitted)
    assert late.code == "KEY_REVOKED"


async def test_who_goes_away_takes_nobody_along(project: UUID) -> None:
    key = await a_key(project)
    first, gone, last = _ask(key.secret), _ask(key.secret), _ask(key.secret)
    await asyncio.sleep(0)
    first.cancel()
    gone.cancel()
    assert isinstance(await last, Caller)


async def test_a_failing_statement_fails_those_it_was_made_for_and_no_other(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_key(project)

    async def broken(*_: object) -> list[object]:
        raise OSError("no database")

    monkeypatch.setattr(room, "fetch_by_index", broken)
    answers = await asyncio.gather(_ask(key.secret), _ask(key.secret), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError]
    monkeypatch.setattr(room, "fetch_by_index", fetch_by_index)
    assert isinstance(await _ask(key.secret), Caller)
