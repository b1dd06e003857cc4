"""Wallets: all that a customer holds."""
