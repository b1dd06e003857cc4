"""Secrets: recognisable, unguessable, kept as a hash."""

import hashlib

import pytest

from app.projects.secret import hash_of, looks_like_secret, new_secret, prefix_of
from app.projects.values import KeyKind


@pytest.mark.parametrize(
    ("kind", "mark"),
    [(KeyKind.SERVER, "tear_sk_"), (KeyKind.MERCHANT, "tear_mk_"), (KeyKind.STOREFRONT, "tear_sf_")],
)
def test_a_secret_shows_its_kind_and_holds_256_bits(kind: KeyKind, mark: str) -> None:
    secret = new_secret(kind)
    assert secret.startswith(mark)
    assert len(secret) == 8 + 43
    assert 62**43 > 2**256
    assert looks_like_secret(secret)


def test_no_two_secrets_are_alike() -> None:
    assert len({new_secret(KeyKind.SERVER) for _ in range(1_000)}) == 1_000


def test_only_the_hash_is_needed_to_recognise_a_secret() -> None:
    assert hash_of("tear_sk_x") == hashlib.sha256(b"tear_sk_x").digest()


def test_the_prefix_tells_keys_apart_without_giving_them_away() -> None:
    assert prefix_of("tear_sk_abcdefghij") == "tear_sk_abcd"


@pytest.mark.parametrize(
    "text",
    ["", "tear_sk_", "tear_pk_" + "a" * 43, "tear_sk_" + "a" * 42, "tear_sk_" + "a" * 43 + "\n", "ä" * 51],
)
def test_what_cannot_be_a_secret_is_seen_at_once(text: str) -> None:
    assert not looks_like_secret(text)
