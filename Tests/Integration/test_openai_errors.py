"""Refusals as the official SDK's exceptions (vLLM 0.33, errors)."""

import openai
import pytest

from support.server import MODEL, Server, ServerPool


@pytest.fixture(scope="module")
def client(server: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)


@pytest.mark.parametrize(
    ("status", "exception", "kind"),
    [
        (400, openai.BadRequestError, "BadRequestError"),
        (401, openai.AuthenticationError, "AuthenticationError"),
        (403, openai.PermissionDeniedError, "PermissionDeniedError"),
        (404, openai.NotFoundError, "NotFoundError"),
        (409, openai.ConflictError, "APIConnectionError"),
        (422, openai.UnprocessableEntityError, "UnprocessableEntityError"),
        (429, openai.RateLimitError, "RateLimitError"),
        (500, openai.InternalServerError, "InternalServerError"),
        (503, openai.InternalServerError, "InternalServerError"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_status_becomes_exception(
    client: openai.OpenAI, status: int, exception: type[openai.APIStatusError], kind: str, stream: bool
) -> None:
    with pytest.raises(exception) as caught:
        client.completions.create(model=MODEL, prompt="x", stream=stream, extra_headers={"X-Return-Error": str(status)})
    error = caught.value
    assert error.status_code == status
    assert error.type == kind
    assert error.body == {
        "message": f"Simulated error triggered by X-Return-Error header (code {status})",
        "type": kind, "param": None, "code": status,
    }  # fmt: skip


def test_unknown_model(client: openai.OpenAI) -> None:
    for create in (
        lambda: client.completions.create(model="nope", prompt="x"),
        lambda: client.chat.completions.create(model="nope", messages=[{"role": "user", "content": "x"}]),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            create()
        assert caught.value.body == {
            "message": "The model `nope` does not exist.", "type": "NotFoundError", "param": "model", "code": 404,
        }  # fmt: skip


def test_validation(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model=MODEL, prompt="x", temperature=3)
    assert caught.value.param == "temperature"
    assert "temperature must be in [0, 2], got 3" in caught.value.message


def test_api_key(serve: ServerPool) -> None:
    server = serve("--api-key", "k1", "k2")
    for key in ("k1", "k2"):
        client = openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0)
        assert client.models.list().data
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="k3", max_retries=0).models.list()
