"""The stacking policy of a project: kept, read with every caller, and changed."""

from uuid import UUID

from app.engine.stacking import DEFAULT, Lane, LaneMode, OnRefusal, Stacking
from app.ids import new_id
from app.problem import Problems
from app.projects.admit import Caller, admit
from app.projects.read import project_by_id
from app.projects.stacking import update_stacking
from app.projects.values import Project
from tests.conftest import NOW
from tests.projects.shop import SIGNER, a_key, logged

POLICY = Stacking((Lane("sale", LaneMode.COMPETE),), ("vip",), on_refusal=OnRefusal.PARTIAL)


async def policy_of_caller(secret: str) -> Stacking:
    caller = await admit(f"Bearer {secret}", None, None, NOW, SIGNER)
    assert isinstance(caller, Caller)
    return caller.stacking


async def test_a_new_project_lets_all_codes_combine(project: UUID) -> None:
    made = await a_key(project)
    assert await policy_of_caller(made.secret) is DEFAULT
    found = await project_by_id(project)
    assert found is not None
    assert found.stacking is DEFAULT


async def test_a_changed_policy_holds_from_the_next_request_on_and_is_told_once(project: UUID) -> None:
    made = await a_key(project)
    before = len(await logged(project))
    for _ in range(2):
        changed = await update_stacking(project, POLICY, NOW)
        assert isinstance(changed, Project)
        assert changed.stacking == POLICY
    assert await policy_of_caller(made.secret) == POLICY
    assert (await logged(project))[before:] == [
        ("STACKING_UPDATED", {"project_id": project.hex, "stacking": POLICY.to_json()})
    ]


async def test_saying_what_holds_by_default_changes_nothing(project: UUID) -> None:
    before = len(await logged(project))
    changed = await update_stacking(project, DEFAULT, NOW)
    assert isinstance(changed, Project)
    assert changed.stacking == DEFAULT
    assert len(await logged(project)) == before


async def test_a_project_that_is_not_there_has_no_policy() -> None:
    refused = await update_stacking(new_id(), POLICY, NOW)
    assert isinstance(refused, Problems)
    assert [problem.code for problem in refused.all] == ["NOT_FOUND"]
