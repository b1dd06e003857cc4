"""Reports: figures kept up from the event log, and what can be asked of them."""
