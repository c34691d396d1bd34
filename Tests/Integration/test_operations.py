"""Health, version and load (vLLM 0.33, operations endpoints; llm-d-inference-sim, health)."""

import pytest

from support.server import Server, ServerPool
from support.waiting import eventually


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/health"), ("GET", "/health/ready"), ("GET", "/ready"), ("GET", "/ping"), ("POST", "/ping")],
)
def test_health_is_empty(server: Server, method: str, path: str) -> None:
    answer = server.http.request(method, path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_ready_after_start_up(serve: ServerPool) -> None:
    """`--startup-duration` holds back readiness, not liveness."""
    server = serve("--startup-duration", "700ms")
    assert server.get("/health/ready").status_code == 503
    assert server.get("/ready").status_code == 503
    assert server.get("/health").status_code == 200
    eventually(lambda: server.get("/health/ready").status_code, lambda status: status == 200, within=3)
    assert server.get("/ready").status_code == 200


def test_version(server: Server) -> None:
    assert server.get("/version").json() == {"version": "0.33.0"}


@pytest.mark.parametrize(("flags", "counted"), [([], 0), (["--enable-server-load-tracking"], 2)])
def test_load_counts_only_when_asked(serve: ServerPool, flags: list[str], counted: int) -> None:
    server = serve("--time-to-first-token", "300ms", *flags)
    with server.connect() as first, server.connect() as second:
        for connection in (first, second):
            connection.send_request("POST", "/v1/completions", b'{"prompt":"x","max_tokens":1}')
        eventually(lambda: server.metrics().running, lambda running: running == 2)
        assert server.get("/load").json() == {"server_load": counted}
        for connection in (first, second):
            assert connection.read_answer().status == 200
    eventually(lambda: server.get("/load").json(), lambda load: load == {"server_load": 0})
