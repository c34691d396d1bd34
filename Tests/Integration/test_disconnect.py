"""A client that goes away frees its slot (the issue; vLLM 0.33, streaming rules)."""

import socket
import struct
import time
from collections.abc import Callable

import pytest

from support.raw import Connection
from support.server import Server, ServerPool
from support.waiting import eventually

STREAM = b'{"prompt":"x","max_tokens":100,"ignore_eos":true,"stream":true}'
WHOLE = b'{"prompt":"x","max_tokens":100,"ignore_eos":true}'


@pytest.fixture(scope="module")
def single(serve_for_module: ServerPool) -> Server:
    """One slot, and answers that take 20 s."""
    return serve_for_module("--max-num-seqs", "1", "--time-to-first-token", "200ms", "--inter-token-latency", "200ms")


def reset(connection: Connection) -> None:
    """Closes with RST instead of FIN."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def leave(connection: Connection) -> None:
    connection.close()


@pytest.mark.parametrize("go", [leave, reset])
@pytest.mark.parametrize(("body", "streamed"), [(STREAM, True), (WHOLE, False)])
@pytest.mark.parametrize("after_a_token", [False, True])
def test_slot_is_free_at_once(
    single: Server, body: bytes, streamed: bool, after_a_token: bool, go: Callable[[Connection], None]
) -> None:
    aborted = single.metrics().value("vllm:request_success_total", finished_reason="abort")
    connection = single.connect()
    connection.send_request("POST", "/v1/completions", body)
    eventually(lambda: single.metrics().running, lambda running: running == 1)
    if after_a_token:
        eventually(lambda: single.metrics().value("vllm:generation_tokens_total"), lambda count: count > 0)
        if streamed:
            connection.read_head()
            connection.read_chunk()
    go(connection)
    gone = time.monotonic()
    eventually(lambda: single.metrics().running, lambda running: running == 0, within=1)
    assert time.monotonic() - gone < 0.1
    page = single.metrics()
    assert page.kv_usage == 0
    assert page.value("vllm:request_success_total", finished_reason="abort") == aborted + 1


def test_the_next_one_starts_at_once(single: Server) -> None:
    first, second = single.connect(), single.connect()
    with second:
        first.send_request("POST", "/v1/completions", STREAM)
        assert first.read_head().status == 200
        second.send_request("POST", "/v1/completions", STREAM)
        assert second.read_head().status == 200
        first.close()
        left = time.monotonic()
        second.read_chunk()
        assert 0.15 < time.monotonic() - left < 0.35
    eventually(lambda: single.metrics().running, lambda running: running == 0)


def test_a_waiting_client_leaves_the_queue(single: Server) -> None:
    first, second = single.connect(), single.connect()
    with first:
        first.send_request("POST", "/v1/completions", STREAM)
        assert first.read_head().status == 200
        second.send_request("POST", "/v1/completions", WHOLE)
        eventually(lambda: single.metrics().waiting, lambda waiting: waiting == 1)
        second.close()
        eventually(lambda: single.metrics().waiting, lambda waiting: waiting == 0, within=1)
        assert single.metrics().running == 1
    eventually(lambda: single.metrics().running, lambda running: running == 0)


def test_half_closed_clients(single: Server) -> None:
    """What is known at once still reaches a client that has finished writing; one that must wait counts as gone,
    because a closed connection looks the same (as with vLLM's web server)."""
    with single.connect() as connection:
        connection.send_request("GET", "/version")
        connection.finish_writing()
        assert connection.read_answer().json == {"version": "0.33.0"}
    with single.connect() as connection:
        connection.send_request("POST", "/v1/completions", WHOLE)
        connection.finish_writing()
        assert connection.read_to_end() == b""
    assert single.metrics().running == 0
