"""Prints docs/rules_and_rewards.md, which the rules and rewards write themselves; `make schema` keeps it."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any  # units of either shelf

from app.engine.shelf import Shelf, rewards, rules
from app.engine.unit import Family
from graphql_schema.types.unit_description import ParameterDescription, UnitDescription, show_catalogue

_PAGE = """\
# Rules and rewards

Every condition that an offer can set and everything that it can give. This page is written by the units themselves
(`make schema`); the API says the same in `ruleCatalogue` and `rewardCatalogue`, with which a form for each of them can
be drawn. Each example is the value of a `RuleInput` or a `RewardInput`. What refusals mean stands in
[errors.md](errors.md).

{contents}

# Rules

{rules}

# Rewards

{rewards}

# Values made of parts

{compounds}
"""

_FAMILIES = {
    Family.CUSTOMER: "About the customer",
    Family.ORDER: "About the order",
    Family.ITEMS: "About the items",
    Family.TIME: "About the time",
    Family.LOGIC: "Rules made of rules",
}


def page() -> str:
    """The text of docs/rules_and_rewards.md."""
    told = {unit.kind: unit for unit in show_catalogue(rules)}
    by_family = {
        title: [told[kind] for kind in sorted(told) if rules.by_kind[kind].family is family]
        for family, title in _FAMILIES.items()
    }
    given = show_catalogue(rewards)
    compounds = _compounds(parameter for unit in [*told.values(), *given] for parameter in unit.parameters)
    contents = [f"- {title}: {_links(units)}" for title, units in by_family.items()]
    return _PAGE.format(
        contents="\n".join([*contents, f"- Rewards: {_links(given)}"]),
        rules="\n".join(
            f"## {title}\n\n" + "\n".join(_unit(unit, rules) for unit in units)
            for title, units in by_family.items()
        ).rstrip(),
        rewards="\n".join(_unit(unit, rewards) for unit in given).rstrip(),
        compounds="\n\n".join(f"## {name}\n\n{_table(parts)}" for name, parts in compounds.items()),
    )


def _links(units: Iterable[UnitDescription]) -> str:
    return ", ".join(f"[{unit.kind}](#{unit.kind})" for unit in units)


def _unit(unit: UnitDescription, shelf: Shelf[Any]) -> str:
    """The section of one unit."""
    parts = [f"### {unit.kind}", unit.sentence]
    if unit.parameters:
        parts.append(_table(unit.parameters))
    refusals = _one_line(shelf.by_kind[unit.kind].refusals.__doc__)
    parts.append(f"Refuses with: {refusals}")
    parts.append(f"```graphql\n{unit.input_example}\n```")
    return "\n\n".join(parts) + "\n"


def _compounds(parameters: Iterable[ParameterDescription]) -> dict[str, Sequence[ParameterDescription]]:
    """The parts of all compounds among the parameters, and among their parts, by what one of them is called."""
    found: dict[str, Sequence[ParameterDescription]] = {}
    for parameter in parameters:
        if parameter.parts:
            found.setdefault(_name(parameter), parameter.parts)
            found.update(_compounds(parameter.parts))
    return dict(sorted(found.items()))


def _name(parameter: ParameterDescription) -> str:
    return parameter.type.removeprefix("list of ")


def _table(parameters: Sequence[ParameterDescription]) -> str:
    rows = [_row(parameter) for parameter in parameters]
    return "\n".join(["| Parameter | Type | Default | Meaning |", "|---|---|---|---|", *rows])


def _row(parameter: ParameterDescription) -> str:
    """The row of a parameter; a choice's words follow its meaning, what a compound is made of stands elsewhere."""
    kind = parameter.type
    if parameter.parts:
        name = _name(parameter)
        kind = kind.replace(name, f"[{name}](#{name.replace(' ', '-')})")
    counted = f" ({parameter.unit})" if parameter.unit else ""
    meaning = parameter.description.replace("|", "\\|")
    for choice in parameter.choices:
        meaning += f"<br>`{choice.value}`: {choice.description}"
    default = "required" if parameter.required else _default(parameter)
    return f"| `{parameter.name}` | {kind}{counted} | {default} | {meaning} |"


def _default(parameter: ParameterDescription) -> str:
    return "" if not parameter.default else f"`{json.dumps(parameter.default)}`"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    sys.stdout.write(page())
