"""Jobs: work that goes on after its request, the queue that hands it out, and what exports have written."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from app.database.fields import JsonDocument
from app.jobs.queue import install_text

RULES = [
    "ALTER TABLE jobs ADD FOREIGN KEY (project_id) REFERENCES projects (id)",
    "ALTER TABLE jobs ADD CONSTRAINT jobs_in_project UNIQUE (project_id, id)",
    "ALTER TABLE jobs ADD CONSTRAINT jobs_state CHECK"
    " (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'))",
    "ALTER TABLE jobs ADD CONSTRAINT jobs_end CHECK ((state IN ('QUEUED', 'RUNNING')) = (finished_at IS NULL))",
    "CREATE INDEX jobs_open ON jobs (project_id, id) WHERE state IN ('QUEUED', 'RUNNING')",
    "ALTER TABLE export_parts DROP CONSTRAINT export_parts_pkey",
    "ALTER TABLE export_parts ADD PRIMARY KEY (project_id, job_id, number)",
    "ALTER TABLE export_parts ADD FOREIGN KEY (project_id, job_id) REFERENCES jobs (project_id, id) ON DELETE CASCADE",
]


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0006_projections")]

    operations = [
        ops.CreateModel(
            name="JobRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("kind", fields.TextField()),
                ("state", fields.TextField()),
                ("input", JsonDocument()),
                ("place", JsonDocument(null=True)),
                ("done", fields.BigIntField(db_default=0)),
                ("total", fields.BigIntField(null=True)),
                ("run", fields.IntField(db_default=0)),
                ("error", fields.TextField(null=True)),
                ("requested_by", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField()),
                ("started_at", fields.DatetimeField(null=True)),
                ("finished_at", fields.DatetimeField(null=True)),
                ("expires_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "jobs", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ExportPartRecord",
            fields=[
                ("job_id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("number", fields.IntField()),
                ("first_byte", fields.BigIntField()),
                ("bytes", fields.BinaryField()),
            ],
            options={"table": "export_parts", "app": "tearoff", "pk_attr": "job_id"},
            bases=["Model"],
        ),
        ops.RunSQL(RULES, reverse_sql=[]),
        # pgqueuer's own tables, as the installed version makes them.
        ops.RunSQL(install_text(), reverse_sql=[]),
    ]
