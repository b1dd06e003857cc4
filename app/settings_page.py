"""Writes docs/settings.md from the settings themselves: `python -m app.settings_page > docs/settings.md`."""

from __future__ import annotations

import sys

from app.settings import OTHER_VARIABLES, Settings, variable

_PAGE = """\
# Settings

The service reads environment variables and nothing else; there is no `.env` file. A wrong value stops the
start with one sentence. An empty variable counts as unset. `make schema` writes this page.

| Variable | Default | Meaning |
|---|---|---|
{settings}

`DATABASE_URL`, without the prefix, is taken where `TEAROFF_DATABASE_URL` is not set.

## Around the service

| Variable | Meaning |
|---|---|
{others}
"""


def page() -> str:
    """The text of docs/settings.md."""
    settings = (
        f"| `{variable(name)}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    )
    others = (f"| `{name}` | {meaning} |" for name, meaning in OTHER_VARIABLES.items())
    return _PAGE.format(settings="\n".join(settings), others="\n".join(others))


def _default(value: object) -> str:
    return f"`{value}`" if isinstance(value, str | int | float) or hasattr(value, "__fspath__") else ""


if __name__ == "__main__":
    sys.stdout.write(page())
