"""Customer tokens: short-lived, signed proof that a storefront may act for one customer."""


class TokenSigner:
    """Signs and reads customer tokens with keys derived, one per project, from the service's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
