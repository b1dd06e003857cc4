"""The caller's view: all of a caller that may change what a subscription tells it, and nothing that names its key."""

from dataclasses import replace
from uuid import UUID

from app.projects.admit import Caller

_NOBODY = UUID(int=0)


def view_of(caller: Caller) -> Caller:
    """The caller without its key, what that may make, and its token: callers of equal views are told the same.

    The project and its settings, the kind of key, the redemption point and the customer remain. Resolvers of
    subscriptions get to know nothing else, so what they show cannot depend on anything else.
    """
    return replace(
        caller, key=_NOBODY, key_name="", creates_projects=False, token_maker=None, token_ends_at=None
    )
