"""viewer: who am I, and what may I do?"""

import strawberry

from graphql_schema.authority import Info
from graphql_schema.types.viewer import Viewer, show_viewer


@strawberry.type
class ViewerQueries:
    @strawberry.field(description="Who is asking, and what it may do. Every admitted caller may know that.")
    def viewer(self, info: Info) -> Viewer:
        return show_viewer(info.context.caller)
