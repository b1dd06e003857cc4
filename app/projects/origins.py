"""Origins: the web pages a storefront key is bound to, written as browsers write them."""

import re

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 300


def normal_origin(text: str) -> str | None:
    """`scheme://host` or `scheme://host:port`, lower case, without the scheme's own port; None if it is none.

    A host in another script must be given as browsers send it (`xn--…`).
    """
    match = _ORIGIN.fullmatch(text.lower()) if len(text) <= _LONGEST and text.isascii() else None
    if match is None:
        return None
    scheme, host, port = match.group("scheme", "host", "port")
    if port is None or int(port) == _DEFAULT_PORTS.get(scheme):
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{int(port)}" if 0 < int(port) < 65_536 else None
