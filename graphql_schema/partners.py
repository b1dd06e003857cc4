"""Partners of one operation: by id, and the rates they were promised; a part of the graph."""

from functools import cached_property, partial
from uuid import UUID

from aiodataloader import DataLoader

from app.partners import read
from app.partners.values import PartnerRate
from graphql_schema.loaders import by_key
from graphql_schema.types.partner import Partner, show_partner


class Partners:
    """The partners of a project, each asked for once."""

    def __init__(self, project: UUID) -> None:
        self._project = project

    @cached_property
    def by_id(self) -> DataLoader[UUID, Partner | None]:
        """Partners by their ids."""
        return by_key(partial(read.by_ids, self._project), show_partner)

    @cached_property
    def rates(self) -> DataLoader[UUID, tuple[PartnerRate, ...] | None]:
        """The rates of commission of partners by their ids."""
        return by_key(partial(read.rates_of, self._project), tuple)
