"""Ids: what is shown is read back, and nothing else is an id."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import ids

KNOWN = UUID("01a2015f-c30c-763d-9bc4-25cfbc2d9418")


@given(st.uuids(), st.sampled_from([ids.CAMPAIGN, ids.REDEMPTION, ids.ORGANISATION]))
def test_what_is_shown_is_read_back(id_: UUID, prefix: str) -> None:
    shown = ids.show(prefix, id_)
    assert ids.read(shown) == (prefix, id_)
    assert ids.read_as(prefix, shown) == id_


def test_an_id_looks_the_same_forever() -> None:
    assert ids.show(ids.CAMPAIGN, KNOWN) == "camp_01m80nzgrcerysqh15syy2v50r"
    assert ids.read("camp_01m80nzgrcerysqh15syy2v50r") == ("camp", KNOWN)


def test_digits_may_be_read_out_in_capitals() -> None:
    shown = ids.show(ids.CUSTOMER, KNOWN)
    prefix, _, digits = shown.partition("_")
    assert ids.read(f"{prefix}_{digits.upper()}") == (prefix, KNOWN)


def test_ids_sort_by_the_time_of_their_making() -> None:
    made = [ids.new_id() for _ in range(1_000)]
    assert made == sorted(made)
    assert len(set(made)) == 1_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "camp",
        "camp_",
        "_01m80nzgrcerysqh15syy2v50r",
        "01m80nzgrcerysqh15syy2v50r",
        "camp_01m80nzgrcerysqh15syy2v50",  # a digit too few
        "camp_01m80nzgrcerysqh15syy2v50r0",  # a digit too many
        "camp_01m80nzgrcerysqh15syy2v50u",  # no digit of ours
        "camp_8" + "0" * 25,  # one bit more than a UUID has
        str(KNOWN),
    ],
)
def test_what_is_no_id_is_told(text: str) -> None:
    with pytest.raises(ids.IdError, match="not an id"):
        ids.read(text)


def test_an_id_of_another_kind_is_told_with_the_kind_that_is_wanted() -> None:
    with pytest.raises(ids.IdError, match="an id that starts with vchr_ is expected here"):
        ids.read_as(ids.VOUCHER, ids.show(ids.CAMPAIGN, KNOWN))
