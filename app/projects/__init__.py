"""Projects, their keys, and who a caller is."""
