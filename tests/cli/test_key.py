"""tearoff key, tearoff project: made, listed and revoked from the operator's own terminal."""

import re

import asyncpg
import httpx

from tests.cli.conftest import Tearoff, refused
from tests.open_shop import OpenShop

VIEWER = {"query": "{ viewer { __typename } }"}


async def status_with(shop: OpenShop, secret: str, **headers: str) -> int:
    async with httpx.AsyncClient(base_url=shop.server.url, trust_env=False) as http:
        answer = await http.post(
            "/graphql", json=VIEWER, headers={"Authorization": f"Bearer {secret}", **headers}
        )
    return answer.status_code


async def test_a_key_is_shown_once_works_and_is_revoked_at_once(open_shop: OpenShop) -> None:
    tearoff = Tearoff(open_shop.state, open_shop.database)
    made = await tearoff("key", "create", "Checkout", "--days", "3")
    assert made.status == 0
    secret = made.out.strip()
    assert re.fullmatch(r"tear_sk_\w{40,}", secret)
    (key,) = re.findall(r"key_\w{26}", made.err)
    assert await status_with(open_shop, secret) == 200
    listed = (await tearoff("key", "list")).out
    (row,) = [line for line in listed.splitlines() if key in line]
    assert re.split(r" {2,}", row)[:4] == [key, "server", "Checkout", f"{secret[:12]}…"]
    assert "until " in row
    assert secret not in listed
    revoked = await tearoff("key", "revoke", key)
    assert revoked.out == f"{key} (Checkout) is revoked.\n"
    assert await status_with(open_shop, secret) == 401
    (row,) = [line for line in (await tearoff("key", "list")).out.splitlines() if key in line]
    assert "revoked " in row


async def test_a_storefront_key_is_bound_to_its_origins(open_shop: OpenShop) -> None:
    tearoff = Tearoff(open_shop.state, open_shop.database)
    words = ("--kind", "storefront", "--origin", "https://shop.example", "--origin", "https://m.shop.example")
    secret = (await tearoff("key", "create", "Web [bold]shop[/]", *words)).out.strip()
    assert secret.startswith("tear_sf_")
    assert await status_with(open_shop, secret, Origin="https://shop.example") == 200
    assert await status_with(open_shop, secret, Origin="https://elsewhere.example") == 403
    listed = (await tearoff("key", "list")).out
    assert "Web [bold]shop[/]  " in listed
    assert "https://shop.example and 1 more" in listed


async def test_what_is_wrong_with_a_key_is_told_and_none_is_made(open_shop: OpenShop) -> None:
    tearoff = Tearoff(open_shop.state, open_shop.database)
    before = await open_shop.count("api_keys")
    assert refused(await tearoff("key", "create", "Till", "--kind", "merchant")) == (
        "A merchant key needs its redemption point."
    )
    assert refused(await tearoff("key", "create", "Till", "--project", "Nowhere")).startswith(
        "'Nowhere' names no project. Give --project one of 'Kalina sample shop' (proj_"
    )
    assert refused(await tearoff.here("key", "revoke", "tear_sk_abc")) == (
        "This is not the id of a key: `tearoff key list` shows them."
    )
    assert refused(await tearoff("key", "revoke", f"key_{'0' * 26}")) == "There is no such key."
    assert await open_shop.count("api_keys") == before


async def test_with_several_projects_one_must_be_named(tearoff: Tearoff) -> None:
    empty = await tearoff("project", "list")
    assert empty.out == "There is no project yet: `tearoff sample` makes the sample shop.\n"
    assert refused(await tearoff("key", "list")) == empty.out.strip()
    assert (await tearoff("sample")).status == 0
    assert tearoff.database is not None
    connection = await asyncpg.connect(**tearoff.database)
    await connection.execute(
        "INSERT INTO projects SELECT gen_random_uuid(), organisation_id, 'Other', time_zone, currency,"
        " case_sensitive_codes, created_at FROM projects"
    )
    await connection.close()
    listed = (await tearoff("project", "list")).out.splitlines()
    assert len(listed) == 1 + 2
    assert "Kalina sample shop  EUR       Europe/Warsaw" in "\n".join(listed)
    assert refused(await tearoff("key", "list")).startswith("Which project? Give --project one of ")
    named = await tearoff("key", "list", "--project", "Kalina sample shop")
    assert named.status == 0
    assert len(named.out.splitlines()) == 1 + 3
    (id_,) = [line.split()[0] for line in listed if " Other " in line]
    assert len((await tearoff("key", "list", "--project", id_)).out.splitlines()) == 1
