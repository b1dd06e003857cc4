"""Credentials: the same three things over HTTP and over a socket."""

from starlette.datastructures import Headers

from graphql_schema.credentials import Credentials

HEADERS = Headers({"Authorization": "Bearer k", "X-Customer-Token": "t", "Origin": "https://shop.example"})


def test_a_request_shows_its_headers() -> None:
    assert Credentials.of_request(HEADERS) == Credentials("Bearer k", "t", "https://shop.example")
    assert Credentials.of_request(Headers({})) == Credentials(None, None, None)


def test_a_socket_shows_the_payload_and_the_origin_of_its_handshake_only() -> None:
    payload = {"AUTHORIZATION": "Bearer p", "x-customer-token": 5, "origin": "https://lie.example"}
    assert Credentials.of_connection_init(payload, HEADERS) == Credentials(
        "Bearer p", None, "https://shop.example"
    )
