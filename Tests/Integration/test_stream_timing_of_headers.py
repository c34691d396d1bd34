"""A stream's headers leave at once, not after the first token (the issue; vLLM 0.33, streaming rules)."""

import time

import pytest

from support.server import Server, ServerPool

ONE_TOKEN = b'{"prompt":"x","max_tokens":1,"stream":true}'


@pytest.fixture(scope="module")
def slow(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--time-to-first-token", "500ms", "--max-num-seqs", "1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", b'{"messages":[{"role":"user","content":"x"}],"max_tokens":2,"stream":true}'),
        ("/v1/completions", b'{"prompt":"x","max_tokens":2,"stream":true}'),
    ],
)
def test_headers_leave_before_the_first_token(slow: Server, path: str, body: bytes) -> None:
    with slow.connect() as connection:
        start = time.monotonic()
        connection.send_request("POST", path, body)
        head = connection.read_head()
        assert head.status == 200
        assert head.arrived - start < 0.1
        first = connection.read_chunk()
        assert first.startswith(b"data: {")
        assert 0.49 < time.monotonic() - start < 0.65


def test_headers_leave_while_waiting_in_the_queue(slow: Server) -> None:
    with slow.connect() as running, slow.connect() as waiting:
        running.send_request("POST", "/v1/completions", ONE_TOKEN)
        assert running.read_head().status == 200
        start = time.monotonic()
        waiting.send_request("POST", "/v1/completions", ONE_TOKEN)
        assert waiting.read_head().arrived - start < 0.1
        waiting.read_chunk()
        assert 0.9 < time.monotonic() - start < 1.2


def test_whole_answers_come_in_one_piece(slow: Server) -> None:
    with slow.connect() as connection:
        start = time.monotonic()
        connection.send_request("POST", "/v1/completions", b'{"prompt":"x","max_tokens":1}')
        assert 0.49 < connection.read_head().arrived - start < 0.65
