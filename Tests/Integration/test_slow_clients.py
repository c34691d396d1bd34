"""Clients that write or read slowly, and crowds that come and go (the issue, bad input)."""

import resource
import socket
import time
from collections.abc import Iterator

import pytest

from support import sse
from support.server import Server, ServerPool
from support.waiting import eventually

BODY = b'{"prompt":"x","max_tokens":3,"ignore_eos":true}'


@pytest.fixture(scope="module")
def roomy(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--max-model-len", "100k", "--max-num-seqs", "8")


def test_slow_sender(server: Server) -> None:
    """A request that trickles in byte by byte is served, and holds up nobody."""
    request = b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
    with server.connect() as slow, server.connect() as other:
        slow.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for position in range(len(request)):
            slow.send(request[position : position + 1])
            if position % 20 == 0:
                assert other.request("GET", "/health").status == 200
            time.sleep(0.002)
        assert slow.read_answer().json["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize("choices", [1, 3])
def test_slow_reader_gets_everything(roomy: Server, choices: int) -> None:
    """A reader that sleeps while far more is due than its sockets hold loses nothing, costs little, blocks nobody."""
    tokens = 40_000
    body = (
        b'{"prompt":"x","max_tokens":%d,"n":%d,"ignore_eos":true,"stream":true,"stream_options":{"include_usage":true}}'
    )
    before = roomy.resident_bytes
    with roomy.connect(receive_buffer=4096) as slow, roomy.connect() as other:
        slow.send_request("POST", "/v1/completions", body % (tokens, choices))
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            start = time.monotonic()
            assert other.request("GET", "/health").status == 200
            assert time.monotonic() - start < 0.2
            time.sleep(0.02)
        # Token tables may stay; frames of 200 bytes and more each must not pile up.
        assert roomy.resident_bytes - before < 8 * tokens * choices + (16 << 20)
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        answer = slow.read_answer()
    assert answer.body.count(b'"text":"') == tokens * choices
    assert answer.body.count(b'"finish_reason":"length"') == choices
    frames = sse.payloads(answer.body)
    assert frames[-1] == sse.DONE and f'"completion_tokens":{tokens * choices}' in frames[-2]


def test_a_small_request_cannot_take_much_memory(serve: ServerPool) -> None:
    """Two hundred long choices with logprobs, asked for by a client that does not read."""
    server = serve("--max-num-seqs", "5")
    before = server.resident_bytes
    with server.connect(receive_buffer=4096) as slow:
        slow.send_request(
            "POST", "/v1/completions",
            b'{"prompt":"x","max_tokens":1000,"n":200,"logprobs":20,"ignore_eos":true,"stream":true}',
        )  # fmt: skip
        peak, deadline = 0, time.monotonic() + 1
        while time.monotonic() < deadline:
            peak = max(peak, server.resident_bytes - before)
            time.sleep(0.01)
    assert peak < 48 << 20
    server.assert_healthy()


def test_slow_reader_of_a_whole_answer(roomy: Server) -> None:
    with roomy.connect(receive_buffer=4096) as slow:
        slow.send_request("POST", "/v1/completions", b'{"prompt":"x","max_tokens":90000,"n":4,"ignore_eos":true}')
        time.sleep(0.5)
        roomy.assert_healthy()
        assert slow.read_answer().json["usage"]["completion_tokens"] == 360_000


def test_a_reader_that_never_reads_can_leave(roomy: Server) -> None:
    slow = roomy.connect(receive_buffer=4096)
    slow.send_request("POST", "/v1/completions", b'{"prompt":"x","max_tokens":50000,"ignore_eos":true,"stream":true}')
    time.sleep(0.2)
    slow.close()
    eventually(lambda: roomy.metrics().running, lambda running: running == 0, within=2)


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192) if hard != resource.RLIM_INFINITY else 8192, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def crowd(server: Server, count: int) -> None:
    """Opens so many connections, in every state a request can be in, and drops them all."""
    openings = [
        b"",
        b"P",
        b"POST /v1/completions HTTP/1.1\r\nHost: t\r\n",
        b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n{",
        b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    ]
    sockets = []
    try:
        for number in range(count):
            plain = socket.create_connection(server.address, timeout=10)  # type: ignore[arg-type]
            plain.sendall(openings[number % len(openings)])
            sockets.append(plain)
    finally:
        for plain in sockets:
            plain.close()


@pytest.mark.usefixtures("many_descriptors")
def test_connections_opened_and_dropped(serve: ServerPool) -> None:
    """2,000 of them, twice: memory and descriptors come back."""
    server = serve("--max-num-seqs", "64")
    server.complete(max_tokens=1)
    descriptors, memory = server.open_descriptors, server.resident_bytes
    for _ in range(2):
        crowd(server, 2_000)
        server.assert_healthy()
        eventually(lambda: server.open_descriptors, lambda count: count <= descriptors + 4, within=5)
    eventually(lambda: server.resident_bytes - memory, lambda growth: growth < 24 << 20, within=5)
    page = eventually(server.metrics, lambda page: page.running + page.waiting == 0)
    assert page.kv_usage == 0


@pytest.mark.usefixtures("many_descriptors")
def test_streams_opened_and_dropped(serve: ServerPool) -> None:
    server = serve("--max-num-seqs", "1000", "--inter-token-latency", "20ms")
    descriptors = server.open_descriptors
    body = b'{"prompt":"x","max_tokens":500,"ignore_eos":true,"stream":true}'
    request = b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    sockets = []
    for _ in range(500):
        plain = socket.create_connection(server.address, timeout=10)  # type: ignore[arg-type]
        plain.sendall(request)
        sockets.append(plain)
    eventually(lambda: server.metrics().running, lambda running: running == 500)
    for plain in sockets:
        plain.close()
    page = eventually(server.metrics, lambda page: page.running + page.waiting == 0, within=2)
    assert page.value("vllm:request_success_total", finished_reason="abort") == 500
    assert page.kv_usage == 0
    eventually(lambda: server.open_descriptors, lambda count: count <= descriptors + 4, within=5)
    server.assert_healthy()
