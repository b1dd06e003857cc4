"""Pools of codes that belong to somebody else, handed out as rewards."""
