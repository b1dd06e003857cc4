"""Campaigns: a tree of promotions, from draft to ended."""
