"""Failures on demand (llm-d-inference-sim, failure injection)."""

import collections
from typing import Any

import pytest

from support.server import MODEL, Server, ServerPool

FAILURES: dict[str, tuple[int, str, str, str | None]] = {
    "rate_limit": (
        429,
        "RateLimitError",
        f"Rate limit reached for {MODEL} in organization org-xxx on requests per min (RPM): Limit 3, Used 3, "
        "Requested 1.",
        None,
    ),
    "invalid_api_key": (401, "AuthenticationError", "Incorrect API key provided.", None),
    "context_length": (
        400,
        "BadRequestError",
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 4500 tokens.",
        "messages",
    ),
    "server_error": (503, "InternalServerError", "The server is overloaded or not ready yet.", None),
    "invalid_request": (400, "BadRequestError", "Invalid request: missing required parameter 'model'.", "model"),
    "model_not_found": (404, "NotFoundError", f"The model '{MODEL}-nonexistent' does not exist", "model"),
}

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/completions", {"prompt": "x"}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
]


@pytest.mark.parametrize("kind", FAILURES)
def test_type(serve: ServerPool, kind: str) -> None:
    """At a rate of 100 every generation fails, streamed or not; nothing else does."""
    server = serve("--failure-injection-rate", "100", "--failure-types", kind, "--served-model-name", "alias", MODEL)
    status, error, message, param = FAILURES[kind]
    for path, body in REQUESTS:
        for stream in (False, True):
            answer = server.post(path, body | {"stream": stream})
            assert answer.status_code == status
            assert answer.json() == {"error": {"message": message, "type": error, "param": param, "code": status}}
    assert server.get("/v1/models").status_code == 200
    assert server.post("/tokenize", {"prompt": "x"}).status_code == 200
    assert server.metrics().total("vllm:request_success_total") == 0


def test_all_types_by_default(serve: ServerPool) -> None:
    server = serve("--failure-injection-rate", "100", "--seed", "1")
    seen = {server.post(*REQUESTS[0]).json()["error"]["message"] for _ in range(100)}
    assert seen == {failure[2] for failure in FAILURES.values()}


def test_chosen_types(serve: ServerPool) -> None:
    server = serve("--failure-injection-rate", "100", "--failure-types", "rate_limit", "server_error", "--seed", "1")
    assert {server.post(*REQUESTS[0]).status_code for _ in range(40)} == {429, 503}


def test_rate(serve: ServerPool) -> None:
    server = serve("--failure-injection-rate", "30", "--failure-types", "server_error", "--seed", "9")
    body = {"prompt": "x", "max_tokens": 1}
    counts = collections.Counter(server.post("/v1/completions", body).status_code for _ in range(400))
    assert set(counts) == {200, 503}
    assert 85 <= counts[503] <= 155


@pytest.mark.parametrize("status", [200, 204, 304, 400, 418, 429, 500, 503, 599])
def test_return_error_header(server: Server, status: int) -> None:
    with server.connect() as connection:
        answer = connection.post(*REQUESTS[1], headers={"X-Return-Error": str(status)})
        assert answer.status == status
        if status not in (204, 304):
            assert answer.json["error"]["message"] == (
                f"Simulated error triggered by X-Return-Error header (code {status})"
            )
        assert connection.request("GET", "/health").status == 200


@pytest.mark.parametrize("value", ["abc", "", "4.5", "99", "100", "101", "199", "600", "-429", "99999999999999999999"])
def test_bad_return_error_header(server: Server, value: str) -> None:
    with server.connect() as connection:
        answer = connection.post(*REQUESTS[0], headers={"X-Return-Error": value})
        assert answer.status == 400
        assert f'Invalid X-Return-Error header value "{value}"' in answer.json["error"]["message"]
