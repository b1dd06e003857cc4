"""The secret of an embedded installation: drawn once, and kept in its state folder for its owner alone."""

import os
import secrets
from pathlib import Path


def kept_secret(state: Path) -> str:
    """The secret in the file `token_secret` of that folder, made if it is not there; raises OSError."""
    kept = state / "token_secret"
    # Open for passing through only: the embedded server's account has its folder inside.
    state.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not kept.exists():
        draft = kept.with_name(f"token_secret.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            kept.hardlink_to(draft)  # of several workers starting at once the first one decides
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return kept.read_text().strip()
