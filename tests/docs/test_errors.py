"""docs/errors.md and the source name the same codes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app.engine.shelf import rules
from graphql_schema import http_answer, socket
from tests.docs.sample_shop import ROOT

PAGE = (ROOT / "docs" / "errors.md").read_text()
CODE = re.compile(r"[A-Z]{3,}|[A-Z]{2,}(?:_[A-Z]+)+")

# Who makes errors, user errors and reasons; the code is one of the arguments.
MAKERS = {
    *("Refusal", "NotAdmitted", "_coded", "_input_error", "SocketRefusal"),
    *("Problem", "one", "refusal", "_fault", "fault"),
    *("Reason", "_refusal", "differs"),
}


def trees() -> Iterator[ast.Module]:
    for package in ("app", "graphql_schema"):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield ast.parse(file.read_text())


def texts_in(node: ast.AST) -> set[str]:
    found = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {text for text in found if isinstance(text, str) and CODE.fullmatch(text)}


def codes_made(node: ast.AST) -> set[str]:
    """Codes at the places where they are made: arguments, constants of their own name, `code`."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        arguments = [one for one in node.args if isinstance(one, ast.Constant)]
        return {text for one in arguments for text in texts_in(one)} if name in MAKERS else set()
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        values = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "code"]
        return {text for value in values if isinstance(value, ast.Constant) for text in texts_in(value)}
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple):
        names = {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        texts = texts_in(node.value)
        # A choice has two values under one name, its word and its sentence.
        is_choice = isinstance(node.value, ast.Tuple) and len(node.value.elts) > len(names)
        return texts if "code" in names else set() if is_choice else texts & names
    return set()


def codes_in(tree: ast.Module) -> set[str]:
    """The codes that a file makes; the words of an enum are none."""
    in_enums = {
        id(node)
        for one in ast.walk(tree)
        if isinstance(one, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in one.bases)
        for node in ast.walk(one)
    }
    return {code for node in ast.walk(tree) if id(node) not in in_enums for code in codes_made(node)}


def documented(section: str) -> set[str]:
    """The codes in the first column of a section's table."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_every_code_in_the_source_is_explained_and_every_explained_code_is_in_the_source() -> None:
    made, mentioned = set(), set()
    for tree in trees():
        made |= codes_in(tree)
        mentioned |= texts_in(tree)
    mentioned.add(f"TOO_MANY_{rules.name.upper()}")  # its end is the shelf's name
    told = documented("Errors") | documented("User errors") | documented("Reasons")
    not_codes = {"REDEMPTION", "REJECTED_REDEMPTION"}  # kinds of answers, in idempotency.py
    assert made - not_codes - told == set(), "explain them in docs/errors.md"
    assert told - mentioned == set(), "they are in docs/errors.md only"


def test_the_reasons_are_those_of_the_engine_and_the_one_that_hides() -> None:
    made, mentioned = {"CODE_NOT_USABLE"}, {"CODE_NOT_USABLE"}
    for file in sorted((ROOT / "app/engine").rglob("*.py")):
        tree = ast.parse(file.read_text())
        made |= codes_in(tree)
        mentioned |= texts_in(tree)
    told = documented("Reasons")
    assert made - told == set(), "explain them among the reasons"
    assert told - mentioned == set(), "no unit of the engine refuses for these"


def test_the_statuses_are_those_that_are_sent() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", PAGE, re.MULTILINE)
    told = {code: int(status) for code, status in rows}
    assert set(told) == documented("Errors")
    at_start = {"SERVICE_UNAVAILABLE": 503}  # sent by app/main.py itself
    assert told == {code: http_answer._STATUS.get(code, 400) for code in told} | at_start


def test_the_close_codes_are_those_of_the_socket_and_of_a_service_that_is_starting() -> None:
    told = set(re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE))
    assert socket.__doc__ is not None
    assert told == set(re.findall(r"\b[14]\d{3}\b", socket.__doc__)) | {"1013"}
    assert '"code": 1013' in Path(ROOT / "app/main.py").read_text()
