"""Who waited in vain is suspected for a minute, unless it gets through."""

from uuid import UUID

from app.redemptions.suspects import Suspects

OURS, THEIRS = UUID(int=1), UUID(int=2)


def test_suspicion_falls_on_codes_of_one_project() -> None:
    suspects = Suspects()
    suspects.add([(OURS, "SOUP")], 100.0)
    assert suspects.meets([(OURS, "SALAD"), (OURS, "SOUP")], 100.0)
    assert not suspects.meets([(OURS, "SALAD")], 100.0)
    assert not suspects.meets([(THEIRS, "SOUP")], 100.0)


def test_suspicion_ends_a_minute_after_the_last_wait_in_vain() -> None:
    suspects = Suspects()
    suspects.add([(OURS, "SOUP")], 100.0)
    assert suspects.meets([(OURS, "SOUP")], 159.9)
    assert not suspects.meets([(OURS, "SOUP")], 160.0)
    suspects.add([(OURS, "SOUP")], 150.0)
    assert suspects.meets([(OURS, "SOUP")], 209.9)


def test_who_got_through_is_suspected_no_more() -> None:
    suspects = Suspects()
    suspects.add([(OURS, "SOUP"), (OURS, "SALAD")], 100.0)
    suspects.clear([(OURS, "SOUP"), (OURS, "BREAD")])
    assert not suspects.meets([(OURS, "SOUP")], 101.0)
    assert suspects.meets([(OURS, "SALAD")], 101.0)


def test_suspicions_that_are_over_are_not_kept() -> None:
    suspects = Suspects()
    for second in range(200):
        suspects.add([(OURS, f"CODE{second}")], float(second))
    assert len(suspects._until) == 60
