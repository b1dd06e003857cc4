"""Segments: sets of customers, by lists that somebody keeps, or live, by rules about the customer."""
