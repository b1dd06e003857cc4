"""Attempts: documents with one root field, and what somebody behind another wall gets of their answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attempt:
    """A document with one root field, and what of its answer somebody behind another wall must get: nothing."""

    document: str
    variables: Mapping[str, Any]
    nothing: Any = None


NO_ITEMS = {"totalCount": 0, "nodes": []}
ANYTHING = object()  # an answer that is the same for everybody
FORBIDDEN = object()  # an answer to keys of a special kind only
REFUSED = object()  # BAD_USER_INPUT wherever there is nothing of the name


def a_list(field: str, filter_type: str, given: Mapping[str, Any]) -> Attempt:
    """A list with that filter."""
    document = (
        f"query ($filter: {filter_type}) {{ {field}(filter: $filter) {{ totalCount nodes {{ id }} }} }}"
    )
    return Attempt(document, {"filter": given}, NO_ITEMS)


def lists(field: str, filter_type: str, filters: Iterable[Mapping[str, Any]]) -> list[Attempt]:
    """The list with each of these filters."""
    return [a_list(field, filter_type, given) for given in filters]


def one(field: str, argument: str, type_: str, value: Any) -> Attempt:
    """A thing by that argument."""
    return Attempt(f"query ($v: {type_}) {{ {field}({argument}: $v) {{ __typename }} }}", {"v": value})


def deed(field: str, given: Mapping[str, Any], *faults: str) -> Attempt:
    """A mutation that answers with these faults."""
    type_ = INPUTS.get(field, f"{field[0].upper()}{field[1:]}Input")
    document = f"mutation ($input: {type_}!) {{ {field}(input: $input) {{ userErrors {{ code }} }} }}"
    return Attempt(document, {"input": given}, {"userErrors": [{"code": fault} for fault in faults]})


# Where the input is not named after the mutation.
INPUTS = {
    "disableVoucher": "SwitchVoucherInput",
    "enableVoucher": "SwitchVoucherInput",
    "upsertCustomer": "CustomerProfileInput",
    "addSegmentMembers": "SegmentMembersInput",
    "removeSegmentMembers": "SegmentMembersInput",
}


def in_batch(document: str, verb: str, items: str) -> str:
    """The document of one validation or redemption as that of a batch of `items`."""
    one, many = f"{verb}Vouchers", f"{verb}VouchersBatch"
    input_type = f"{one[0].upper()}{one[1:]}"
    _, _, rest = document.partition("(input: $input) {")
    fields = rest.rsplit("}", 2)[0]
    return (
        f"mutation ($input: {input_type}BatchInput!) {{ {many}(input: $input) {{ results {{ {fields} }} }} }}"
    )
