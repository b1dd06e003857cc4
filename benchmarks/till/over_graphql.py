"""The till as clients meet it: redeemVouchers and redeemVouchersBatch over HTTP, one server process."""

import secrets

import orjson

from benchmarks.deeds import CODE, KEY, REDEEM, SHOPPER, Codes
from benchmarks.ground import Ground
from benchmarks.load import Order
from benchmarks.report import HttpRun
from benchmarks.send import send
from benchmarks.server import Service
from benchmarks.shop import Shop

IN_BATCH = 100
_BATCH = REDEEM.document.replace("$input: RedeemVouchersInput!", "$input: RedeemVouchersBatchInput!").replace(
    "redeemVouchers(input: $input) {", "redeemVouchersBatch(input: $input) { userErrors { code } results {"
)
_BATCH_DOCUMENT = f"{_BATCH}}}"


def batch_body(size: int) -> str:
    """The body of a request for so many redemptions, with marks where each differs."""
    each = REDEEM.variables(CODE, KEY, SHOPPER)["input"]
    variables = {"input": {"redemptions": [each] * size}}
    return orjson.dumps({"query": _BATCH_DOCUMENT, "variables": variables}).decode()


def run_requests(
    ground: Ground,
    service: Service,
    shop: Shop,
    codes: Codes,
    clients: int,
    seconds: float,
    in_request: int = 1,
) -> HttpRun:
    """So many redemptions per request; one is asked for by redeemVouchers. Rate and CPU are of redemptions, latencies
    of requests."""
    order = Order(
        port=service.port,
        secret=shop.secret,
        body=REDEEM.body() if in_request == 1 else batch_body(in_request),
        granted=REDEEM.granted,
        codes=codes,
        clients=clients,
        seconds=seconds,
        warm_up=min(1.0, seconds / 3),
        run=secrets.token_hex(8),
        watched={"server": service.process, "postgres": ground.postmaster},
        grants=in_request,
    )
    found = HttpRun.of(send(order))
    return HttpRun(
        per_second=found.per_second * in_request,
        latencies=found.latencies,
        server_cpu=None if found.server_cpu is None else found.server_cpu / in_request,
        postgres_cpu=None if found.postgres_cpu is None else found.postgres_cpu / in_request,
        client_cpu=found.client_cpu / in_request,
    )
