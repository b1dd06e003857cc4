"""Redeeming: validate, redeem, roll back; exact under any load."""
