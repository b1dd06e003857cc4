"""Customer tokens: believed only when this service signed them for this project."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from app.ids import new_id
from app.problem import Problem, Problems
from app.projects.tokens import CustomerToken, TokenClaims, TokenSigner, create_customer_token
from tests.conftest import NOW
from tests.projects.shop import SIGNER, a_customer

CLAIMS = TokenClaims(new_id(), new_id(), new_id(), datetime(2026, 6, 1, 13, tzinfo=UTC))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_token_says_what_was_signed() -> None:
    assert SIGNER.read(SIGNER.sign(CLAIMS)) == CLAIMS


def test_each_project_has_a_key_of_its_own() -> None:
    header, payload, signature = SIGNER.sign(CLAIMS).split(".")
    elsewhere = _b64(orjson.dumps({"typ": "JWT", "alg": "HS256", "kid": new_id().hex}))
    assert SIGNER.read(f"{header}.{payload}.{signature}") == CLAIMS
    assert SIGNER.read(f"{elsewhere}.{payload}.{signature}") is None


def test_a_token_of_another_service_is_not_believed() -> None:
    assert TokenSigner("another secret of thirty-two chars").read(SIGNER.sign(CLAIMS)) is None


def test_every_tampered_letter_is_noticed() -> None:
    token = SIGNER.sign(CLAIMS)
    for place in range(len(token) - 1):  # the last letter carries bits that base 64 ignores
        changed = "A" if token[place] != "A" else "B"
        assert SIGNER.read(token[:place] + changed + token[place + 1 :]) is None


def test_a_token_without_signature_is_refused() -> None:
    claims = {"sub": CLAIMS.customer.hex, "key": CLAIMS.key.hex, "exp": 4_000_000_000}
    for algorithm in ("none", "None", "NONE", ""):
        header = _b64(orjson.dumps({"alg": algorithm, "kid": CLAIMS.project.hex}))
        assert SIGNER.read(f"{header}.{_b64(orjson.dumps(claims))}.") is None


def test_only_the_one_algorithm_is_taken() -> None:
    key = SIGNER._derive(CLAIMS.project)
    claims = {"sub": CLAIMS.customer.hex, "key": CLAIMS.key.hex, "exp": 4_000_000_000}
    for algorithm, believed in (("HS256", True), ("HS384", False), ("HS512", False)):
        long_enough = OctKey.import_key(key.raw_value)
        header = {"alg": algorithm, "kid": CLAIMS.project.hex}
        token = jwt.encode(header, claims, long_enough, algorithms=[algorithm])
        assert (SIGNER.read(token) is not None) is believed


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": "x", "key": CLAIMS.key.hex, "exp": 1},
        {"sub": 7, "key": CLAIMS.key.hex, "exp": 1},
        {"sub": CLAIMS.customer.hex, "key": None, "exp": 1},
        {"sub": CLAIMS.customer.hex, "key": CLAIMS.key.hex, "exp": "soon"},
        {"sub": CLAIMS.customer.hex, "key": CLAIMS.key.hex, "exp": 10**30},
    ],
)
def test_odd_claims_are_refused_even_when_signed(claims: dict[str, object]) -> None:
    header = {"alg": "HS256", "kid": CLAIMS.project.hex}
    assert SIGNER.read(jwt.encode(header, claims, SIGNER._derive(CLAIMS.project))) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(header=_JSON | st.fixed_dictionaries({"alg": _JSON, "kid": _JSON}), payload=_JSON, tail=st.binary())
def test_no_header_and_no_payload_makes_the_reader_fail(header: object, payload: object, tail: bytes) -> None:
    parts = []
    for part in (header, payload):
        try:
            parts.append(_b64(orjson.dumps(part)))
        except TypeError:  # an integer beyond 64 bits
            parts.append("e30")
    assert SIGNER.read(f"{parts[0]}.{parts[1]}.{_b64(tail)}") is None


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert SIGNER.read(text) is None


def test_a_very_long_text_is_not_decoded() -> None:
    assert SIGNER.read("a" * 1_000_000) is None


def test_neither_signer_nor_token_show_their_secrets() -> None:
    token = CustomerToken("eyJ.secret", NOW)
    assert "secret" not in repr(token)
    assert "thirty-two" not in repr(TokenSigner("a secret of at least thirty-two characters"))


async def test_a_token_is_made_for_a_customer_of_the_project(project: UUID) -> None:
    customer, key = await a_customer(project), new_id()
    made = await create_customer_token(project, key, customer, timedelta(hours=24), NOW, SIGNER)
    assert isinstance(made, CustomerToken)
    assert made.expires_at == NOW + timedelta(hours=24)
    assert SIGNER.read(made.token) == TokenClaims(project, key, customer, made.expires_at)


async def test_no_token_for_a_customer_of_another_project(project: UUID) -> None:
    stranger = new_id()
    customer = await a_customer(project)
    assert await create_customer_token(stranger, new_id(), customer, timedelta(hours=1), NOW, SIGNER) == (
        Problems.one("customer", "NOT_FOUND", "There is no such customer.")
    )


@pytest.mark.parametrize("lives", [timedelta(0), timedelta(seconds=-5), timedelta(hours=24, seconds=1)])
async def test_a_token_lives_from_a_second_to_a_day(project: UUID, lives: timedelta) -> None:
    refused = await create_customer_token(project, new_id(), new_id(), lives, NOW, SIGNER)
    assert refused == Problems(
        (Problem(("lives",), "OUT_OF_RANGE", "A customer token lives from one second to 24 hours."),)
    )
