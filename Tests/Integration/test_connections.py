"""HTTP/1 as clients and proxies speak it: keep-alive, pipelining, HTTP/1.0, chunked bodies, Expect."""

import json
import time

import pytest

from support import sse
from support.server import Server, ServerPool

COMPLETION = b'{"prompt":"x","max_tokens":3,"ignore_eos":true}'
STREAM = b'{"prompt":"x","max_tokens":3,"ignore_eos":true,"stream":true}'


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_keep_alive(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(5):
            assert connection.request("GET", "/v1/models").status == 200
            assert connection.post("/v1/completions", {"prompt": "x", "max_tokens": 1}).status == 200


def test_keep_alive_after_a_stream(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(3):
            connection.send_request("POST", "/v1/completions", STREAM)
            answer = connection.read_answer()
            assert len(sse.chunks(answer.body)) == 3
            assert connection.request("GET", "/health").status == 200


@pytest.mark.parametrize("body", [b"{", b'{"prompt":"x","model":"nope"}'])
def test_keep_alive_after_a_refusal(server: Server, body: bytes) -> None:
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", body)
        assert connection.read_answer().status in (400, 404)
        assert connection.request("GET", "/health").status == 200


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    with server.connect() as connection:
        connection.send_request("GET", "/version")
        connection.send_request("POST", "/v1/completions", STREAM)
        connection.send_request("POST", "/v1/completions", COMPLETION)
        connection.send_request("GET", "/nope")
        assert connection.read_answer().json == {"version": "0.33.0"}
        assert len(sse.chunks(connection.read_answer().body)) == 3
        assert connection.read_answer().json["usage"]["completion_tokens"] == 3
        assert connection.read_answer().status == 404


def test_pipelined_behind_a_slow_stream(serve: ServerPool) -> None:
    server = serve("--time-to-first-token", "200ms")
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", STREAM)
        connection.send_request("GET", "/version")
        assert len(sse.chunks(connection.read_answer().body)) == 3
        assert connection.read_answer().json == {"version": "0.33.0"}


def test_connection_close_is_honoured(server: Server) -> None:
    for body in (COMPLETION, STREAM):
        with server.connect() as connection:
            connection.send_request("POST", "/v1/completions", body, {"Connection": "close"})
            answer = connection.read_answer()
            assert answer.status == 200 and answer.header("connection") == "close"
            assert connection.is_closed()


def test_http_1_0(server: Server) -> None:
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", COMPLETION, version="HTTP/1.0")
        answer = connection.read_answer()
        assert answer.status == 200 and answer.header("transfer-encoding") is None
        assert answer.json["usage"]["completion_tokens"] == 3
        assert connection.is_closed()


def test_http_1_0_stream_ends_with_the_connection(server: Server) -> None:
    """HTTP/1.0 has no chunks."""
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", STREAM, version="HTTP/1.0")
        head = connection.read_head()
        assert head.get("transfer-encoding") is None and head.get("content-length") is None
        assert len(sse.chunks(connection.read_to_end())) == 3
        assert time.monotonic() - head.arrived < 0.3


@pytest.mark.parametrize("pieces", [[COMPLETION], [COMPLETION[:7], COMPLETION[7:9], COMPLETION[9:]]])
def test_chunked_request_body(server: Server, pieces: list[bytes]) -> None:
    head = b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
    with server.connect() as connection:
        connection.send(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*pieces))
        assert connection.read_answer().json["usage"]["completion_tokens"] == 3
        assert connection.request("GET", "/health").status == 200


def test_chunk_extensions_and_trailers(server: Server) -> None:
    head = b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
    size = b"%x" % len(COMPLETION)
    with server.connect() as connection:
        connection.send(head + size + b";name=value\r\n" + COMPLETION + b"\r\n0\r\nX-T: 1\r\n\r\n")
        answer = connection.read_answer()
        if answer.status == 400:
            # libmicrohttpd 1.0 refuses extensions where 0.9.75 skips them; either is clean.
            assert answer.closed
        else:
            assert answer.status == 200
            assert connection.request("GET", "/health").status == 200


def test_expect_continue(server: Server) -> None:
    """The body is asked for with an interim answer."""
    with server.connect() as connection:
        connection.send(
            b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
            b"Content-Length: %d\r\n\r\n" % len(COMPLETION)
        )
        interim = connection.read_head()
        assert interim.status == 100
        connection.send(COMPLETION)
        assert connection.read_answer().status == 200


def test_expect_continue_without_patience(server: Server) -> None:
    """curl sends the body after a second even without an interim answer; both orders work."""
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", COMPLETION, {"Expect": "100-continue"})
        head = connection.read_head()
        if head.status == 100:
            head = connection.read_head()
        assert head.status == 200


def test_content_type_is_not_needed(server: Server) -> None:
    """As with the simulator, a JSON body may come under any type."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"):
        answer = server.post("/v1/completions", content=COMPLETION, headers={"Content-Type": kind})
        assert answer.status_code == 200, kind


def test_content_length_matches(server: Server) -> None:
    answer = server.chat("Grüße", max_tokens=1)
    raw = server.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 2})
    assert int(raw.headers["content-length"]) == len(raw.content)
    assert answer["choices"] and json.loads(raw.content)


def test_an_idle_connection_stays_open(server: Server) -> None:
    with server.connect() as connection:
        assert connection.request("GET", "/health").status == 200
        time.sleep(0.5)
        assert connection.request("GET", "/health").status == 200
