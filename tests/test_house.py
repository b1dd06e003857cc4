"""The house's own checks: what a review has said twice, a machine says from then on."""

import ast
import json
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 300
PACKAGES = ("app", "graphql_schema")

# Names that say nothing of what is inside, and so attract everything.
HOMELESS = {"base", "common", "helper", "helpers", "manager", "misc", "service", "services", "util", "utils"}

# Each pattern is broken in two, so that it does not find itself here.
UNFINISHED = re.compile(
    r"\b(?:TO"
    r"DO|FIX"
    r"ME|XX"
    r"X\b(?!\")|NotImplemented"
    r"Error)|pytest\.sk"
    r"ip|mark\.sk"
    r"ip|xf"
    r"ail"
)
BARE_IGNORE = re.compile(r"#\s*type:\s*ig" r"nore(?!\[)")
# The page of the API loads nothing from elsewhere, and nothing depends on where somebody works or installs from.
ELSEWHERE = re.compile(
    r"(?<![\w.:/])/(?:ro"
    r"ot|ho"
    r"me|Us"
    r"ers|wo"
    r"rk)/\w"
    r"|npm"
    r"js\.|yarn"
    r"pkg\.|py"
    r"pi\.org|python"
    r"hosted|unp"
    r"kg\.|jsde"
    r"livr|cdn"
    r"js|//c"
    r"dn\."
)

