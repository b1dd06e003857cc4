"""Which projections there are: kept up by every server process, begun anew by `tearoff rebuild`."""

from app.events.projection import Projection
from app.reports.activity import Activity
from app.reports.projection import Reports

PROJECTIONS: tuple[Projection, ...] = (Reports(), Activity())
