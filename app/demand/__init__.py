"""Demand that was turned away: why, what it was worth, and what would have let it in."""
