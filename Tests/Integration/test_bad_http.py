"""HTTP that is malformed, too large, or lies about itself (the issue, bad input)."""

from collections.abc import Iterator

import pytest

from support.raw import Connection
from support.server import Server, ServerPool

LIMIT = 4 << 20
BODY = b'{"prompt":"x","max_tokens":1}'


@pytest.fixture(autouse=True)
def alive(server: Server) -> Iterator[None]:
    yield
    server.assert_healthy()


def statuses(connection: Connection) -> list[int]:
    """The statuses of all that comes until the server closes or falls silent for a moment."""
    connection.socket.settimeout(1)
    found = []
    try:
        while True:
            found.append(connection.read_answer().status)
    except (ConnectionError, TimeoutError):
        return found


def post_head(*headers: bytes) -> bytes:
    return b"\r\n".join([b"POST /v1/completions HTTP/1.1", b"Host: t", *headers, b"", b""])


# Size


def test_announced_too_large(server: Server) -> None:
    answer = server.post("/v1/completions", content=b" " * (LIMIT + 1))
    assert answer.status_code == 413
    error = answer.json()["error"]
    assert error["code"] == 413 and str(LIMIT) in error["message"]


def test_chunked_too_large(server: Server) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(65):
            yield b" " * 65536

    answer = server.post("/v1/completions", content=pieces())
    assert answer.status_code == 413 and answer.json()["error"]["code"] == 413


def test_exactly_the_limit(server: Server) -> None:
    answer = server.post("/v1/completions", content=BODY + b" " * (LIMIT - len(BODY)))
    assert answer.status_code == 200


def test_refused_before_it_is_sent(server: Server) -> None:
    """A client that asks first is told at once."""
    with server.connect() as connection:
        connection.send(post_head(b"Content-Length: %d" % (LIMIT + 1), b"Expect: 100-continue"))
        assert connection.read_head().status == 413


@pytest.mark.parametrize("length", [100 << 20, 1 << 40, (1 << 63) - 1])
def test_absurd_announcements(server: Server, length: int) -> None:
    """Refused without waiting for the body or reserving room for it."""
    before = server.resident_bytes
    with server.connect() as connection:
        connection.send(post_head(b"Content-Length: %d" % length) + b"{")
        assert connection.read_head().status == 413
    assert server.resident_bytes - before < 8 << 20


def test_endless_chunks_are_cut_off(server: Server) -> None:
    before = server.resident_bytes
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with server.connect() as connection:
        connection.send(post_head(b"Transfer-Encoding: chunked"))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            connection.send(piece * 2_000)
    assert server.resident_bytes - before < 16 << 20


def test_configured_limit(serve: ServerPool) -> None:
    server = serve("--max-request-body-size-mb", "1")
    assert server.post("/v1/completions", content=BODY + b" " * (1 << 20)).status_code == 413
    assert server.post("/v1/completions", content=BODY + b" " * (1 << 19)).status_code == 200


# Lies about the length


def test_less_than_announced(server: Server) -> None:
    with server.connect() as connection:
        connection.send(post_head(b"Content-Length: 100") + BODY)
        connection.finish_writing()
        assert set(statuses(connection)) <= {400}


def test_more_than_announced(server: Server) -> None:
    """What comes behind the body is another request, and a bad one."""
    with server.connect() as connection:
        connection.send(post_head(b"Content-Length: %d" % len(BODY)) + BODY + b"surplus\r\n\r\n")
        found = statuses(connection)
        assert found[0] == 200 and set(found[1:]) <= {400}


@pytest.mark.parametrize(
    "value", [b"-1", b"abc", b"1e3", b"0x10", b"99999999999999999999999", b"12 13", b"+5", b"5,5", b""]
)
def test_lengths_that_are_none(server: Server, value: bytes) -> None:
    with server.connect() as connection:
        connection.send(post_head(b"Content-Length: " + value) + BODY)
        connection.finish_writing()
        found = statuses(connection)
        assert set(found) <= {400, 413}, found


def test_two_lengths(server: Server) -> None:
    """Requests that two servers could read differently are not served."""
    with server.connect() as connection:
        connection.send(post_head(b"Content-Length: %d" % len(BODY), b"Content-Length: 3") + BODY)
        connection.finish_writing()
        assert 200 not in statuses(connection)


def test_length_and_chunks(server: Server) -> None:
    """RFC 9112: an error, or the chunks count and the connection closes; never a second request from the rest."""
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    with server.connect() as connection:
        connection.send(
            post_head(b"Content-Length: 5", b"Transfer-Encoding: chunked")
            + chunked + b"GET /version HTTP/1.1\r\nHost: t\r\n\r\n"
        )  # fmt: skip
        assert statuses(connection) in ([400], [200], [200, 200], [])


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n",
        b"-5\r\n",
        b"FFFFFFFFFFFFFFFFFFFF\r\n",
        b"5\r\nhello",
        b"5;" + b"x" * 100_000,
        b"3\r\nabcXX\r\n0\r\n\r\n",
        b"\r\n",
    ],
)
def test_broken_chunks(server: Server, body: bytes) -> None:
    with server.connect() as connection:
        connection.send(post_head(b"Transfer-Encoding: chunked") + body)
        connection.finish_writing()
        assert set(statuses(connection)) <= {400, 413}


def test_unknown_transfer_coding(server: Server) -> None:
    with server.connect() as connection:
        connection.send(post_head(b"Transfer-Encoding: gzip") + BODY)
        connection.finish_writing()
        assert 200 not in statuses(connection)


# Malformed requests


@pytest.mark.parametrize(
    "text",
    [
        b"GARBAGE\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"GET /health HTTP/9.9\r\n\r\n",
        b"GET /health FTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nNo colon here\r\n\r\n",
        b"GET /health HTTP/1.1\r\n: no name\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
        b"GET /health HTTP/1.1\r\n folded: first\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"A" * 200_000,
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET http://other/health HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"GET /he\x00alth HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\nX: y\n\n",
        b"get /health HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%zz%1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /v1/models/%ff%fe%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /health?" + b"a=b&" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_malformed(server: Server, text: bytes) -> None:
    """An error or a close, never a crash or a hang."""
    with server.connect(timeout=5) as connection:
        try:
            connection.send(text)
            connection.finish_writing()
        except OSError:
            return  # Closed before all of it was sent.
        found = statuses(connection)
        assert all(status == 200 or 400 <= status < 600 for status in found)


def test_one_byte_and_gone(server: Server) -> None:
    for _ in range(50):
        with server.connect() as connection:
            connection.send(b"P")


def test_missing_host(server: Server) -> None:
    """HTTP/1.1 demands a Host; being strict or lenient are both fine, answering nothing is not."""
    with server.connect() as connection:
        connection.send(b"GET /version HTTP/1.1\r\n\r\n")
        assert connection.read_answer().status in (200, 400)
