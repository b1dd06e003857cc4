"""Which projections there are: kept up by every server process, begun anew by `tearoff rebuild`."""

from app.events.projection import Projection

PROJECTIONS: tuple[Projection, ...] = ()
