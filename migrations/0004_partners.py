"""Partners, and what a redemption froze of its campaign: partner, category, kind of reward."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Rows as this version's till sends them; those of the version before stay as long as its processes may.
ROWS = [
    "CREATE TYPE new_redeemed_voucher_4 AS (id uuid, project_id uuid, redemption_id uuid, position smallint,"
    " voucher_id uuid, campaign_id uuid, main_campaign_id uuid, customer_id uuid, offer_version int, code text,"
    " discount bigint, line_discounts text, shipping_discount bigint, spent bigint, spent_unit text, gifts text,"
    " partner_id uuid, category text, reward text)",
    "CREATE TYPE new_rejected_voucher_4 AS (id uuid, project_id uuid, rejected_redemption_id uuid, position smallint,"
    " code text, voucher_id uuid, campaign_id uuid, main_campaign_id uuid, offer_version int, reasons text,"
    " partner_id uuid, category text, reward text)",
]
RULES = [
    "ALTER TABLE partners ADD FOREIGN KEY (project_id) REFERENCES projects (id)",
    "ALTER TABLE partners ADD CONSTRAINT partners_in_project UNIQUE (project_id, id)",
    "CREATE UNIQUE INDEX partners_name ON partners (project_id, name)",
    "ALTER TABLE partner_rates ADD FOREIGN KEY (project_id, partner_id) REFERENCES partners (project_id, id)",
    "ALTER TABLE partner_rates ADD CONSTRAINT partner_rates_percent CHECK (rate BETWEEN 0 AND 100)",
    "CREATE UNIQUE INDEX partner_rates_since ON partner_rates (project_id, partner_id, since)",
    "ALTER TABLE campaigns ADD CONSTRAINT campaigns_partner FOREIGN KEY (project_id, partner_id)"
    " REFERENCES partners (project_id, id)",
    "CREATE INDEX campaigns_partners ON campaigns (project_id, partner_id, id) WHERE partner_id IS NOT NULL",
    # Demand that was turned away is looked for by its time.
    "CREATE INDEX rejected_redemptions_time ON rejected_redemptions (project_id, created_at, id)",
    # Most codes are nobody's: then these cost nothing. What is frozen has no key: it is never looked up by writing.
    "CREATE INDEX redeemed_vouchers_partner ON redeemed_vouchers (project_id, partner_id, redemption_id)"
    " WHERE partner_id IS NOT NULL",
    "CREATE INDEX rejected_vouchers_partner ON rejected_vouchers (project_id, partner_id, rejected_redemption_id)"
    " WHERE partner_id IS NOT NULL",
]


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0003_the_decision")]

    operations = [
        ops.CreateModel(
            name="PartnerRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("name", fields.TextField()),
                ("version", fields.IntField()),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "partners", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PartnerRateRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("partner_id", fields.UUIDField()),
                ("rate", fields.DecimalField(max_digits=7, decimal_places=4)),
                ("since", fields.DatetimeField()),
            ],
            options={"table": "partner_rates", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.AddField("CampaignRecord", "partner_id", fields.UUIDField(null=True)),
        ops.AddField("RedeemedVoucherRecord", "partner_id", fields.UUIDField(null=True)),
        ops.AddField("RedeemedVoucherRecord", "category", fields.TextField(null=True)),
        ops.AddField("RedeemedVoucherRecord", "reward", fields.TextField(null=True)),
        ops.AddField("RejectedVoucherRecord", "partner_id", fields.UUIDField(null=True)),
        ops.AddField("RejectedVoucherRecord", "category", fields.TextField(null=True)),
        ops.AddField("RejectedVoucherRecord", "reward", fields.TextField(null=True)),
        ops.RunSQL(ROWS + RULES, reverse_sql=[]),
    ]
