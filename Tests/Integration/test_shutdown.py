"""SIGTERM drains: what runs finishes, what comes is refused (the issue, behaviour)."""

import contextlib
import signal
import time

import pytest

from support import sse
from support.raw import Connection
from support.server import Server, ServerPool
from support.waiting import eventually

SECOND = b'{"prompt":"x","max_tokens":21,"ignore_eos":true,"stream":true}'
BODY = {"prompt": "x", "max_tokens": 1}


def streaming(server: Server, body: bytes = SECOND) -> Connection:
    connection = server.connect()
    connection.send_request("POST", "/v1/completions", body)
    assert connection.read_head().status == 200
    return connection


def rest_of(connection: Connection) -> bytes:
    body = b""
    while chunk := connection.read_chunk():
        body += chunk
    return body


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_idle_server_leaves_at_once(serve: ServerPool, number: signal.Signals) -> None:
    server = serve()
    assert server.get("/health").status_code == 200
    start = time.monotonic()
    server.process.send_signal(number)
    assert server.wait() == 0
    assert time.monotonic() - start < 0.5


def test_open_connections_do_not_hold_up(serve: ServerPool) -> None:
    """Idle and half-sent requests are not waited for."""
    server = serve()
    with server.connect() as idle, server.connect() as half:
        assert idle.request("GET", "/health").status == 200
        half.send(b"POST /v1/completions HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        start = time.monotonic()
        server.terminate()
        assert server.wait() == 0
        assert time.monotonic() - start < 0.5


@pytest.mark.parametrize("stream", [True, False])
def test_drain(serve: ServerPool, stream: bool) -> None:
    server = serve("--inter-token-latency", "50ms")
    body = SECOND if stream else SECOND.replace(b',"stream":true', b"")
    with server.connect() as running, server.connect() as kept, contextlib.ExitStack() as later:
        assert kept.request("GET", "/health").status == 200
        running.send_request("POST", "/v1/completions", body)
        if stream:
            assert running.read_head().status == 200
            running.read_chunk()
        else:
            eventually(lambda: server.metrics().running, lambda running: running == 1)
        server.terminate()
        eventually(lambda: server.get("/health").status_code, lambda status: status == 503)
        for connection in (kept, later.enter_context(server.connect())):
            for path in ("/health", "/health/ready", "/ready", "/ping"):
                assert connection.request("GET", path).status == 503
            for path, request in (
                ("/v1/completions", BODY),
                ("/v1/completions", BODY | {"stream": True}),
                ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
            ):
                answer = connection.post(path, request)
                assert answer.status == 503
                assert int(answer.header("retry-after") or "") >= 1
                assert answer.json["error"]["message"] == "server is shutting down"
                assert answer.json["error"]["code"] == 503
            assert connection.request("GET", "/metrics").status == 200
        if stream:
            frames = rest_of(running)
            assert frames.endswith(b"data: [DONE]\n\n")
        else:
            assert running.read_answer().json["usage"]["completion_tokens"] == 21
        assert server.wait(within=2) == 0


def test_waiting_requests_finish_too(serve: ServerPool) -> None:
    server = serve("--max-num-seqs", "1", "--time-to-first-token", "200ms")
    first, second = streaming(server), streaming(server)
    server.terminate()
    for connection in (first, second):
        with connection:
            assert len(sse.chunks(rest_of(connection))) == 21
    assert server.wait(within=2) == 0


def test_grace_period_ends(serve: ServerPool) -> None:
    server = serve("--inter-token-latency", "1s", "--shutdown-timeout", "0.4")
    with streaming(server) as connection:
        start = time.monotonic()
        server.terminate()
        assert server.wait() == 0
        assert time.monotonic() - start == pytest.approx(0.4, abs=0.25)
        assert b"[DONE]" not in connection.read_to_end()


def test_second_signal_leaves_at_once(serve: ServerPool) -> None:
    server = serve("--inter-token-latency", "1s")
    with streaming(server):
        server.terminate()
        eventually(lambda: server.get("/health").status_code, lambda status: status == 503)
        assert server.process.poll() is None
        start = time.monotonic()
        server.terminate()
        assert server.wait() == 1
        assert time.monotonic() - start < 0.3


def test_a_client_that_leaves_ends_the_drain(serve: ServerPool) -> None:
    server = serve("--inter-token-latency", "1s")
    connection = streaming(server)
    server.terminate()
    eventually(lambda: server.get("/health").status_code, lambda status: status == 503)
    assert server.process.poll() is None
    connection.close()
    assert server.wait(within=1) == 0
