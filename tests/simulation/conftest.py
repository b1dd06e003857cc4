"""The till of the tests of redemptions: what is replayed and simulated has come to one."""

from tests.redemptions.conftest import till

__all__ = ["till"]
