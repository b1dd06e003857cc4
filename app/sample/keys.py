"""The sample shop's keys, kept in a file that only the service's own account may read.

A key's secret is shown once and only its hash is stored. So that every start can print the sample keys again,
`tearoff up` and `tearoff sample` keep them in sample-keys.json in the state folder. Keys of a real shop are never
kept like that. Delete the file (and revoke the keys) when nobody needs the sample shop any more.
"""

import json
import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from uuid import UUID

FILE = "sample-keys.json"


@dataclass(frozen=True, slots=True)
class SampleKey:
    """A key with its secret, which no repr shows."""

    id: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SampleKeys:
    """Those of the shop's keys that are at hand."""

    server: SampleKey | None = None
    merchant: SampleKey | None = None
    storefront: SampleKey | None = None

    def with_key(self, name: str, key: SampleKey | None) -> Self:
        """These keys with another one under `name`."""
        return replace(self, **{name: key})

    def named(self) -> dict[str, SampleKey]:
        """The keys that are there, by name."""
        pairs = (("server", self.server), ("merchant", self.merchant), ("storefront", self.storefront))
        return {name: key for name, key in pairs if key is not None}


def read_keys(state: Path) -> SampleKeys:
    """The keys kept in the state folder; none where there is no such file or it cannot be understood."""
    try:
        kept = json.loads((state / FILE).read_text())
        keys = {name: SampleKey(UUID(key["id"]), str(key["secret"])) for name, key in kept.items()}
        return SampleKeys(**keys)
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return SampleKeys()


def keep_keys(state: Path, keys: SampleKeys) -> None:
    """Write the file anew, whole or not at all."""
    content = {name: {"id": key.id.hex, "secret": key.secret} for name, key in keys.named().items()}
    state.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = state / f"{FILE}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    draft.replace(state / FILE)
