"""Vouchers: codes, how they are minted, found, published and stopped."""
