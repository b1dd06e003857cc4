"""GraphiQL in a real browser, from our own files: a key, a query, and a subscription that shows a redemption arrive."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from tests.conftest import CHROMIUM
from tests.open_shop import OpenShop

pytestmark = pytest.mark.browser

# A hundred modules of an editor on a busy machine.
PATIENCE_MILLISECONDS = 60_000

QUERY = "query Mine { viewer { project { name } } }"
# On one line: at the end of a line the editor closes braces by itself.
SUBSCRIPTION = (
    "subscription Live { redemptions { event { redemption { total { amount } vouchers { code } } } } }"
)


@dataclass
class Visit:
    """The page, and what it did besides showing itself."""

    page: Page
    asked: set[str] = field(default_factory=set)  # hosts
    sockets: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked.add(urlsplit(request.url).netloc))
        self.page.on("websocket", lambda socket: self.sockets.append(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    async def write(self, operation: str, name: str) -> None:
        """Put the operation into the editor, and wait until GraphiQL has understood it."""
        await self.page.click(".graphiql-query-editor .view-lines")
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.insert_text(operation)
        await expect(self.page.locator(".graphiql-tab-active")).to_contain_text(name)

    async def run(self) -> None:
        await self.page.click(".graphiql-execute-button")

    async def shows(self, text: str) -> None:
        """Wait until the answer contains the text."""
        # The editor shows blanks as no-break spaces, which the browser's own comparison evens out.
        await expect(self.page.locator(".graphiql-response .view-lines")).to_contain_text(text)


@pytest_asyncio.fixture
async def visit() -> AsyncIterator[Visit]:
    assert CHROMIUM is not None, "TEAROFF_DEMAND_BROWSER is set, and there is no Chromium"
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with async_playwright() as playwright:
        # Chromium's sandbox does not work for root.
        alone = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=alone)
        page = await browser.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        yield Visit(page)
        await browser.close()


async def test_a_visitor_asks_and_watches_a_redemption_arrive(open_shop: OpenShop, visit: Visit) -> None:
    page = visit.page
    await page.goto(f"{open_shop.server.url}/graphql#key={open_shop.key}")
    await expect(page.locator("#api-key")).to_have_value(open_shop.key)
    assert page.url == f"{open_shop.server.url}/graphql", "the key does not stay in the address"

    await visit.write(QUERY, "Mine")
    await visit.run()
    await visit.shows('"name": "Kalina sample shop"')

    await visit.write(SUBSCRIPTION, "Live")
    await visit.run()
    await visit.shows('"event": null')
    assert await open_shop.redeem("SUMMER10", "123.40") == "Redemption"
    await visit.shows('"amount": "111.06"')
    await visit.shows('"code": "SUMMER10"')

    assert visit.sockets == [f"ws://127.0.0.1:{open_shop.server.port}/graphql"]
    assert visit.asked == {f"127.0.0.1:{open_shop.server.port}"}, "nothing is fetched from elsewhere"
    assert visit.complaints == []


async def test_without_a_key_the_page_loads_and_the_answer_says_what_is_missing(
    open_shop: OpenShop, visit: Visit
) -> None:
    await visit.page.goto(f"{open_shop.server.url}/graphql")
    await expect(visit.page.locator("#api-key")).to_have_value("")
    await visit.write(QUERY, "Mine")
    await visit.run()
    await visit.shows('"code": "UNAUTHENTICATED"')
    assert visit.asked == {f"127.0.0.1:{open_shop.server.port}"}
