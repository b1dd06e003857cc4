"""Requests to the little shop over HTTP, and the code of its refusals."""

import httpx
import orjson

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
KEY = {"authorization": "Bearer ann"}


async def post(
    client: httpx.AsyncClient, body: object, accept: str = RESPONSE, **headers: str
) -> httpx.Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await client.post(
        "/graphql", content=content, headers={"content-type": JSON, "accept": accept} | headers
    )


def code_of(answer: httpx.Response) -> str:
    """The code of the only error, which must be there with a sentence and without data."""
    body = answer.json()
    assert set(body) <= {"errors", "extensions"}
    (error,) = body["errors"]
    assert error["message"].endswith((".", "?"))
    code: str = error["extensions"]["code"]
    return code


async def get(client: httpx.AsyncClient, accept: str = RESPONSE, **params: str) -> httpx.Response:
    return await client.get("/graphql", params=params, headers={"accept": accept})
