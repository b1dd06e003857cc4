"""Holds, partial rollbacks, budgets per period, and the ledger of balances."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from app.database.fields import JsonDocument

# What the till sends in one statement, a row of each kind for a request, a code or a counter. Arrays of such rows cost
# both sides much less than an array for each column. A version that sends other rows makes types of its own, so that
# processes of the version before can go on.
ROWS = [
    "CREATE TYPE wanted_counter AS (id uuid, project_id uuid, scope text, subject_id uuid, customer_id uuid, measure text,"
    " currency text, window_start timestamptz, window_end timestamptz, since_id uuid)",
    "CREATE TYPE new_answer AS (key_id uuid, project_id uuid, deed text, key text, request_hash bytea, answer_kind text,"
    " answer_id uuid, event text, payload text)",
    "CREATE TYPE new_redemption AS (id uuid, project_id uuid, customer_id uuid, currency text, subtotal bigint,"
    " shipping bigint, discount bigint, line_discounts text, cart text, channel text, redemption_point text, key_id uuid,"
    " metadata text, state text, expires_at timestamptz)",
    "CREATE TYPE new_redeemed_voucher AS (id uuid, project_id uuid, redemption_id uuid, position smallint,"
    " voucher_id uuid, campaign_id uuid, main_campaign_id uuid, customer_id uuid, offer_version int, code text,"
    " discount bigint, line_discounts text, spent bigint, spent_unit text)",
    "CREATE TYPE new_rejected_redemption AS (id uuid, project_id uuid, customer_id uuid, currency text, subtotal bigint,"
    " shipping bigint, cart text, channel text, redemption_point text, key_id uuid, metadata text, reason_codes text)",
    "CREATE TYPE new_rejected_voucher AS (id uuid, project_id uuid, rejected_redemption_id uuid, position smallint,"
    " code text, voucher_id uuid, campaign_id uuid, main_campaign_id uuid, offer_version int, reasons text)",
]
# An index is written for every row of the till's. The ledger and the log are never looked at without their project or
# their order, so these are their keys, and the ids alone need no index.
KEYS = [
    "ALTER TABLE redemptions DROP CONSTRAINT redemptions_pkey",
    "ALTER TABLE redemptions ADD PRIMARY KEY (project_id, id)",
    "DROP INDEX redemptions_all",
    "ALTER TABLE events DROP CONSTRAINT events_pkey",
    "ALTER TABLE events ADD PRIMARY KEY (epoch, tx, position)",
    "DROP INDEX events_order",
]
RULES = [
    # Counters are named anew. A counter that is not there is counted from the ledger when it is needed.
    "DELETE FROM counters",
    "UPDATE redemptions SET state = 'ROLLED_BACK', returned_subtotal = subtotal, returned_discount = discount"
    " WHERE rolled_back_at IS NOT NULL",
    "UPDATE redeemed_vouchers SET returned_discount = discount WHERE given_back",
    "INSERT INTO rollbacks (id, project_id, redemption_id, policy, lines, subtotal, discount, reason, created_at)"
    " SELECT gen_random_uuid(), project_id, id, 'KEEP_SHARE', '[]', subtotal + shipping, discount, rollback_reason,"
    " rolled_back_at FROM redemptions WHERE rolled_back_at IS NOT NULL",
    "ALTER TABLE redemptions ADD CONSTRAINT redemptions_state CHECK"
    " (state IN ('HELD', 'REDEEMED', 'RELEASED', 'EXPIRED', 'ROLLED_BACK'))",
    "ALTER TABLE redemptions ADD CONSTRAINT redemptions_returned CHECK (returned_subtotal BETWEEN 0 AND subtotal"
    " AND returned_discount BETWEEN 0 AND discount)",
    "ALTER TABLE redemptions ADD CONSTRAINT redemptions_hold CHECK (state <> 'HELD' OR expires_at IS NOT NULL)",
    "ALTER TABLE redeemed_vouchers ADD CONSTRAINT redeemed_vouchers_returned CHECK"
    " (returned_discount BETWEEN 0 AND discount AND returned_spent BETWEEN 0 AND spent)",
    "CREATE INDEX counters_window ON counters (project_id, window_end) WHERE window_end IS NOT NULL",
    "CREATE INDEX redemptions_held ON redemptions (project_id, expires_at) WHERE state = 'HELD'",
    "CREATE INDEX rollbacks_redemption ON rollbacks (project_id, redemption_id, id)",
    "CREATE INDEX balance_buckets_voucher ON balance_buckets (project_id, voucher_id, id)",
    "CREATE INDEX balance_buckets_expiry ON balance_buckets (project_id, expires_at)"
    " WHERE expires_at IS NOT NULL AND amount_left > 0",
    "ALTER TABLE balance_buckets ADD CONSTRAINT balance_buckets_never_negative CHECK (amount_left >= 0)",
    "ALTER TABLE balance_buckets ADD FOREIGN KEY (project_id, voucher_id) REFERENCES vouchers (project_id, id)",
    "CREATE INDEX postings_voucher ON postings (project_id, voucher_id, id)",
    "CREATE INDEX postings_redemption ON postings (project_id, redemption_id) WHERE redemption_id IS NOT NULL",
    "ALTER TABLE postings ADD CONSTRAINT postings_amount CHECK (amount > 0)",
    "ALTER TABLE postings ADD CONSTRAINT postings_two_accounts CHECK (debit <> credit)",
    "ALTER TABLE postings ADD CONSTRAINT postings_accounts CHECK"
    " (debit IN ('BALANCE', 'ISSUED', 'HELD', 'SPENT') AND credit IN ('BALANCE', 'HELD', 'SPENT', 'EXPIRED', 'REMOVED'))",
]


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0001_initial")]

    operations = [
        ops.AddField("RedemptionRecord", "state", fields.TextField(db_default="REDEEMED")),
        ops.AddField("RedemptionRecord", "expires_at", fields.DatetimeField(null=True)),
        ops.AddField("RedemptionRecord", "confirmed_at", fields.DatetimeField(null=True)),
        ops.AddField("RedemptionRecord", "returned_subtotal", fields.BigIntField(db_default=0)),
        ops.AddField("RedemptionRecord", "returned_discount", fields.BigIntField(db_default=0)),
        ops.RenameField("RedeemedVoucherRecord", "rolled_back", "given_back"),
        ops.RemoveField("RedeemedVoucherRecord", "counted"),
        ops.AddField("RedeemedVoucherRecord", "spent", fields.BigIntField(db_default=0)),
        ops.AddField("RedeemedVoucherRecord", "spent_unit", fields.TextField(null=True)),
        ops.AddField("RedeemedVoucherRecord", "returned_discount", fields.BigIntField(db_default=0)),
        ops.AddField("RedeemedVoucherRecord", "returned_spent", fields.BigIntField(db_default=0)),
        ops.AddField("CounterRecord", "measure", fields.TextField(db_default="REDEMPTIONS")),
        ops.AddField("CounterRecord", "currency", fields.TextField(null=True)),
        ops.AddField("CounterRecord", "window_end", fields.DatetimeField(null=True)),
        ops.AddField("CampaignRecord", "budgets", JsonDocument(db_default=[])),
        ops.CreateModel(
            name="RollbackRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("redemption_id", fields.UUIDField()),
                ("policy", fields.TextField()),
                ("lines", JsonDocument()),
                ("subtotal", fields.BigIntField()),
                ("discount", fields.BigIntField()),
                ("reason", fields.TextField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "rollbacks", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BucketRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("voucher_id", fields.UUIDField()),
                ("unit", fields.TextField()),
                ("amount_left", fields.BigIntField()),
                ("expires_at", fields.DatetimeField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "balance_buckets", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PostingRecord",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("project_id", fields.UUIDField()),
                ("voucher_id", fields.UUIDField()),
                ("bucket_id", fields.UUIDField()),
                ("unit", fields.TextField()),
                ("amount", fields.BigIntField()),
                ("debit", fields.TextField()),
                ("credit", fields.TextField()),
                ("deed", fields.TextField()),
                ("redemption_id", fields.UUIDField(null=True)),
                ("source_id", fields.TextField(null=True)),
                ("reason", fields.TextField(null=True)),
                ("key_id", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "postings", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.RunSQL(ROWS + KEYS + RULES, reverse_sql=[]),
    ]
