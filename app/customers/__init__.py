"""Customers, known by the caller's own source id."""
