"""Sequence slots and the waiting queue (llm-d-inference-sim, queue; vLLM 0.33, errors)."""

import contextlib
import time

import pytest

from support.raw import Connection
from support.server import Server, ServerPool
from support.waiting import eventually

HOLD = b'{"prompt":"x","max_tokens":1,"stream":true}'


def load(server: Server, running: int, waiting: int) -> None:
    """Waits until so many sequences run and wait."""
    eventually(
        lambda: (page := server.metrics()) and (page.running, page.waiting), lambda seen: seen == (running, waiting)
    )


def occupy(server: Server, connections: contextlib.ExitStack, count: int) -> list[Connection]:
    """Requests on connections of their own, each accepted before the next is sent."""
    held = []
    for _ in range(count):
        connection = connections.enter_context(server.connect())
        connection.send_request("POST", "/v1/completions", HOLD)
        assert connection.read_head().status == 200
        held.append(connection)
    return held


@pytest.mark.parametrize(
    ("flags", "status", "message", "kind"),
    [
        (
            ["--max-waiting-queue-length", "1"],
            429, "Failed to enqueue request, waiting requests queue is full", "RateLimitError",
        ),
        (
            ["--max-waiting-queue-length", "1", "--queue-full-status", "503"],
            503,
            "The engine is currently busy and cannot accept new requests. Please try again later or on a different "
            "instance.",
            "Service Unavailable",
        ),
        (
            ["--max-num-queued-reqs", "1"],
            503,
            "The engine is currently busy and cannot accept new requests. Please try again later or on a different "
            "instance.",
            "Service Unavailable",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [True, False])
def test_full_queue(serve: ServerPool, flags: list[str], status: int, message: str, kind: str, stream: bool) -> None:
    server = serve("--max-num-seqs", "2", "--time-to-first-token", "30s", *flags, "--shutdown-timeout", "0")
    with contextlib.ExitStack() as connections:
        occupy(server, connections, 3)
        load(server, running=2, waiting=1)
        answer = server.post("/v1/completions", {"prompt": "x", "max_tokens": 1, "stream": stream})
        assert answer.status_code == status
        assert answer.json()["error"] == {"message": message, "type": kind, "param": None, "code": status}
        page = server.metrics()
        assert (page.running, page.waiting) == (2, 1)
        assert page.value("vllm:num_requests_waiting_by_reason", reason="capacity") == 1
        assert page.value("vllm:num_requests_waiting_by_reason", reason="deferred") == 0
        assert page.value("vllm:admission_rejections_total", reason="max_num_queued_reqs") == 1
    load(server, running=0, waiting=0)


def test_no_waiting_at_all(serve: ServerPool) -> None:
    """A queue of length 0 is legal: what cannot run at once is refused."""
    server = serve(
        "--max-num-seqs",
        "1",
        "--max-waiting-queue-length",
        "0",
        "--time-to-first-token",
        "30s",
        "--shutdown-timeout",
        "0",
    )
    with contextlib.ExitStack() as connections:
        occupy(server, connections, 1)
        assert server.post("/v1/completions", {"prompt": "x"}).status_code == 429


def test_choices_take_slots_each(serve: ServerPool) -> None:
    server = serve("--max-num-seqs", "2", "--time-to-first-token", "30s", "--shutdown-timeout", "0")
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", b'{"prompt":["a","b"],"n":2,"max_tokens":1,"stream":true}')
        load(server, running=2, waiting=2)
    load(server, running=0, waiting=0)


def test_a_request_that_does_not_fit_leaves_nothing_behind(serve: ServerPool) -> None:
    """When one of several choices finds the queue full, the whole request is refused."""
    server = serve(
        "--max-num-seqs",
        "1",
        "--max-waiting-queue-length",
        "1",
        "--time-to-first-token",
        "30s",
        "--shutdown-timeout",
        "0",
    )
    with contextlib.ExitStack() as connections:
        occupy(server, connections, 1)
        assert server.post("/v1/completions", {"prompt": "x", "n": 3, "max_tokens": 1}).status_code == 429
        load(server, running=1, waiting=0)


def test_the_queue_is_first_come_first_served(serve: ServerPool) -> None:
    server = serve("--max-num-seqs", "1", "--time-to-first-token", "100ms")
    with contextlib.ExitStack() as connections:
        held = occupy(server, connections, 4)
        arrivals = []
        for connection in held:
            connection.read_chunk()
            arrivals.append(time.monotonic())
        assert arrivals == sorted(arrivals)
        gaps = [later - earlier for earlier, later in zip(arrivals, arrivals[1:])]
        assert all(0.08 < gap < 0.2 for gap in gaps), gaps


def test_queueing_counts_as_time_to_first_token(serve: ServerPool) -> None:
    server = serve("--max-num-seqs", "1", "--time-to-first-token", "200ms")
    with contextlib.ExitStack() as connections:
        for connection in occupy(server, connections, 2):
            connection.read_until(b"[DONE]")
        page = eventually(server.metrics, lambda page: page.value("vllm:e2e_request_latency_seconds_count") == 2)
        assert page.value("vllm:time_to_first_token_seconds_sum") == pytest.approx(0.6, rel=0.1)
        assert page.value("vllm:request_queue_time_seconds_sum") == pytest.approx(0.2, rel=0.2)
        assert page.value("vllm:request_queue_time_seconds_count") == 2
        assert page.value("vllm:request_prefill_time_seconds_sum") == pytest.approx(0.4, rel=0.1)
