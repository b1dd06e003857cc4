"""Origins: written as browsers write them, so that they can be compared letter by letter."""

import pytest

from app.projects.origins import normal_origin


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://localhost:05173", "http://localhost:5173"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(given: str, kept: str) -> None:
    assert normal_origin(given) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "shop.example",
        "https://",
        "https://shop.example/",
        "https://shop.example/cart",
        "https://user@shop.example",
        "https://*.shop.example",
        "https://münchen.example",
        "https://shop.example:0",
        "https://shop.example:65536",
        "https://shop.example\n",
        "https://shop.example\0",
        "https://" + "a" * 300,
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    assert normal_origin(text) is None
