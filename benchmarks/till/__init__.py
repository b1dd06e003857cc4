"""Benchmarks of the till: alone in its process and behind GraphQL, beside pgbench, at all sizes."""
