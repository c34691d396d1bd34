"""API keys, CORS and the root path (vLLM 0.33, headers, authentication, CORS)."""

import httpx
import pytest

from support.server import Server, ServerPool

GUARDED = [
    ("GET", "/v1/models"),
    ("POST", "/v1/completions"),
    ("GET", "/v1/nope"),
    ("POST", "/v2/embed"),
    ("POST", "/inference/v1/generate"),
]
OPEN = [("GET", "/health"), ("GET", "/metrics"), ("GET", "/version"), ("GET", "/load"), ("GET", "/ping")]


@pytest.fixture(scope="module")
def locked(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--api-key", "alpha", "beta")


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize(
    "value",
    [None, "", "alpha", "Bearer", "Bearer wrong", "Bearer alphax", "Bearer alph", "Basic alpha", "Bearer alpha,beta"],
)
def test_without_a_key(locked: Server, method: str, path: str, value: str | None) -> None:
    answer = locked.http.request(method, path, headers={} if value is None else {"Authorization": value})
    assert answer.status_code == 401
    assert answer.json() == {"error": "Unauthorized"}


def test_an_empty_key(locked: Server) -> None:
    with locked.connect() as connection:
        connection.send(b"GET /v1/models HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \r\n\r\n")
        assert connection.read_answer().status == 401


@pytest.mark.parametrize("key", ["alpha", "beta"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_with_a_key(locked: Server, key: str, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {key}"}
    assert locked.get("/v1/models", headers=headers).status_code == 200
    answer = locked.post("/v1/completions", {"prompt": "x", "max_tokens": 1}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_open_paths(locked: Server, method: str, path: str) -> None:
    assert locked.http.request(method, path).status_code == 200


def test_options_needs_no_key(locked: Server) -> None:
    assert locked.http.request("OPTIONS", "/v1/completions").status_code == 200


def test_key_from_the_environment(serve: ServerPool) -> None:
    server = serve(env={"VLLM_API_KEY": "secret-key-from-env"})
    assert server.get("/v1/models").status_code == 401
    assert server.get("/v1/models", headers={"Authorization": "Bearer secret-key-from-env"}).status_code == 200
    assert "secret-key-from-env" not in server.log


def test_keys_are_not_logged(locked: Server) -> None:
    assert "alpha" not in locked.log and "beta" not in locked.log


# CORS


def cors(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


PREFLIGHT = {
    "Origin": "http://app.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


def test_no_cors_by_default(server: Server) -> None:
    assert cors(server.get("/v1/models", headers={"Origin": "http://app.example"})) == {}
    assert cors(server.http.request("OPTIONS", "/v1/models", headers=PREFLIGHT)) == {}


def test_named_origin(serve: ServerPool) -> None:
    server = serve("--allowed-origins", '["http://app.example"]', "--allow-credentials")
    answer = server.get("/v1/models", headers={"Origin": "http://app.example"})
    assert cors(answer) == {
        "access-control-allow-origin": "http://app.example", "access-control-allow-credentials": "true",
    }  # fmt: skip
    assert answer.headers["vary"] == "Origin"
    assert cors(server.get("/v1/models", headers={"Origin": "http://evil.example"})) == {}
    assert cors(server.get("/v1/models")) == {}


def test_any_origin(serve: ServerPool) -> None:
    server = serve("--allowed-origins", '["*"]')
    assert cors(server.get("/v1/models", headers={"Origin": "http://x.example"})) == {
        "access-control-allow-origin": "*"
    }
    # A refusal must be readable by the page as well.
    refused = server.post("/v1/completions", {"model": "nope"}, headers={"Origin": "http://x.example"})
    assert refused.status_code >= 400 and cors(refused)["access-control-allow-origin"] == "*"


def test_cors_on_streams(serve: ServerPool) -> None:
    server = serve("--allowed-origins", '["*"]')
    answer = server.post(
        "/v1/completions", {"prompt": "x", "max_tokens": 1, "stream": True}, headers={"Origin": "http://x.example"}
    )
    assert cors(answer)["access-control-allow-origin"] == "*"


def test_preflight(serve: ServerPool) -> None:
    server = serve(
        "--allowed-origins", '["http://app.example"]', "--allowed-methods", '["POST","GET"]', "--api-key", "k"
    )
    answer = server.http.request("OPTIONS", "/v1/completions", headers=PREFLIGHT)
    assert answer.status_code == 200
    found = cors(answer)
    assert found["access-control-allow-origin"] == "http://app.example"
    assert {word.strip() for word in found["access-control-allow-methods"].split(",")} == {"POST", "GET"}
    assert "authorization" in found["access-control-allow-headers"]


def test_cors_on_unauthorized(serve: ServerPool) -> None:
    server = serve("--allowed-origins", '["http://app.example"]', "--api-key", "k")
    answer = server.get("/v1/models", headers={"Origin": "http://app.example"})
    assert answer.status_code == 401 and cors(answer)["access-control-allow-origin"] == "http://app.example"


# Root path


@pytest.mark.parametrize("value", ["/vllm", "vllm/"])
def test_root_path(serve: ServerPool, value: str) -> None:
    """With and without the prefix, as in vLLM: a proxy may strip it, and probes come without it."""
    server = serve("--root-path", value, "--api-key", "k")
    key = {"Authorization": "Bearer k"}
    assert server.get("/vllm/health").status_code == 200
    assert server.get("/vllm/v1/models", headers=key).status_code == 200
    assert server.get("/vllm/v1/models").status_code == 401
    assert server.get("/vllm/metrics").status_code == 200
    assert server.get("/v1/models", headers=key).status_code == 200
    assert server.get("/v1/models").status_code == 401
    assert server.get("/health").status_code == 200
    assert server.get("/vllmx/health").status_code == 404
    assert server.get("/vllm/vllm/health").status_code == 404
