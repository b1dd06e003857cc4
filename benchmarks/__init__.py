"""Benchmarks: the real service over HTTP beside pgbench, which does the same reads and writes by hand."""
