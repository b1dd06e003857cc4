"""Expiring holds: whoever needs what they reserve undoes those whose time is over; no sweeper has to come first."""

from collections.abc import Collection
from uuid import UUID


class HoldsExpired(Exception):  # noqa: N818 - a state of the projects, not a mistake
    """Some holds of these projects are over and must be expired before anything more of theirs is judged."""

    def __init__(self, projects: Collection[UUID]) -> None:
        super().__init__(f"holds of {len(projects)} projects are over")
        self.projects = projects
