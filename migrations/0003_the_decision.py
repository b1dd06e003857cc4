"""What a decision is made from and of: segments, custom events, pools, stacking, gifts, and the facts it was based on."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from app.database.fields import JsonDocument

# Rows as this version's till sends them; those of the version before stay as long as its processes may.
ROWS = [
    "CREATE TYPE new_redemption_3 AS (id uuid, project_id uuid, customer_id uuid, currency text, subtotal bigint,"
    " shipping bigint, discount bigint, line_discounts text, shipping_discount bigint, cart text, channel text,"
    " redemption_point text, key_id uuid, metadata text, state text, expires_at timestamptz, facts text, skipped text)",
    "CREATE TYPE new_redeemed_voucher_3 AS (id uuid, project_id uuid, redemption_id uuid, position smallint,"
    " voucher_id uuid, campaign_id uuid, main_campaign_id uuid, customer_id uuid, offer_version int, code text,"
    " discount bigint, line_discounts text, shipping_discount bigint, spent bigint, spent_unit text, gifts text)",
    "CREATE TYPE new_rejected_redemption_3 AS (id uuid, project_id uuid, customer_id uuid, currency text,"
    " subtotal bigint, shipping bigint, cart text, channel text, redemption_point text, key_id uuid, metadata text,"
    " reason_codes text, facts text)",
]
RULES = [
    # campaigns and vouchers
    "ALTER TABLE campaigns ADD CONSTRAINT campaigns_kind CHECK (kind IN ('COUPONS', 'CART_PROMOTION'))",
    "CREATE INDEX campaigns_promotions ON campaigns (project_id, id) WHERE kind = 'CART_PROMOTION' AND state = 'LIVE'",
    "CREATE INDEX campaigns_listed ON campaigns (project_id, id) WHERE is_listed AND state = 'LIVE'",
    "ALTER TABLE vouchers DROP CONSTRAINT vouchers_kind",
    "ALTER TABLE vouchers ADD CONSTRAINT vouchers_kind CHECK (kind IN ('GENERIC', 'UNIQUE', 'PROMOTION'))",
    "ALTER TABLE vouchers DROP CONSTRAINT vouchers_generic_has_no_holder",
    "ALTER TABLE vouchers ADD CONSTRAINT vouchers_only_unique_ones_have_holders"
    " CHECK (kind = 'UNIQUE' OR holder_id IS NULL)",
    "CREATE INDEX vouchers_generic ON vouchers (project_id, campaign_id, id) WHERE kind = 'GENERIC'",
    "CREATE UNIQUE INDEX vouchers_promotion ON vouchers (project_id, campaign_id) WHERE kind = 'PROMOTION'",
    # segments
    "ALTER TABLE segments ADD FOREIGN KEY (project_id) REFERENCES projects (id)",
    "ALTER TABLE segments ADD CONSTRAINT segments_in_project UNIQUE (project_id, id)",
    "CREATE UNIQUE INDEX segments_name ON segments (project_id, name)",
    "ALTER TABLE segment_members ADD FOREIGN KEY (project_id, segment_id) REFERENCES segments (project_id, id)"
    " ON DELETE CASCADE",
    "ALTER TABLE segment_members ADD FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)",
    "CREATE UNIQUE INDEX segment_members_once ON segment_members (project_id, segment_id, customer_id)",
    "CREATE INDEX segment_members_customer ON segment_members (project_id, customer_id, segment_id)",
    # custom events
    "ALTER TABLE custom_events ADD FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)",
    "CREATE INDEX custom_events_customer ON custom_events (project_id, customer_id, name, at)",
    "CREATE INDEX custom_events_newest ON custom_events (project_id, customer_id, id)",
    "CREATE UNIQUE INDEX custom_events_source ON custom_events (project_id, source_id) WHERE source_id IS NOT NULL",
    # pools
    "ALTER TABLE pools ADD FOREIGN KEY (project_id) REFERENCES projects (id)",
    "ALTER TABLE pools ADD CONSTRAINT pools_in_project UNIQUE (project_id, id)",
    "CREATE UNIQUE INDEX pools_name ON pools (project_id, name)",
    "ALTER TABLE pool_codes ADD FOREIGN KEY (project_id, pool_id) REFERENCES pools (project_id, id)",
    "CREATE UNIQUE INDEX pool_codes_once ON pool_codes (project_id, pool_id, code)",
    "CREATE INDEX pool_codes_free ON pool_codes (project_id, pool_id, id) WHERE redemption_id IS NULL",
    "CREATE INDEX pool_codes_given ON pool_codes (project_id, redemption_id) WHERE redemption_id IS NOT NULL",
    # balances: whoever puts the first amount on a card locks nothing, for there is nothing yet; of two one comes again
    "CREATE UNIQUE INDEX balance_buckets_lasting ON balance_buckets (project_id, voucher_id) WHERE expires_at IS NULL",
    # the ledger
    "ALTER TABLE redemptions ADD CONSTRAINT redemptions_shipping_discount"
    " CHECK (shipping_discount BETWEEN 0 AND least(shipping, discount))",
    "ALTER TABLE redeemed_vouchers ADD CONSTRAINT redeemed_vouchers_shipping_discount"
    " CHECK (shipping_discount BETWEEN 0 AND discount)",
]


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0002_the_till")]

    operations = [
        ops.AddField("ProjectRecord", "stacking", JsonDocument(null=True)),
        ops.AddField("CampaignRecord", "kind", fields.TextField(db_default="COUPONS")),
        ops.AddField("CampaignRecord", "is_listed", fields.BooleanField(db_default=False)),
        ops.AddField("OfferRecord", "segments", ArrayField(element_type="UUID", db_default=[])),
        ops.AddField("CustomerRecord", "birthday", fields.DateField(null=True)),
        ops.AddField("RedemptionRecord", "shipping_discount", fields.BigIntField(db_default=0)),
        ops.AddField("RedemptionRecord", "facts", JsonDocument(null=True)),
        ops.AddField("RedemptionRecord", "skipped", JsonDocument(null=True)),
        ops.AddField("RedemptionRecord", "ended_at", fields.DatetimeField(null=True)),
        ops.AddField("RedeemedVoucherRecord", "shipping_discount", fields.BigIntField(db_default=0)),
        ops.AddField("RedeemedVoucherRecord", "gifts", JsonDocument(null=True)),
        ops.AddField("RejectedRedemptionRecord", "facts", JsonDocument(null=True)),
        ops.AddField("RollbackRecord", "shipping", JsonDocument(null=True)),
        ops.CreateModel(
            name="CustomEventRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("customer_id", fields.UUIDField()),
                ("name", fields.TextField()),
                ("metadata", fields.JSONField()),
                ("source_id", fields.TextField(null=True)),
                ("at", fields.DatetimeField()),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "custom_events", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SegmentRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("name", fields.TextField()),
                ("description", fields.TextField()),
                ("rule", JsonDocument(null=True)),
                ("version", fields.IntField()),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "segments", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SegmentMemberRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("segment_id", fields.UUIDField()),
                ("customer_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "segment_members", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PoolRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("name", fields.TextField()),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "pools", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PoolCodeRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("pool_id", fields.UUIDField()),
                ("code", fields.TextField()),
                ("redemption_id", fields.UUIDField(null=True)),
                ("given_at", fields.DatetimeField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "pool_codes", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.RunSQL(ROWS + RULES, reverse_sql=[]),
    ]
