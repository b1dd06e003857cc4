"""Tests of the engine's expressions."""
