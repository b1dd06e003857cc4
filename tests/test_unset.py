"""UNSET: one value, itself only, and readable where it shows up."""

import copy
import pickle

from app.unset import UNSET


def test_unset_stays_the_one_value_through_copies() -> None:
    assert copy.deepcopy(UNSET) is UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET  # noqa: S301 - our own bytes


def test_unset_says_what_it_is() -> None:
    assert repr(UNSET) == "UNSET"
