"""What a storefront alone sees of codes that it must not know of: one text, and the same work in the database."""

import orjson
import pytest

from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.secret_codes import SECRETS, a_shop_of_secrets
from tests.graphql_schema.shop import a_request

pytestmark = pytest.mark.usefixtures("till")

VALUE = "{ text money { amount currency } count instant choices }"
CHANGE = "change { act amount { amount } quantity at path values code items { products } }"
ALL_THERE_IS = f"""mutation ($input: ValidateVouchersInput!) {{ validateVouchers(input: $input) {{
  evaluation {{
    granted discount {{ amount }} total {{ amount }} cart {{ lines {{ discount {{ amount }} }} }}
    verdicts {{
      code granted skipped discount {{ amount }} shippingDiscount {{ amount }} lineDiscounts {{ amount }}
      addedLines {{ name }}
      voucher {{ id code }} campaign {{ id name }} explanation {{ offerVersion conditions {{ sentence }} }}
      reasons {{
        code message subject remedy expected {VALUE} actual {VALUE} missing {VALUE} {CHANGE}
        alternatives {{ reasons {{ code message }} }}
      }}
    }}
  }}
  userErrors {{ code }}
}} }}"""


async def seen(caller, *codes: str) -> str:
    """The answer as it is sent, with other letters in the place of the first code."""
    answer = await ask(caller, ALL_THERE_IS, input=a_request(*codes))
    return orjson.dumps(answer).decode().replace(f'"{codes[0]}"', '"TYPED"')


async def test_the_text_of_the_answer_is_one_and_the_same(project, another_project):
    await a_shop_of_secrets(project, another_project)
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    for beside in ((), ("OPEN",)):
        unknown = await seen(storefront, "UNKNOWN", *beside)
        assert "CODE_NOT_USABLE" in unknown
        for code in SECRETS:
            assert await seen(storefront, code, *beside) == unknown


async def test_the_statements_are_the_same_ones_in_the_same_order(project, another_project, statements):
    await a_shop_of_secrets(project, another_project)
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    with statements.counted() as unknown:
        await seen(storefront, "UNKNOWN")
    assert len(unknown) == 2
    for code in SECRETS:
        with statements.counted() as sent:
            await seen(storefront, code)
        assert sent == unknown, code


async def test_a_server_would_see_different_texts(project, another_project):
    await a_shop_of_secrets(project, another_project)
    server = await a_caller(project)
    assert len({await seen(server, code) for code in SECRETS}) > 12
