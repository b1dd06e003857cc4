"""Tables of this room: pools, and the codes of somebody else in them."""

from tortoise import fields
from tortoise.models import Model


class PoolRecord(Model):
    """A pool of codes that are good somewhere else: a cinema's, a partner's."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    name = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "pools"


class PoolCodeRecord(Model):
    """One code of a pool; free until a redemption has given it away. What was given away stays so."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    pool_id = fields.UUIDField()
    code = fields.TextField()
    redemption_id = fields.UUIDField(null=True)
    given_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "pool_codes"
