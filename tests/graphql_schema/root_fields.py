"""Every root field of the schema with valid arguments that name things of one project, for the tests of the walls."""

from collections.abc import Mapping
from typing import Any

from app.events.cursor import BEGINNING
from tests.graphql_schema.attempts import (
    ANYTHING,
    FORBIDDEN,
    NO_ITEMS,
    REFUSED,
    Attempt,
    deed,
    in_batch,
    lists,
    one,
)
from tests.graphql_schema.fit_fields import fit_queries
from tests.graphql_schema.job_fields import job_mutations, job_queries, job_subscriptions
from tests.graphql_schema.partner_fields import partner_mutations, partner_queries
from tests.graphql_schema.report_fields import report_queries
from tests.graphql_schema.segment_fields import segment_mutations, segment_queries
from tests.graphql_schema.shop import a_cart
from tests.graphql_schema.things import Things


def queries(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Query."""
    campaign_refs = [{"id": of.campaign}, {"name": of.name}]
    main_refs = [{"id": of.main}, {"name": of.main_name}]
    customer_refs = [{"id": of.customer}, {"sourceId": of.source_id}]
    voucher_refs = [{"id": of.voucher}, {"code": of.code}]
    by_campaign = [{"campaign": ref} for ref in campaign_refs]
    by_main = [{"campaign": ref} for ref in main_refs]
    by_customer = [{"customer": ref} for ref in customer_refs]
    by_voucher = [{"voucher": ref} for ref in voucher_refs]
    at_point = {"redemptionPoint": of.redemption_point}
    narrowed = [*by_campaign, *by_main, *by_customer, *by_voucher, at_point, {"partner": of.partner}]
    all_ids = [
        *(of.main, of.campaign, of.voucher, of.customer, of.publication, of.redemption, of.rejected),
        *(of.job, of.api_key, of.project, of.pool, of.segment, of.partner),
    ]
    everyone = "{ %s { totalCount nodes { id } } }"
    return {
        "viewer": [Attempt("{ viewer { project { name } } }", {}, {"project": {"name": "Another shop"}})],
        "node": [one("node", "id", "ID!", id_) for id_ in all_ids],
        "nodes": [
            Attempt(
                "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": all_ids}, [None] * len(all_ids)
            )
        ],
        "campaign": [one("campaign", "ref", "CampaignRef!", ref) for ref in campaign_refs],
        "campaigns": [
            Attempt(everyone % "campaigns", {}, NO_ITEMS),
            *lists("campaigns", "CampaignFilter", [{"mainCampaign": ref} for ref in main_refs]),
            *lists("campaigns", "CampaignFilter", [{"namePrefix": of.name}, {"partner": of.partner}]),
        ],
        "voucher": [one("voucher", "ref", "VoucherRef!", ref) for ref in voucher_refs],
        "vouchers": [
            Attempt(everyone % "vouchers", {}, NO_ITEMS),
            *lists("vouchers", "VoucherFilter", by_campaign),
            *lists("vouchers", "VoucherFilter", [{"holder": ref} for ref in customer_refs]),
        ],
        "publications": [
            Attempt(everyone % "publications", {}, NO_ITEMS),
            *lists("publications", "PublicationFilter", [*by_campaign, *by_customer, *by_voucher]),
        ],
        "customer": [one("customer", "ref", "CustomerRef!", ref) for ref in customer_refs],
        "customers": [
            Attempt(everyone % "customers", {}, NO_ITEMS),
        ],
        **fit_queries(of),
        **partner_queries(of),
        "redemption": [one("redemption", "id", "ID!", of.redemption)],
        "redemptions": [
            Attempt(everyone % "redemptions", {}, NO_ITEMS),
            *lists("redemptions", "RedemptionFilter", narrowed),
        ],
        "rejectedRedemption": [one("rejectedRedemption", "id", "ID!", of.rejected)],
        "rejectedRedemptions": [
            Attempt(everyone % "rejectedRedemptions", {}, NO_ITEMS),
            *lists("rejectedRedemptions", "RejectedRedemptionFilter", narrowed),
        ],
        "replayDecision": [one("replayDecision", "id", "ID!", id_) for id_ in (of.redemption, of.rejected)],
        "simulateCampaign": [
            Attempt(
                "query ($input: SimulateCampaignInput!) { simulateCampaign(input: $input)"
                " { simulation { stored } userErrors { code } } }",
                {
                    "input": {
                        "campaign": {"edit": {"campaign": ref}},
                        "over": {"from": "2020-01-01T00:00:00Z"},
                    }
                },
                {"simulation": None, "userErrors": [{"code": "NOT_FOUND"}]},
            )
            for ref in (*campaign_refs, *main_refs)
        ],
        "ledgerAudit": [
            Attempt(
                "{ ledgerAudit { drift checks { checked } } }",
                {},
                {"drift": 0, "checks": [{"checked": checked} for checked in (0, 0, 0, 0, 0, 1)]},
            )
        ],
        "events": [
            Attempt(
                "{ events(kinds: [REDEMPTION_GRANTED, CAMPAIGN_CREATED]) { nodes { kind } } }",
                {},
                {"nodes": []},
            )
        ],
        **report_queries(of),
        **segment_queries(of),
        **job_queries(of),
        "ruleCatalogue": [Attempt("{ ruleCatalogue { __typename } }", {}, ANYTHING)],
        "rewardCatalogue": [Attempt("{ rewardCatalogue { __typename } }", {}, ANYTHING)],
    }


def mutations(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Mutation."""
    codes = [{"code": of.code}]
    by_voucher = [{"id": of.voucher}, {"code": of.code}]
    by_campaign = [{"id": of.campaign}, {"name": of.name}]
    stranger = {"upsert": {"sourceId": "stranger"}}
    offer = {"reward": {"amountOff": {"amount": {"amount": "1", "currency": "EUR"}}}}
    give = {"channel": "mail", "customer": stranger}
    top_up = {"amount": {"points": 5}, "idempotencyKey": "4"}
    no_code = {"granted": False, "verdicts": [{"reasons": [{"code": "CODE_NOT_FOUND"}], "voucher": None}]}
    refused = {"reasons": [{"code": "CODE_NOT_FOUND"}], "codes": [{"voucher": None, "campaign": None}]}
    validated = """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) {
      evaluation { granted verdicts { reasons { code } voucher { id } } }
    } }"""
    redeemed = """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) {
      result { ... on RejectedRedemption { reasons { code } codes { voucher { id } campaign { id } } } }
    } }"""
    held = redeemed.replace("redeemVouchers", "holdVouchers").replace("RedeemVouchers", "HoldVouchers")
    founded = (
        "mutation ($input: CreateProjectInput!) { createProject(input: $input) { userErrors { code } } }"
    )
    project = {"name": "Third shop", "timeZone": "UTC", "currency": "EUR"}
    return {
        "createCampaign": [
            deed("createCampaign", {"name": f"Under theirs {n}", "mainCampaign": ref}, "NOT_FOUND")
            for n, ref in enumerate(({"id": of.main}, {"name": of.main_name}))
        ],
        "updateCampaign": [
            deed("updateCampaign", {"campaign": ref, "name": "Mine", "offer": offer}, "NOT_FOUND")
            for ref in by_campaign
        ],
        **{
            name: [deed(name, {"campaign": ref}, "NOT_FOUND") for ref in by_campaign]
            for name in ("launchCampaign", "pauseCampaign", "endCampaign")
        },
        "mintVouchers": [
            deed("mintVouchers", {"campaign": ref, "count": 1}, "NOT_FOUND") for ref in by_campaign
        ],
        "importVouchers": [
            deed("importVouchers", {"campaign": ref, "codes": ["MINE"], "kind": "UNIQUE"}, "NOT_FOUND")
            for ref in by_campaign
        ],
        "updateVoucher": [
            deed("updateVoucher", {"voucher": ref, "maxRedemptions": 1}, "NOT_FOUND") for ref in by_voucher
        ],
        "disableVoucher": [deed("disableVoucher", {"voucher": ref}, "NOT_FOUND") for ref in by_voucher],
        "enableVoucher": [deed("enableVoucher", {"voucher": ref}, "NOT_FOUND") for ref in by_voucher],
        "adjustBalance": [
            deed("adjustBalance", {"voucher": ref, **top_up}, "NOT_FOUND") for ref in by_voucher
        ],
        "publishVouchers": [
            deed("publishVouchers", {**give, "codes": {"code": of.code}}, "CODE_NOT_FOUND"),
            *(
                deed("publishVouchers", {**give, "codes": {"nextFree": {"campaign": ref}}}, "NOT_FOUND")
                for ref in by_campaign
            ),
            deed(
                "publishVouchers",
                {"channel": "mail", "codes": {"code": of.code}, "customer": {"id": of.customer}},
                "NOT_FOUND",
            ),
        ],
        # The same source id, and nobody of that other project is touched.
        "upsertCustomer": [deed("upsertCustomer", {"sourceId": of.source_id, "name": "Somebody else"})],
        "validateVouchers": [
            Attempt(
                validated,
                {"input": {"codes": codes, "cart": a_cart(), "customer": {"id": of.customer}}},
                {"evaluation": no_code},
            )
        ],
        "redeemVouchers": [
            # The key is one that the other project has used.
            Attempt(
                redeemed,
                {"input": {"codes": codes, "cart": a_cart(), "idempotencyKey": "1"}},
                {"result": refused},
            ),
            deed(
                "redeemVouchers",
                {"codes": codes, "cart": a_cart(), "idempotencyKey": "2", "customer": {"id": of.customer}},
                "NOT_FOUND",
            ),
        ],
        "validateVouchersBatch": [
            Attempt(
                in_batch(validated, "validate", "validations"),
                {"input": {"validations": [{"codes": codes, "cart": a_cart()}]}},
                {"results": [{"evaluation": no_code}]},
            )
        ],
        "redeemVouchersBatch": [
            Attempt(
                in_batch(redeemed, "redeem", "redemptions"),
                {"input": {"redemptions": [{"codes": codes, "cart": a_cart(), "idempotencyKey": "1"}]}},
                {"results": [{"result": refused}]},
            )
        ],
        "holdVouchers": [
            Attempt(
                held,
                {"input": {"codes": codes, "cart": a_cart(), "idempotencyKey": "1"}},
                {"result": refused},
            )
        ],
        "confirmRedemption": [
            deed("confirmRedemption", {"redemption": of.redemption, "idempotencyKey": "4"}, "NOT_FOUND"),
            deed(
                "confirmRedemption",
                {"redemption": of.redemption, "idempotencyKey": "5", "cart": a_cart()},
                "NOT_FOUND",
            ),
        ],
        "releaseHold": [
            deed("releaseHold", {"redemption": of.redemption, "idempotencyKey": "6"}, "NOT_FOUND")
        ],
        "rollBackRedemption": [
            deed("rollBackRedemption", {"redemption": of.redemption, "idempotencyKey": "3"}, "NOT_FOUND")
        ],
        **segment_mutations(of),
        **job_mutations(of),
        "createProject": [Attempt(founded, {"input": project}, FORBIDDEN)],
        "updateProjectStacking": [deed("updateProjectStacking", {"stacking": {"mostCodes": 1}})],
        **partner_mutations(of),
        "createApiKey": [deed("createApiKey", {"kind": "SERVER", "name": "mine"})],
        "revokeApiKey": [deed("revokeApiKey", {"id": of.api_key}, "NOT_FOUND")],
        "createCustomerToken": [deed("createCustomerToken", {"customer": {"id": of.customer}}, "NOT_FOUND")],
    }


def subscriptions(of: Things) -> dict[str, list[Attempt]]:
    """Every field of Subscription, from the beginning of the log; `nothing` is an item without event, or REFUSED."""
    filters: list[Mapping[str, Any]] = [
        *({}, {"campaign": {"id": of.campaign}}, {"campaign": {"id": of.main}}),
        *({"customer": {"id": of.customer}}, {"code": of.code}, {"redemptionPoint": of.redemption_point}),
        {"partner": of.partner},
    ]
    named: list[Mapping[str, Any]] = [
        *({"campaign": {"name": of.name}}, {"campaign": {"name": of.main_name}}),
        {"customer": {"sourceId": of.source_id}},
    ]
    told = "after: $after) { cursor event { at } } }"
    everything = f"subscription ($kinds: [EventKind!], $after: Cursor) {{ events(kinds: $kinds, {told}"
    wallet = f"subscription ($of: CustomerRef, $after: Cursor) {{ walletChanges(customer: $of, {told}"

    def feed(field: str, filter_type: str) -> list[Attempt]:
        document = (
            f"subscription ($filter: {filter_type}, $after: Cursor) {{"
            f" {field}(filter: $filter, after: $after) {{ cursor event {{ at }} }} }}"
        )
        return [
            Attempt(document, {"filter": given, "after": BEGINNING.encode()}, nothing)
            for some, nothing in ((filters, None), (named, REFUSED))
            for given in some
        ]

    return {
        "redemptions": feed("redemptions", "FeedFilter"),
        "rejectedRedemptions": feed("rejectedRedemptions", "RejectedFeedFilter"),
        # A key of another project hears of its own making, and of no redemption.
        "events": [Attempt(everything, {"kinds": ["REDEMPTION_GRANTED"], "after": BEGINNING.encode()}, None)],
        **job_subscriptions(of),
        # It has no events: what others find in theirs stands under the same name here.
        "campaignPulse": [
            Attempt(
                "subscription ($of: CampaignRef!) { campaignPulse(campaign: $of) { event: cursor } }",
                {"of": given},
                REFUSED,
            )
            for given in ({"id": of.campaign}, {"name": of.name}, {"id": of.main}, {"name": of.main_name})
        ],
        "walletChanges": [
            Attempt(wallet, {"of": {"id": of.customer}, "after": BEGINNING.encode()}, None),
            Attempt(wallet, {"of": {"sourceId": of.source_id}, "after": BEGINNING.encode()}, REFUSED),
        ],
    }