# Modules with behaviour, but without a test file of their own name: each with the one that fails if they break.
# A test asks at the door rather than behind it, so types are tested by the fields that show them.
TESTED_BY = {
    "graphql_schema/shared_source.py": "tests/graphql_schema/test_shared_delivery.py",
    "graphql_schema/shared_stream.py": "tests/graphql_schema/test_shared_delivery.py",
    "graphql_schema/subscribed.py": "tests/graphql_schema/test_front.py",
    "app/reports/pulse_values.py": "tests/reports/test_pulse_pace.py",
    "graphql_schema/types/campaign_pulse.py": "tests/graphql_schema/subscriptions/test_campaign_pulse.py",
    "app/kept_secret.py": "tests/test_settings.py",
    "app/setting_values.py": "tests/test_settings.py",
    "graphql_schema/types/job.py": "tests/graphql_schema/queries/test_jobs.py",
    "app/exports/values.py": "tests/exports/test_start.py",
    "app/exports/read.py": "tests/exports/test_work.py",
    "app/jobs/queue.py": "tests/jobs/test_create.py",
    "app/jobs/read.py": "tests/graphql_schema/queries/test_jobs.py",
    "app/jobs/values.py": "tests/jobs/test_carry_out.py",
    "app/checks.py": "tests/test_main.py",
    "app/metrics.py": "tests/test_main.py",
    "app/serve.py": "tests/test_main.py",
    "app/idempotency.py": "tests/redemptions/test_idempotency.py",
    "app/problem.py": "tests/campaigns/test_faults.py",
    "app/settings_page.py": "tests/test_settings.py",
    "app/cli/house.py": "tests/cli/test_program.py",
    "app/cli/options.py": "tests/cli/test_tail.py",
    "app/cli/project.py": "tests/cli/test_key.py",
    "app/customers/values.py": "tests/customers/test_recognise.py",
    "app/embedded_postgres/home.py": "tests/test_embedded_postgres.py",
    "app/embedded_postgres/orders.py": "tests/test_embedded_postgres.py",
    "app/embedded_postgres/programs.py": "tests/test_embedded_postgres.py",
    "app/embedded_postgres/server.py": "tests/test_embedded_postgres.py",
    "app/embedded_postgres/supervisor.py": "tests/test_embedded_postgres.py",
    "app/engine/cel/kinds.py": "tests/engine/cel/test_compile.py",
    "graphql_schema/types/rejected_code.py": "tests/graphql_schema/mutations/test_update_project_stacking.py",
    "graphql_schema/types/stacking.py": "tests/graphql_schema/mutations/test_update_project_stacking.py",
    "app/engine/kept_code.py": "tests/engine/test_kept_facts.py",
    "app/engine/simulated.py": "tests/engine/test_simulate.py",
    "app/engine/simulated_limits.py": "tests/engine/test_simulate.py",
    "app/engine/left_out.py": "tests/engine/test_turns.py",
    "app/engine/running.py": "tests/engine/test_evaluate.py",
    "app/engine/sum_up.py": "tests/engine/test_evaluate.py",
    "app/engine/metadata_reason.py": "tests/engine/rules/test_cart_metadata.py",
    "app/engine/own_card.py": "tests/engine/rewards/test_gift_credit.py",
    "app/engine/combinations.py": "tests/engine/test_best_combination.py",
    "app/engine/remembered_turns.py": "tests/engine/test_best_combination_laws.py",
    "app/events/tail.py": "tests/events/test_feed.py",
    "app/reports/taken_back.py": "tests/reports/test_increments.py",
    "app/reports/question.py": "tests/reports/test_report.py",
    "app/reports/values.py": "tests/reports/test_increments.py",
    "app/simulation/past_decision.py": "tests/simulation/test_replay_decision.py",
    "app/simulation/differences.py": "tests/simulation/test_replay_decision.py",
    "app/simulation/offers_then.py": "tests/simulation/test_replay_decision.py",
    "app/simulation/imagined_attempts.py": "tests/simulation/test_simulate.py",
    "app/simulation/past_attempts.py": "tests/simulation/test_simulate.py",
    "app/simulation/simulated_past.py": "tests/simulation/test_simulate.py",
    "app/redemptions/end_holds.py": "tests/redemptions/test_expire.py",
    "app/redemptions/ledger.py": "tests/redemptions/test_redeem.py",
    "app/redemptions/decision.py": "tests/redemptions/test_roll_back.py",
    "app/redemptions/one_hold.py": "tests/redemptions/test_release.py",
    "app/redemptions/json_texts.py": "tests/redemptions/test_values.py",
    "app/redemptions/rejected.py": "tests/redemptions/test_values.py",
    "app/redemptions/outcome.py": "tests/redemptions/test_redeem.py",
    "app/pools/read.py": "tests/pools/test_take.py",
    "app/demand/find.py": "tests/graphql_schema/queries/test_recoverable_demand.py",
    "app/demand/in_words.py": "tests/graphql_schema/queries/test_recoverable_demand.py",
    "app/demand/remedies.py": "tests/graphql_schema/queries/test_recoverable_demand.py",
    "graphql_schema/types/demand.py": "tests/graphql_schema/queries/test_recoverable_demand.py",
    "app/partners/read.py": "tests/partners/test_draft.py",
    "app/partners/values.py": "tests/partners/test_draft.py",
    "graphql_schema/partners.py": "tests/graphql_schema/mutations/test_partners.py",
    "graphql_schema/mutations/create_partner.py": "tests/graphql_schema/mutations/test_partners.py",
    "graphql_schema/mutations/update_partner.py": "tests/graphql_schema/mutations/test_partners.py",
    "graphql_schema/queries/partners.py": "tests/graphql_schema/mutations/test_partners.py",
    "graphql_schema/types/partner.py": "tests/graphql_schema/mutations/test_partners.py",
    "graphql_schema/types/marks.py": "tests/graphql_schema/mutations/test_partners.py",
    "app/redemptions/wanted.py": "tests/redemptions/test_redeem.py",
    "app/redemptions/requests.py": "tests/redemptions/test_redeem.py",
    "app/redemptions/rows.py": "tests/redemptions/test_read.py",
    "app/sample/history.py": "tests/sample/test_seed.py",
    "app/sample/people.py": "tests/sample/test_seed.py",
    "app/sample/promotions.py": "tests/sample/test_seed.py",
    "app/sample/purchases.py": "tests/sample/test_seed.py",
    "app/segments/values.py": "tests/segments/test_draft.py",
    "app/segments/keep.py": "tests/segments/test_draft.py",
    "app/segments/faults.py": "tests/segments/test_draft.py",
    "app/segments/asking.py": "tests/segments/test_as_sql.py",
    "app/segments/compare.py": "tests/segments/test_as_sql.py",
    "app/segments/past.py": "tests/segments/test_as_sql.py",
    "graphql_schema/segments.py": "tests/graphql_schema/queries/test_segments.py",
    "graphql_schema/types/custom_event.py": "tests/graphql_schema/mutations/test_track_custom_events.py",
    "graphql_schema/types/segment.py": "tests/graphql_schema/queries/test_segments.py",
    "graphql_schema/types/segment_ref.py": "tests/graphql_schema/queries/test_segments.py",
    "graphql_schema/graph.py": "tests/graphql_schema/test_statement_counts.py",
    "graphql_schema/http_answer.py": "tests/graphql_schema/test_http.py",
    "graphql_schema/http_request.py": "tests/graphql_schema/test_http.py",
    "graphql_schema/visit.py": "tests/graphql_schema/test_event_stream_endings.py",
    "graphql_schema/links.py": "tests/graphql_schema/test_disclosure.py",
    "graphql_schema/mutations/batch.py": "tests/graphql_schema/mutations/test_redeem_vouchers_batch.py",
    "graphql_schema/steps.py": "tests/graphql_schema/test_executor.py",
    "graphql_schema/wallets.py": "tests/graphql_schema/queries/test_customers.py",
    "graphql_schema/mutations/add_pool_codes.py": "tests/graphql_schema/mutations/test_pools.py",
    "graphql_schema/mutations/create_pool.py": "tests/graphql_schema/mutations/test_pools.py",
    "graphql_schema/queries/pools.py": "tests/graphql_schema/mutations/test_pools.py",
    "graphql_schema/types/gift.py": "tests/graphql_schema/mutations/test_pools.py",
    "graphql_schema/types/pool.py": "tests/graphql_schema/mutations/test_pools.py",
    "graphql_schema/types/api_key.py": "tests/graphql_schema/queries/test_viewer.py",
    "graphql_schema/types/best_combination.py": "tests/graphql_schema/queries/test_best_combination.py",
    "graphql_schema/types/balance.py": "tests/graphql_schema/mutations/test_adjust_balance.py",
    "graphql_schema/types/campaign.py": "tests/graphql_schema/queries/test_campaigns.py",
    "graphql_schema/types/campaign_ref.py": "tests/graphql_schema/queries/test_campaigns.py",
    "graphql_schema/types/cart.py": "tests/graphql_schema/mutations/test_validate_vouchers.py",
    "graphql_schema/types/decision_replay.py": "tests/graphql_schema/queries/test_replay_decision.py",
    "graphql_schema/types/simulation.py": "tests/graphql_schema/queries/test_simulate_campaign.py",
    "graphql_schema/types/code_input.py": "tests/graphql_schema/mutations/test_redemption_input.py",
    "graphql_schema/types/customer.py": "tests/graphql_schema/queries/test_customers.py",
    "app/reports/read_activity.py": "tests/graphql_schema/queries/test_customer_activity.py",
    "graphql_schema/types/activity.py": "tests/graphql_schema/queries/test_customer_activity.py",
    "graphql_schema/customer_figures.py": "tests/graphql_schema/queries/test_customer_360.py",
    "graphql_schema/types/customer_figures.py": "tests/graphql_schema/queries/test_customer_360.py",
    "graphql_schema/types/customer_input.py": "tests/graphql_schema/mutations/test_upsert_customer.py",
    "graphql_schema/types/evaluation.py": "tests/graphql_schema/mutations/test_validate_vouchers.py",
    "graphql_schema/types/change.py": "tests/graphql_schema/test_explanations.py",
    "graphql_schema/types/explanation.py": "tests/graphql_schema/test_explanations.py",
    "graphql_schema/types/event.py": "tests/graphql_schema/queries/test_events.py",
    "graphql_schema/types/money.py": "tests/graphql_schema/mutations/test_redeem_vouchers.py",
    "graphql_schema/types/offer_fit.py": "tests/graphql_schema/queries/test_offers.py",
    "graphql_schema/types/occasion.py": "tests/graphql_schema/queries/test_customers.py",
    "graphql_schema/types/node.py": "tests/graphql_schema/queries/test_nodes.py",
    "graphql_schema/types/project.py": "tests/graphql_schema/queries/test_viewer.py",
    "graphql_schema/types/posting.py": "tests/graphql_schema/mutations/test_adjust_balance.py",
    "graphql_schema/types/publication.py": "tests/graphql_schema/queries/test_vouchers.py",
    "graphql_schema/types/report.py": "tests/graphql_schema/queries/test_report.py",
    "graphql_schema/types/report_figures.py": "tests/graphql_schema/queries/test_report.py",
    "graphql_schema/types/redemption.py": "tests/graphql_schema/queries/test_redemptions.py",
    "graphql_schema/types/rollback.py": "tests/graphql_schema/mutations/test_roll_back_redemption.py",
    "graphql_schema/types/rejected_redemption.py": "tests/graphql_schema/queries/test_redemptions.py",
    "graphql_schema/types/unit_description.py": "tests/graphql_schema/queries/test_catalogues.py",
    "graphql_schema/types/viewer.py": "tests/graphql_schema/queries/test_viewer.py",
    "graphql_schema/types/voucher.py": "tests/graphql_schema/queries/test_vouchers.py",
    "graphql_schema/types/voucher_ref.py": "tests/graphql_schema/queries/test_vouchers.py",
    "graphql_schema/types/wallet.py": "tests/graphql_schema/queries/test_customers.py",
}


