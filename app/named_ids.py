"""Named ids: what campaigns, rules and rewards name by an id must belong to the project, wherever they are saved."""

from collections.abc import Sequence
from uuid import UUID

from app.database import Connection, columns
from app.engine.shelf import Reference
from app.problem import Problem

# The rows of segments stay until the transaction has written down who asks about them: whoever deletes one waits.
_MISSING = """
WITH named AS MATERIALIZED (
  SELECT * FROM unnest($2::bigint[], $3::text[], $4::uuid[]) AS named (place, of, id)
), kept AS MATERIALIZED (
  SELECT s.id FROM segments s
  WHERE s.project_id = $1 AND s.id IN (SELECT id FROM named WHERE of = 'segment')
  ORDER BY s.id FOR KEY SHARE
)
SELECT named.place FROM named
WHERE NOT CASE named.of
  WHEN 'segment' THEN named.id IN (SELECT id FROM kept)
  WHEN 'campaign' THEN EXISTS (SELECT FROM campaigns c WHERE c.project_id = $1 AND c.id = named.id)
  WHEN 'key' THEN EXISTS (SELECT FROM api_keys k WHERE k.project_id = $1 AND k.id = named.id)
  WHEN 'partner' THEN EXISTS (SELECT FROM partners p WHERE p.project_id = $1 AND p.id = named.id)
  WHEN 'pool' THEN EXISTS (SELECT FROM pools p WHERE p.project_id = $1 AND p.id = named.id)
  ELSE false
END
ORDER BY named.place
"""
_WORDS = {"key": "API key"}


async def faults_of_named(
    connection: Connection, project: UUID, references: Sequence[Reference], path: tuple[str, ...]
) -> tuple[Problem, ...]:
    """NOT_FOUND at each reference to what the project does not have; `path` leads to the unit.

    One statement, or none where nothing is named. Segments cannot be deleted until the connection's transaction ends.
    """
    if not references:
        return ()
    rows = [(place, one.of, one.id) for place, one in enumerate(references)]
    missing = await connection.fetch(_MISSING, project, *columns(rows, 3))
    return tuple(
        Problem(
            (*path, *references[place].path),
            "NOT_FOUND",
            f"There is no such {_WORDS.get(references[place].of, references[place].of)}.",
        )
        for (place,) in missing
    )
