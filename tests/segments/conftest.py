"""A till that is open: that of the redemptions' tests."""

from tests.redemptions.conftest import till

__all__ = ["till"]
