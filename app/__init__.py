"""Tearoff's rooms: everything but GraphQL."""
