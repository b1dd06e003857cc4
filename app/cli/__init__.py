"""The command line `tearoff`: one file a command or group."""

from app.cli.program import app, main

__all__ = ["app", "main"]
