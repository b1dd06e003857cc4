"""The questions one may ask, one file a noun."""
