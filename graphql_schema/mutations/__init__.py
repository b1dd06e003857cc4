"""The deeds one may do, one file a verb."""
