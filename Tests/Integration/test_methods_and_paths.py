"""Which methods a path takes, and paths that do not exist (the issue's bad input; vLLM 0.33, endpoints)."""

import pytest

from support.server import Server

POSTS = [
    "/v1/chat/completions", "/v1/completions", "/v1/load_lora_adapter", "/v1/unload_lora_adapter", "/tokenize",
    "/detokenize",
]  # fmt: skip
GETS = [
    "/v1/models", "/v1/models/test-model", "/health", "/health/ready", "/ready", "/version", "/load", "/metrics",
]  # fmt: skip


def allowed(value: str | None) -> set[str]:
    return {word.strip() for word in (value or "").split(",")}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_posts_refuse_others(server: Server, path: str, method: str) -> None:
    answer = server.http.request(method, path)
    assert answer.status_code == 405
    assert {"POST", "OPTIONS"} <= allowed(answer.headers["allow"])
    assert "GET" not in allowed(answer.headers["allow"])
    if method != "HEAD":
        assert answer.json()["error"]["code"] == 405


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW"])
def test_gets_refuse_others(server: Server, path: str, method: str) -> None:
    answer = server.http.request(method, path)
    assert answer.status_code == 405
    assert {"GET", "OPTIONS"} <= allowed(answer.headers["allow"])
    assert answer.json()["error"]["code"] == 405


@pytest.mark.parametrize("path", ["/v1/models", "/version", "/metrics"])
def test_head_is_get_without_body(server: Server, path: str) -> None:
    with server.connect() as connection:
        head = connection.request("HEAD", path)
        # The connection goes on: no body followed.
        whole = connection.request("GET", path)
    assert head.status == whole.status == 200 and head.body == b"" and whole.body
    assert head.header("content-type") == whole.header("content-type")
    assert int(head.header("content-length") or 0) > 0


@pytest.mark.parametrize(("path", "method"), [(POSTS[0], "POST"), (GETS[0], "GET")])
def test_options(server: Server, path: str, method: str) -> None:
    answer = server.http.request("OPTIONS", path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert {method, "OPTIONS"} <= allowed(answer.headers["allow"])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nope",
        "/v1",
        "/v1/",
        "/v1/chat",
        "/v1/completions/x",
        "/V1/models",
        "/%00",
        "/a%0d%0ab",
        "//",
        "/v1//models",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_path(server: Server, path: str, method: str) -> None:
    with server.connect() as connection:
        answer = connection.request(method, path, {} if method == "POST" else None)
    assert answer.status == 404
    assert answer.header("content-type") == "application/json"
    assert answer.json["error"]["code"] == 404


def test_query_is_no_part_of_the_path(server: Server) -> None:
    assert server.get("/health?x=1&y=%20").status_code == 200
    assert server.get("/v1/models?limit=3").json()["object"] == "list"


def test_metrics_with_slash(server: Server) -> None:
    """vLLM mounts /metrics, so scrapers may use either path."""
    assert server.http.get("/metrics/", follow_redirects=True).status_code == 200