@cache
def files(ending: str = "") -> tuple[str, ...]:
    """The repository's files, those included that are not committed yet, by their paths from its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(
        name for name in sorted(listed.split("\0")) if name.endswith(ending) and (ROOT / name).is_file()
    )


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def found(pattern: re.Pattern[str], names: tuple[str, ...]) -> list[str]:
    """Where the pattern stands: `path:line: text`."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name in names
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if pattern.search(line)
    ]


def test_a_file_is_never_longer_than_three_hundred_lines() -> None:
    lengths = {name: text_of(name).count("\n") for name in (*files(".py"), *files(".sql"))}
    kept = {name: length for name, length in lengths.items() if not name.startswith("migrations/")}
    assert len(kept) > 400
    assert {name: length for name, length in kept.items() if length > LONGEST} == {}


def test_every_file_and_folder_of_code_has_a_name_that_says_what_it_is() -> None:
    assert [name for name in files(".py") if HOMELESS & {*Path(name).parts, Path(name).stem}] == []


def test_the_first_line_of_every_python_file_says_what_it_is() -> None:
    silent = [name for name in files(".py") if text_of(name) and not re.match(r'"""\S', text_of(name))]
    # Only a package of tests may be empty: its folder's name says it.
    empty = [name for name in files(".py") if not text_of(name) and not name.startswith("tests/")]
    assert (silent, empty) == ([], [])


