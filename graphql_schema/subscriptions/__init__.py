"""What one may follow live, one file a topic."""
