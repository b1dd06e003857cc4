"""A stream rests for others, and only as long as they need the process."""

import pytest

from graphql_schema import shared_rest
from graphql_schema.shared_rest import Rest


class Clocks:
    """Stand still unless they are told to go on."""

    def __init__(self) -> None:
        self.now = self.cpu = 0.0

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.cpu


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(shared_rest, "time", made)
    return made


def rested(clocks: Clocks, rest: Rest, busy: float) -> float:
    """For how long it rests in a process that works for such a part of the time."""
    began = clocks.now
    while True:
        clocks.now += rest.seconds
        clocks.cpu += rest.seconds * busy
        if rest.is_over():
            return clocks.now - began


@pytest.mark.parametrize(
    ("busy", "times"),
    [
        pytest.param(0.0, 8, id="nobody needs the process: over at the first look"),
        pytest.param(0.3, 8, id="hardly anybody does"),
        pytest.param(0.54, 40, id="half way between: half as long"),
        pytest.param(0.8, 80, id="many do: eighty times as long as telling took"),
        pytest.param(1.0, 80, id="nothing else is left: no longer than that"),
    ],
)
def test_in_a_rush_it_is_the_longer_the_more_others_need_the_process(
    clocks: Clocks, busy: float, times: int
) -> None:
    spent = 1 / 1024
    assert rested(clocks, Rest(spent, in_rush=True), busy) == times * spent


def test_many_members_are_rested_after_for_less_than_half_a_second(clocks: Clocks) -> None:
    assert rested(clocks, Rest(0.025, in_rush=True), 1.0) == pytest.approx(0.4)
    assert rested(clocks, Rest(2.0, in_rush=True), 0.0) == pytest.approx(0.4)


@pytest.mark.parametrize("busy", [0.0, 1.0])
def test_what_happens_alone_is_rested_after_as_long_as_telling_took(clocks: Clocks, busy: float) -> None:
    spent = 1 / 512
    assert rested(clocks, Rest(spent, in_rush=False), busy) == spent


def test_whom_it_costs_nothing_to_tell_nobody_rests_after(clocks: Clocks) -> None:
    rest = Rest(0.0, in_rush=True)
    assert rest.seconds == 0
    assert rest.is_over()