def test_every_statement_in_a_file_of_its_own_has_a_sentence_above_it() -> None:
    statements = files(".sql")
    assert len(statements) > 10
    assert [name for name in statements if not re.match(r"-- [A-Z].{20}", text_of(name))] == []


def test_nothing_is_left_undone_and_no_test_is_passed_over() -> None:
    assert found(UNFINISHED, files(".py")) == []


def test_what_mypy_is_told_to_overlook_is_named() -> None:
    assert found(BARE_IGNORE, files(".py")) == []


def test_nothing_names_a_machine_a_registry_or_somebody_else_s_server() -> None:
    assert found(ELSEWHERE, files()) == []
    locked = json.loads(text_of("ui/package-lock.json"))["packages"]
    assert len(locked) > 50
    assert [name for name, package in locked.items() if "resolved" in package] == []


def has_behaviour(name: str) -> bool:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, functions) for node in ast.walk(ast.parse(text_of(name))))


def test_every_module_with_behaviour_has_a_test_file_in_the_mirrored_place_or_is_named_here() -> None:
    everything = set(files(".py"))
    untested = set()
    for name in everything:
        path = Path(name)
        if path.parts[0] not in PACKAGES or path.name in {"__init__.py", "__main__.py"}:
            continue
        inside = path.relative_to("app") if path.parts[0] == "app" else path
        mirrored = Path("tests", inside.parent, f"test_{path.name}").as_posix()
        if has_behaviour(name) and mirrored not in everything:
            untested.add(name)
    assert untested == set(TESTED_BY), "give it a test file, or tell here which one tests it"
    assert {test for test in TESTED_BY.values() if test not in everything} == set()
