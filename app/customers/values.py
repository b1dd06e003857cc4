"""Values of this room: a customer, and what a caller tells about one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app import door
from app.problem import Problem
from app.unset import UNSET, Unset

LONGEST_EMAIL = 254  # RFC 5321's longest path without its brackets


@dataclass(frozen=True, slots=True)
class Customer:
    """A person (or household, or guest) of one project; `source_id` is the caller's own id for them."""

    id: UUID
    source_id: str
    name: str | None
    email: str | None
    metadata: Mapping[str, object]
    created_at: datetime
    updated_at: datetime
    birthday: date | None = None


@dataclass(frozen=True, slots=True)
class CustomerInput:
    """What a caller tells about a customer: fields left UNSET stay as they are, None empties them.

    `metadata`, when given, replaces the whole document.
    """

    source_id: str
    name: str | Unset | None = UNSET
    email: str | Unset | None = UNSET
    metadata: Mapping[str, object] | Unset = UNSET
    birthday: date | Unset | None = UNSET

    def problems(self, path: tuple[str, ...] = ()) -> tuple[Problem, ...]:
        """What is wrong with it; `path` leads to this input. Deeds that take inputs in bulk expect none."""
        return (
            *door.text((*path, "source_id"), self.source_id, shortest=1),
            *(() if self.name is UNSET else door.text((*path, "name"), self.name)),
            *(() if self.email is UNSET else door.text((*path, "email"), self.email, LONGEST_EMAIL)),
            *(() if self.metadata is UNSET else door.metadata((*path, "metadata"), self.metadata)),
        )

    def told_of(self, customer: Customer) -> Customer:
        """The customer with the given fields; equal to the one before when they say nothing new."""
        return replace(
            customer,
            name=customer.name if self.name is UNSET else self.name,
            email=customer.email if self.email is UNSET else self.email,
            metadata=customer.metadata if self.metadata is UNSET else self.metadata,
            birthday=customer.birthday if self.birthday is UNSET else self.birthday,
        )

    def after(self, earlier: "CustomerInput") -> "CustomerInput":
        """This input with what an earlier one told besides."""
        return CustomerInput(
            self.source_id,
            earlier.name if self.name is UNSET else self.name,
            earlier.email if self.email is UNSET else self.email,
            earlier.metadata if self.metadata is UNSET else self.metadata,
            earlier.birthday if self.birthday is UNSET else self.birthday,
        )
