"""README and guides are true: their requests are sent to a real server, their commands and links exist."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from graphql import OperationType

from app.cli import app as cli
from tests.docs.guide import GUIDES, Block, blocks_of
from tests.docs.sample_shop import ROOT, SampleShop
from tests.docs.test_operations import faults_in, first_item, operation_of

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[\w-]+)?\)")
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def request_of_curl(block: Block, key: str) -> tuple[str, dict[str, str], str]:
    """Path, headers and body of a curl command in a shell block."""
    words = shlex.split(block.text.replace("\\\n", " ").replace("$KEY", key))
    assert words[:2] in (["curl", "-s"], ["curl", "-sN"])
    headers: dict[str, str] = {}
    address = body = ""
    rest = iter(words[2:])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        else:
            address = word
    assert address.startswith("http://127.0.0.1:8000/")
    return address.removeprefix("http://127.0.0.1:8000"), headers, body


async def send_curl(shop: SampleShop, block: Block) -> Any:
    """What the command would print, without `extensions`."""
    path, headers, body = request_of_curl(block, shop.secret("server"))
    answer = (await shop.http.post(path, content=body, headers=headers)).json()
    answer.pop("extensions", None)
    return answer


async def answer_to(shop: SampleShop, block: Block, variables: Any) -> Any:
    """The answer, or the first item of a feed."""
    if operation_of(block.text).operation is OperationType.SUBSCRIPTION:
        return await first_item(shop, block.text, variables, await shop.headers(block.title))
    return await shop.ask(block.text, variables, block.title)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
async def test_what_the_guides_show_is_what_happens(sample_shop: SampleShop, guide: Path) -> None:
    blocks = blocks_of(guide)
    for block, following in zip(blocks, [*blocks[1:], Block("", "", "")], strict=True):
        if block.title in ("stream", "pulse"):  # test_dashboard_streams.py sends it
            continue
        if block.language == "sh" and block.text.startswith("curl"):
            assert following.language == "json", "what curl prints is shown below it"
            assert await send_curl(sample_shop, block) == json.loads(following.text)
        elif block.language == "graphql":
            has_variables = (following.language, following.title) == ("json", "variables")
            variables = json.loads(following.text) if has_variables else {}
            data = await answer_to(sample_shop, block, variables)
            assert faults_in(data) == []


def test_every_command_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    group = typer.main.get_command(cli)
    commands = set(group.commands)  # type: ignore[attr-defined]  # a group
    for document in DOCUMENTS:
        text = document.read_text()
        shell = "\n".join(block.text for block in blocks_of(document) if block.language == "sh")
        said = [*re.findall(r"`([^`\n]+)`", text), *shell.splitlines()]
        for words in (line.split() for line in said):
            if words[:1] == ["make"] and len(words) > 1:
                assert words[1] in targets, f"{document.name}: make {words[1]}"
            if words[:1] == ["tearoff"] and len(words) > 1:
                assert words[1] in commands, f"{document.name}: tearoff {words[1]}"


def test_every_link_leads_to_a_file() -> None:
    for document in DOCUMENTS:
        for link in LINK.findall(document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_the_readme_leads_to_every_page_and_every_decision() -> None:
    led = {(ROOT / link).resolve() for link in LINK.findall((ROOT / "README.md").read_text())}
    assert [page.name for page in DOCUMENTS[1:] if page.resolve() not in led] == []


def test_every_promise_of_the_readme_has_a_test_that_exists() -> None:
    proofs = PROOF.findall((ROOT / "README.md").read_text())
    assert len(proofs) >= 10
    for file, name in proofs:
        assert re.search(rf"^(?:async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE), name


def test_every_file_that_a_document_names_is_there() -> None:
    for document in DOCUMENTS:
        for path in re.findall(
            r"`((?:app|graphql_schema|migrations|tests|docs)/[\w/.]+)`", document.read_text()
        ):
            assert (ROOT / path).exists() or path == "graphql_schema/static", f"{document.name}: {path}"
