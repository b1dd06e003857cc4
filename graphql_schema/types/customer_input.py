"""How a caller names a customer: by id, by its own source id, or by telling who it is."""

from datetime import date
from uuid import UUID

import strawberry

from app import ids
from app.customers.values import CustomerInput as CustomerProfile
from app.problem import Problem
from app.redemptions.requests import CustomerRef as CustomerRefValue
from app.unset import UNSET
from graphql_schema.scalars import Metadata
from graphql_schema.texts import check_text, read_metadata
from graphql_schema.types.node import read_id


@strawberry.input(
    one_of=True, description="A customer that exists, by its id or by the caller's own source id."
)
class CustomerRef:
    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="The customer's id.")
    source_id: strawberry.Maybe[str] = strawberry.field(description="The caller's own id of the customer.")


@strawberry.input(description="Who a customer is. What is left out stays as it is; null empties it.")
class CustomerProfileInput:
    source_id: str = strawberry.field(description="The caller's own id of the customer.")
    name: strawberry.Maybe[str | None] = strawberry.field(description="The name.")
    email: strawberry.Maybe[str | None] = strawberry.field(description="The e-mail address.")
    birthday: strawberry.Maybe[date | None] = strawberry.field(description="The day the customer was born.")
    metadata: strawberry.Maybe[Metadata | None] = strawberry.field(
        description="Anything else; replaces what was there."
    )


@strawberry.input(
    one_of=True, description="A customer: one that exists, or one to be made or brought up to date."
)
class CustomerInput:
    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="The customer's id.")
    source_id: strawberry.Maybe[str] = strawberry.field(
        description="The caller's own id of a customer that exists."
    )
    upsert: strawberry.Maybe[CustomerProfileInput] = strawberry.field(
        description="Who the customer is; made if it is not known yet."
    )


def read_customer_ref(
    given: CustomerRef, path: tuple[str, ...], faults: list[Problem]
) -> CustomerRefValue | None:
    """The reference, or None and a note of what is wrong with it."""
    if given.id:
        found = read_id(ids.CUSTOMER, given.id.value, (*path, "id"))
        if isinstance(found, Problem):
            faults.append(found)
            return None
        return CustomerRefValue(id=found)
    if given.source_id:
        check_text(given.source_id.value, (*path, "source_id"), faults)
        return CustomerRefValue(source_id=given.source_id.value)
    raise AssertionError("@oneOf promises one of the two")


def id_or_source_id(given: CustomerRef, path: tuple[str, ...], faults: list[Problem]) -> UUID | str:
    """The customer's id or source id, for deeds that look up many; faults are noted. Any text may be a source id."""
    if given.source_id:
        return given.source_id.value
    found = read_id(ids.CUSTOMER, given.id.value if given.id else "", (*path, "id"))
    if isinstance(found, Problem):
        faults.append(found)
        return ""
    return found


def read_customer(
    given: CustomerInput | None, path: tuple[str, ...], faults: list[Problem]
) -> CustomerRefValue | CustomerProfile | None:
    """The customer of a request, if it names one; faults are noted."""
    if given is None:
        return None
    if given.upsert:
        return read_profile(given.upsert.value, (*path, "upsert"), faults)
    return read_customer_ref(CustomerRef(id=given.id, source_id=given.source_id), path, faults)


def read_profile(
    given: CustomerProfileInput, path: tuple[str, ...], faults: list[Problem]
) -> CustomerProfile:
    """Who the customer is, as the room takes it; faults are noted."""
    profile = CustomerProfile(
        source_id=given.source_id,
        name=given.name.value if given.name else UNSET,
        email=given.email.value if given.email else UNSET,
        birthday=given.birthday.value if given.birthday else UNSET,
        metadata=read_metadata(given.metadata.value, (*path, "metadata"), faults)
        if given.metadata
        else UNSET,
    )
    faults.extend(profile.problems(path))
    return profile
