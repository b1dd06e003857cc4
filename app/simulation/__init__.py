"""Decisions made again: one that was proven, and many as they would have been under other offers."""
