"""The blocks of a document, in order, with what stands behind the fence: ```graphql merchant."""

import re
from pathlib import Path
from typing import NamedTuple

from tests.docs.sample_shop import ROOT

GUIDES = [
    ROOT / "README.md",
    *(
        ROOT / "docs" / f"{name}.md"
        for name in (
            "storefront",
            "dashboard",
            "cursors",
            "merchant",
            "operator",
            "segments",
            "explanations",
            "expressions",
            "stacking",
            "simulation",
        )
    ),
]
_FENCE = re.compile(r"^```(?P<language>\w+) ?(?P<title>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, what stands behind it, its text."""

    language: str
    title: str
    text: str


def blocks_of(document: Path) -> list[Block]:
    """All fenced blocks of a document."""
    found = _FENCE.finditer(document.read_text())
    return [Block(*one.group("language", "title", "text")) for one in found]
