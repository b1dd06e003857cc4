"""The sample shop: a believable one, made once, so that a new installation has something to show."""
