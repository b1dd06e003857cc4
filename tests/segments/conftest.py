"""A till that is open, and a second project behind its own wall: those of the redemptions' tests."""

from tests.redemptions.conftest import second_project, till

__all__ = ["second_project", "till"]
