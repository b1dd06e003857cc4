"""What can be wrong with a segment, drafted or changed, as far as it shows without the database."""

from app import door
from app.engine.nesting import inside
from app.engine.shelf import rules
from app.engine.unit import Rule
from app.problem import Problem
from app.segments.as_sql import is_for_segments
from app.segments.values import Segment

MOST_RULE_BYTES = 64 * 1024

Path = tuple[str, ...]


def faults_of(segment: Segment) -> tuple[Problem, ...]:
    """All faults. Codes: the door's, at `rule` those of `door.document`, and at a rule inside NOT_ABOUT_CUSTOMERS."""
    found = (
        *door.text(("name",), segment.name, shortest=1),
        *door.text(("description",), segment.description, door.LONGEST_TEXT),
    )
    if segment.rule is None:
        return found
    about = _not_about_customers(segment.rule, ("rule",))
    return (
        *found,
        *(about or door.document(("rule",), rules.to_json(segment.rule), MOST_RULE_BYTES)),
    )


def _not_about_customers(rule: Rule, path: Path) -> tuple[Problem, ...]:
    path = (*path, rules.kind_of(rule))
    if not is_for_segments(rule):
        message = f"A segment is made of rules about customers; {path[-1]} is about something else."
        return (Problem(path, "NOT_ABOUT_CUSTOMERS", message),)
    return tuple(
        fault
        for place, inner in enumerate(inside(rule))
        for fault in _not_about_customers(inner, (*path, "rules", str(place)))
    )
