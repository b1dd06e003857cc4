"""docs/rules_and_rewards.md is what the rules and rewards say of themselves, no more and no less."""

import re

from app.engine.shelf import rewards, rules
from graphql_schema.units_page import page
from tests.docs.sample_shop import ROOT

PAGE = ROOT / "docs" / "rules_and_rewards.md"


def test_the_page_is_fresh() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run `make schema`"


def test_every_unit_has_its_section_once_with_its_own_sentence() -> None:
    sections = dict(re.findall(r"^### (\w+)\n\n(.+)$", page(), re.MULTILINE))
    told = {kind: cls.__doc__ for shelf in (rules, rewards) for kind, cls in shelf.by_kind.items()}
    assert {kind: " ".join((text or "").split()) for kind, text in told.items()} == sections
    assert len(sections) == len(rules.by_kind) + len(rewards.by_kind)


def test_every_link_of_the_page_leads_somewhere() -> None:
    text = page()
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(#([^)]+)\)", text):
        assert target in headings
