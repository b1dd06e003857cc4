"""The schema: everything that can be asked, done and followed, on one page."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from app.projects.admit import Caller
from graphql_schema.context import Context
from graphql_schema.front import FrontSchema
from graphql_schema.graph import Graph
from graphql_schema.mutations.add_pool_codes import AddPoolCodesMutation
from graphql_schema.mutations.adjust_balance import AdjustBalanceMutation
from graphql_schema.mutations.cancel_job import CancelJobMutation
from graphql_schema.mutations.confirm_redemption import ConfirmRedemptionMutation
from graphql_schema.mutations.create_api_key import CreateApiKeyMutation
from graphql_schema.mutations.create_campaign import CreateCampaignMutation
from graphql_schema.mutations.create_customer_token import CreateCustomerTokenMutation
from graphql_schema.mutations.create_partner import CreatePartnerMutation
from graphql_schema.mutations.create_pool import CreatePoolMutation
from graphql_schema.mutations.create_project import CreateProjectMutation
from graphql_schema.mutations.create_segment import CreateSegmentMutation
from graphql_schema.mutations.delete_segment import DeleteSegmentMutation
from graphql_schema.mutations.end_campaign import EndCampaignMutation
from graphql_schema.mutations.hold_vouchers import HoldVouchersMutation
from graphql_schema.mutations.import_vouchers import ImportVouchersMutation
from graphql_schema.mutations.launch_campaign import LaunchCampaignMutation
from graphql_schema.mutations.mint_vouchers import MintVouchersMutation
from graphql_schema.mutations.pause_campaign import PauseCampaignMutation
from graphql_schema.mutations.publish_vouchers import PublishVouchersMutation
from graphql_schema.mutations.redeem_vouchers import RedeemVouchersMutation
from graphql_schema.mutations.redeem_vouchers_batch import RedeemVouchersBatchMutation
from graphql_schema.mutations.release_hold import ReleaseHoldMutation
from graphql_schema.mutations.revoke_api_key import RevokeApiKeyMutation
from graphql_schema.mutations.roll_back_redemption import RollBackRedemptionMutation
from graphql_schema.mutations.segment_members import SegmentMembersMutations
from graphql_schema.mutations.start_export import StartExportMutation
from graphql_schema.mutations.track_custom_events import TrackCustomEventsMutation
from graphql_schema.mutations.update_campaign import UpdateCampaignMutation
from graphql_schema.mutations.update_partner import UpdatePartnerMutation
from graphql_schema.mutations.update_project_stacking import UpdateProjectStackingMutation
from graphql_schema.mutations.update_segment import UpdateSegmentMutation
from graphql_schema.mutations.update_voucher import UpdateVoucherMutation
from graphql_schema.mutations.upsert_customer import UpsertCustomerMutation
from graphql_schema.mutations.validate_vouchers import ValidateVouchersMutation
from graphql_schema.mutations.validate_vouchers_batch import ValidateVouchersBatchMutation
from graphql_schema.queries.best_combination import BestCombinationQueries
from graphql_schema.queries.campaigns import CampaignQueries
from graphql_schema.queries.catalogues import CatalogueQueries
from graphql_schema.queries.customers import CustomerQueries
from graphql_schema.queries.events import EventQueries
from graphql_schema.queries.jobs import JobQueries
from graphql_schema.queries.ledger_audit import LedgerAuditQueries
from graphql_schema.queries.nodes import NodeQueries
from graphql_schema.queries.offers import OfferQueries
from graphql_schema.queries.partners import PartnerQueries
from graphql_schema.queries.pools import PoolQueries
from graphql_schema.queries.recoverable_demand import RecoverableDemandQueries
from graphql_schema.queries.redemptions import RedemptionQueries
from graphql_schema.queries.replay_decision import ReplayDecisionQueries
from graphql_schema.queries.report import ReportQueries
from graphql_schema.queries.segments import SegmentQueries
from graphql_schema.queries.simulate_campaign import SimulateCampaignQueries
from graphql_schema.queries.viewer import ViewerQueries
from graphql_schema.queries.vouchers import VoucherQueries
from graphql_schema.scalars import SCALARS
from graphql_schema.subscriptions.campaign_pulse import CampaignPulseSubscription
from graphql_schema.subscriptions.events import EventsSubscription
from graphql_schema.subscriptions.job_progress import JobProgressSubscription
from graphql_schema.subscriptions.redemptions import RedemptionsSubscription
from graphql_schema.subscriptions.rejected_redemptions import RejectedRedemptionsSubscription
from graphql_schema.subscriptions.wallet_changes import WalletChangesSubscription


@strawberry.type(description="What can be asked. Nothing here changes anything.")
class Query(
    ViewerQueries,
    NodeQueries,
    CampaignQueries,
    VoucherQueries,
    CustomerQueries,
    OfferQueries,
    BestCombinationQueries,
    SegmentQueries,
    RedemptionQueries,
    RecoverableDemandQueries,
    ReplayDecisionQueries,
    SimulateCampaignQueries,
    PoolQueries,
    PartnerQueries,
    CatalogueQueries,
    LedgerAuditQueries,
    ReportQueries,
    EventQueries,
    JobQueries,
):
    pass


@strawberry.type(
    description="What can be done. Faulty input is answered in `userErrors`, and nothing is changed."
)
class Mutation(
    CreateCampaignMutation,
    UpdateCampaignMutation,
    LaunchCampaignMutation,
    PauseCampaignMutation,
    EndCampaignMutation,
    MintVouchersMutation,
    ImportVouchersMutation,
    UpdateVoucherMutation,
    AdjustBalanceMutation,
    PublishVouchersMutation,
    UpsertCustomerMutation,
    CreateSegmentMutation,
    UpdateSegmentMutation,
    DeleteSegmentMutation,
    SegmentMembersMutations,
    TrackCustomEventsMutation,
    ValidateVouchersMutation,
    RedeemVouchersMutation,
    ValidateVouchersBatchMutation,
    RedeemVouchersBatchMutation,
    HoldVouchersMutation,
    ConfirmRedemptionMutation,
    ReleaseHoldMutation,
    RollBackRedemptionMutation,
    CreatePoolMutation,
    AddPoolCodesMutation,
    CreatePartnerMutation,
    UpdatePartnerMutation,
    StartExportMutation,
    CancelJobMutation,
    CreateProjectMutation,
    UpdateProjectStackingMutation,
    CreateApiKeyMutation,
    RevokeApiKeyMutation,
    CreateCustomerTokenMutation,
):
    pass


@strawberry.type(description="What can be followed live, over a WebSocket that speaks graphql-transport-ws.")
class Subscription(
    RedemptionsSubscription,
    RejectedRedemptionsSubscription,
    EventsSubscription,
    WalletChangesSubscription,
    JobProgressSubscription,
    CampaignPulseSubscription,
):
    pass


def make_graph(context: Context[Caller, Graph]) -> Graph:
    """The loaders of one operation."""
    return Graph(context.caller, context.now)


schema = FrontSchema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(scalar_map=SCALARS),
)
