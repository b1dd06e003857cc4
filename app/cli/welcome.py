"""What `tearoff up` says when the service is about to open: where it is, who may come in, what to try first."""

from rich.markup import escape
from rich.padding import Padding
from rich.syntax import Syntax

from app.cli.house import out
from app.cli.sample import print_keys
from app.sample.keys import SampleKeys
from app.sample.promotions import SUMMER_CODE

# Each is pasted into GraphiQL as it stands; a test executes them.
OPERATIONS = {
    "Follow the shop live (leave it running in a tab of its own)": """\
subscription Live {
  redemptions {
    event { at redemption { channel total { amount currency } vouchers { code discount { amount } } } }
  }
}""",
    "What would the code give, and if nothing, why? This cart is too small": f"""\
mutation Validate {{
  validateVouchers(input: {{
    codes: [{{ code: "{SUMMER_CODE}" }}]
    cart: {{ currency: "EUR", lines: [{{ name: "Straw hat", unitPrice: "19.50", quantity: 2 }}] }}
  }}) {{
    evaluation {{ granted verdicts {{ code reasons {{ code message missing {{ text }} remedy }} }} }}
  }}
}}""",
    "Use it: the subscription shows the redemption at once": f"""\
mutation Redeem {{
  redeemVouchers(input: {{
    idempotencyKey: "my first order"
    codes: [{{ code: "{SUMMER_CODE}" }}]
    cart: {{ currency: "EUR", lines: [{{ name: "Trail running shoes", unitPrice: "89.90" }}] }}
    customer: {{ upsert: {{ sourceId: "me", name: "Me" }} }}
  }}) {{
    replayed
    result {{
      ... on Redemption {{ id discount {{ amount }} total {{ amount currency }} }}
      ... on RejectedRedemption {{ id reasons {{ message }} }}
    }}
  }}
}}""",
}


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the service."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - a service that listens on all addresses is here too
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def welcome(url: str, keys: SampleKeys, database: str) -> None:
    """Print the welcome."""
    page = f"{url}/graphql"
    if keys.server is not None:
        page += f"#key={keys.server.secret}"
    out.print()
    out.print(f"[bold green]Tearoff is open.[/]  [dim]{escape(database)}[/]")
    out.print()
    out.print("[bold]GraphiQL[/], the server key filled in:")
    out.print(f"  [link={page}][cyan underline]{page}[/][/link]")
    out.print()
    out.print(f"[bold]Sample keys[/], as [dim]Authorization: Bearer …[/] for {url}/graphql:")
    print_keys(keys)
    for number, (title, operation) in enumerate(OPERATIONS.items(), start=1):
        out.print()
        out.print(f"[bold]{number}. {title}[/]")
        shown = Syntax(operation, "graphql", theme="ansi_dark", background_color="default")
        out.print(Padding(shown, (0, 0, 0, 2)) if out.is_terminal else operation)
    out.print()
    out.print("[dim]make shoppers sends customers, make tail shows them here; Ctrl-C stops everything.[/]")
    out.print()
