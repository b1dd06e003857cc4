"""The front of house: speaks GraphQL, and knows no SQL."""
