"""Tables of this room: organisations, their projects, and the keys to them."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from app.database.fields import JsonDocument


class OrganisationRecord(Model):
    """The company that owns projects."""

    id = fields.UUIDField(primary_key=True)
    name = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "organisations"


class ProjectRecord(Model):
    """The wall: codes, customers, keys and events never cross it."""

    id = fields.UUIDField(primary_key=True)
    organisation_id = fields.UUIDField()
    name = fields.TextField()
    time_zone = fields.TextField()
    currency = fields.TextField()
    case_sensitive_codes = fields.BooleanField()
    stacking = JsonDocument(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "projects"


class ApiKeyRecord(Model):
    """A key to one project. Only the SHA-256 of the secret is kept; `prefix` is what may be shown."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    kind = fields.TextField()
    name = fields.TextField()
    prefix = fields.TextField()
    secret_hash = fields.BinaryField()
    redemption_point = fields.TextField(null=True)
    origins: ArrayField = ArrayField("text")
    creates_projects = fields.BooleanField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_keys"
