"""The rules: one file, one condition. Every file here is on the shelf."""

from app.engine.shelf import rules

rules.fill(__name__, __path__)
