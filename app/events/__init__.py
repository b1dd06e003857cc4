"""The event log: what happened, in order, and the feed that follows it."""
