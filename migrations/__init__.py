"""The history of the tables, step by step; each step is applied once."""
