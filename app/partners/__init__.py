"""The partners room: for whom campaigns run, and the commission that they were promised."""
