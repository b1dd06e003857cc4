"""Tables of this room: the parts of the files that exports have written."""

from tortoise import fields
from tortoise.models import Model


class ExportPartRecord(Model):
    """A stretch of an export's file: `bytes`, which begin at `first_byte` of the whole. A part never changes.

    PostgreSQL compresses them by itself, so a stretch of a file is found without unpacking what stands before it.
    """

    job_id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    number = fields.IntField()
    first_byte = fields.BigIntField()
    bytes = fields.BinaryField()

    class Meta:
        table = "export_parts"
