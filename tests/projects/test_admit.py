"""Admission: every credential leads to a caller or to one clear refusal, and costs one statement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.database import execute
from app.ids import new_id
from app.projects.admit import Caller, NotAdmitted, Permission, admit
from app.projects.found import create_project
from app.projects.keys import revoke_key
from app.projects.secret import new_secret
from app.projects.tokens import CustomerToken, TokenClaims, create_customer_token
from app.projects.values import FoundedProject, KeyKind, KeyWithSecret, ProjectDraft
from tests.conftest import NOW, Statements
from tests.projects.shop import SIGNER, a_customer, a_key

SHOP = "https://shop.example"


async def _admit(
    key: KeyWithSecret, token: str | None = None, origin: str | None = None, now: datetime = NOW
) -> Caller | NotAdmitted:
    return await admit(f"Bearer {key.secret}", token, origin, now, SIGNER)


async def _token(project: UUID, maker: KeyWithSecret, customer: UUID) -> str:
    made = await create_customer_token(project, maker.key.id, customer, timedelta(hours=1), NOW, SIGNER)
    assert isinstance(made, CustomerToken)
    return made.token


def _code(answer: Caller | NotAdmitted) -> str:
    assert isinstance(answer, NotAdmitted)
    return answer.code


async def test_a_server_key_may_do_everything_in_its_project(project: UUID) -> None:
    key = await a_key(project, creates_projects=True)
    caller = await _admit(key)
    assert caller == Caller(
        project=project,
        project_name="Test shop",
        time_zone="Europe/Warsaw",
        currency="EUR",
        case_sensitive_codes=False,
        key=key.key.id,
        kind=KeyKind.SERVER,
        key_name="server key",
        redemption_point=None,
        customer=None,
        creates_projects=True,
    )
    assert caller.permissions == frozenset(Permission)


async def test_a_merchant_key_redeems_at_its_point_and_sees_its_own(project: UUID) -> None:
    caller = await _admit(await a_key(project, KeyKind.MERCHANT, redemption_point="Kiosk 3"))
    assert isinstance(caller, Caller)
    assert caller.redemption_point == "Kiosk 3"
    assert caller.permissions == {
        Permission.VALIDATE,
        Permission.REDEEM,
        Permission.READ_OWN_REDEMPTIONS,
    }
    assert not caller.may(Permission.READ)


async def test_a_storefront_key_alone_only_validates(project: UUID) -> None:
    caller = await _admit(await a_key(project, KeyKind.STOREFRONT))
    assert isinstance(caller, Caller)
    assert caller.permissions == {Permission.VALIDATE}


async def test_with_a_customer_token_a_storefront_redeems_for_that_customer(project: UUID) -> None:
    customer = await a_customer(project)
    token = await _token(project, await a_key(project), customer)
    caller = await _admit(await a_key(project, KeyKind.STOREFRONT), token)
    assert isinstance(caller, Caller)
    assert caller.customer == customer
    assert caller.permissions == {Permission.VALIDATE, Permission.REDEEM, Permission.READ_OWN_WALLET}


async def test_admission_is_one_statement_even_with_a_token(project: UUID, statements: Statements) -> None:
    token = await _token(project, await a_key(project), await a_customer(project))
    key = await a_key(project, KeyKind.STOREFRONT, origins=(SHOP,))
    with statements.counted() as sent:
        assert isinstance(await _admit(key, token, SHOP), Caller)
    assert len(sent) == 1


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic dTpw",
        "tear_sk_" + "a" * 43,
        "Bearer tear_sk_short",
        "Bearer ä\0",
        "Bearer " + "a" * 100_000,
    ],
)
async def test_what_is_no_key_is_refused_without_asking_the_database(
    project: UUID, header: str | None, statements: Statements
) -> None:
    with statements.counted() as sent:
        assert _code(await admit(header, None, None, NOW, SIGNER)) == "UNAUTHENTICATED"
    assert sent == []


async def test_an_unknown_key_is_refused(project: UUID) -> None:
    await a_key(project)
    unknown = f"Bearer {new_secret(KeyKind.SERVER)}"
    assert _code(await admit(unknown, None, None, NOW, SIGNER)) == "UNAUTHENTICATED"


async def test_the_word_bearer_is_read_in_any_case(project: UUID) -> None:
    key = await a_key(project)
    assert isinstance(await admit(f" bearer  {key.secret} ", None, None, NOW, SIGNER), Caller)


async def test_a_revoked_key_is_refused_from_the_next_request_on(project: UUID) -> None:
    key = await a_key(project)
    assert isinstance(await _admit(key), Caller)
    await revoke_key(project, key.key.id, NOW)
    assert await _admit(key) == NotAdmitted("KEY_REVOKED", "This key was revoked.")


async def test_a_key_expires_at_its_moment(project: UUID) -> None:
    ends = NOW + timedelta(hours=1)
    key = await a_key(project, expires_at=ends)
    assert isinstance(await _admit(key, now=ends - timedelta(microseconds=1)), Caller)
    assert await _admit(key, now=ends) == NotAdmitted(
        "KEY_EXPIRED", "This key expired at 2026-06-01T13:00:00+00:00."
    )


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://evil.example",
    ],
)
async def test_a_storefront_key_bound_to_origins_is_refused_elsewhere(
    project: UUID, origin: str | None
) -> None:
    key = await a_key(project, KeyKind.STOREFRONT, origins=(SHOP, "http://localhost:5173"))
    assert _code(await _admit(key, origin=origin)) == "ORIGIN_NOT_ALLOWED"


async def test_a_storefront_key_is_admitted_from_each_of_its_origins(project: UUID) -> None:
    key = await a_key(project, KeyKind.STOREFRONT, origins=(SHOP, "http://localhost:5173"))
    for origin in (SHOP, "http://localhost:5173"):
        assert isinstance(await _admit(key, origin=origin), Caller)


async def test_a_storefront_key_without_origins_is_admitted_from_anywhere(project: UUID) -> None:
    key = await a_key(project, KeyKind.STOREFRONT)
    for origin in (None, "https://anywhere.example"):
        assert isinstance(await _admit(key, origin=origin), Caller)


async def test_revoking_a_key_ends_the_tokens_it_made(project: UUID) -> None:
    maker, key = await a_key(project), await a_key(project, KeyKind.STOREFRONT)
    token = await _token(project, maker, await a_customer(project))
    assert isinstance(await _admit(key, token), Caller)
    await revoke_key(project, maker.key.id, NOW)
    assert await _admit(key, token) == NotAdmitted(
        "CUSTOMER_TOKEN_INVALID", "The key that made this customer token is no longer valid."
    )


async def test_a_token_ends_with_the_key_that_made_it(project: UUID) -> None:
    ends = NOW + timedelta(minutes=5)
    maker, key = await a_key(project, expires_at=ends), await a_key(project, KeyKind.STOREFRONT)
    token = await _token(project, maker, await a_customer(project))
    assert isinstance(await _admit(key, token), Caller)
    assert _code(await _admit(key, token, now=ends)) == "CUSTOMER_TOKEN_INVALID"


async def test_a_token_expires_at_its_moment(project: UUID) -> None:
    key = await a_key(project, KeyKind.STOREFRONT)
    token = await _token(project, await a_key(project), await a_customer(project))
    ends = NOW + timedelta(hours=1)
    assert isinstance(await _admit(key, token, now=ends - timedelta(seconds=1)), Caller)
    assert _code(await _admit(key, token, now=ends)) == "CUSTOMER_TOKEN_EXPIRED"


async def test_a_token_says_nothing_behind_another_wall(project: UUID) -> None:
    founded = await create_project(project, ProjectDraft("Other", "UTC", "EUR"), NOW)
    assert isinstance(founded, FoundedProject)
    token = await _token(project, await a_key(project), await a_customer(project))
    abroad = await a_key(founded.project.id, KeyKind.STOREFRONT)
    assert _code(await _admit(abroad, token)) == "CUSTOMER_TOKEN_INVALID"


async def test_a_token_for_a_stranger_is_refused_even_when_signed(project: UUID) -> None:
    maker, key = await a_key(project), await a_key(project, KeyKind.STOREFRONT)
    good = TokenClaims(project, maker.key.id, await a_customer(project), datetime(2027, 1, 1, tzinfo=UTC))
    assert isinstance(await _admit(key, SIGNER.sign(good)), Caller)
    for bad in (replace(good, customer=new_id()), replace(good, key=new_id())):
        assert _code(await _admit(key, SIGNER.sign(bad))) == "CUSTOMER_TOKEN_INVALID"


async def test_a_token_of_an_erased_customer_is_refused(project: UUID) -> None:
    customer = await a_customer(project)
    key, token = (
        await a_key(project, KeyKind.STOREFRONT),
        await _token(project, await a_key(project), customer),
    )
    await execute("DELETE FROM customers WHERE project_id = $1 AND id = $2", project, customer)
    assert _code(await _admit(key, token)) == "CUSTOMER_TOKEN_INVALID"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "ä\0", "a" * 100_000])
async def test_what_is_no_token_is_refused(project: UUID, token: str) -> None:
    assert _code(await _admit(await a_key(project, KeyKind.STOREFRONT), token)) == "CUSTOMER_TOKEN_INVALID"


@pytest.mark.parametrize("kind", [KeyKind.SERVER, KeyKind.MERCHANT])
async def test_a_token_goes_with_a_storefront_key_only(project: UUID, kind: KeyKind) -> None:
    token = await _token(project, await a_key(project), await a_customer(project))
    assert _code(await _admit(await a_key(project, kind), token)) == "CUSTOMER_TOKEN_INVALID"


async def test_no_refusal_repeats_a_secret(project: UUID) -> None:
    key = await a_key(project, KeyKind.STOREFRONT, origins=(SHOP,))
    revoked = await a_key(project)
    await revoke_key(project, revoked.key.id, NOW)
    for answer in (await _admit(key), await _admit(revoked), await _admit(key, "tok.en.x", SHOP)):
        assert isinstance(answer, NotAdmitted)
        assert key.secret not in answer.message
        assert revoked.secret not in answer.message
        assert "tok.en" not in answer.message
