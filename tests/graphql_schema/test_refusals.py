"""User errors: the deeds' problems in the words of the API."""

from app.problem import Problem, Problems
from graphql_schema.refusals import MOST_TOLD, UserError, user_errors


def test_paths_start_at_the_input_and_are_written_as_in_the_api():
    problems = Problems(
        (Problem(("offer", "rule", "all_of", "0", "up_to"), "X", "No."), Problem((), "Y", "Nor."))
    )
    assert user_errors(problems) == [
        UserError(path=["input", "offer", "rule", "allOf", "0", "upTo"], code="X", message="No."),
        UserError(path=["input"], code="Y", message="Nor."),
    ]


def test_a_deed_may_use_another_word_than_the_input():
    problems = Problems((Problem(("id",), "X", "No."), Problem(("offer", "id"), "Y", "Nor.")))
    assert [error.path for error in user_errors(problems, id="campaign")] == [
        ["input", "campaign"],
        ["input", "offer", "id"],
    ]


def test_of_very_many_problems_the_first_are_told():
    problems = Problems(tuple(Problem((str(n),), "X", "No.") for n in range(MOST_TOLD + 1)))
    assert [error.path for error in user_errors(problems)] == [["input", str(n)] for n in range(MOST_TOLD)]
