"""HTTP/1 over a plain socket, so that tests see the framing and the times of what arrives."""

import json
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

LIMIT = 10.0


@dataclass
class Head:
    """A status line and headers, and when they had arrived."""

    version: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    arrived: float

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


@dataclass
class Answer:
    """A whole response."""

    head: Head
    body: bytes
    chunks: list[bytes] = field(default_factory=list)
    # The connection ended with this response.
    closed: bool = False

    @property
    def status(self) -> int:
        return self.head.status

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return self.head.get(name)


class Connection:
    """A client's connection; all reads are bounded in time."""

    def __init__(
        self,
        address: tuple[str, int] | str,
        *,
        timeout: float = LIMIT,
        tls: ssl.SSLContext | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        if isinstance(address, str):
            plain = socket.socket(socket.AF_UNIX)
        else:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            plain = socket.socket(family)
        if receive_buffer is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(timeout)
        plain.connect(address)
        self.socket: socket.socket = tls.wrap_socket(plain, server_hostname="localhost") if tls else plain
        self._pending = bytearray()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def finish_writing(self) -> None:
        """Says that no more will come, but goes on reading."""
        self.socket.shutdown(socket.SHUT_WR)

    # Writing

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        version: str = "HTTP/1.1",
    ) -> None:
        lines = [f"{method} {path} {version}", "Host: test"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Sends a request, with a body of JSON if there is one, and reads the whole answer."""
        data = None if body is None else json.dumps(body).encode()
        self.send_request(method, path, data, **options)
        return self.read_answer(method)

    def post(self, path: str, body: Any, **options: Any) -> Answer:
        return self.request("POST", path, body, **options)

    # Reading

    def _fill(self) -> bool:
        data = self.socket.recv(65536)
        self._pending += data
        return bool(data)

    def read_until(self, mark: bytes) -> bytes:
        """Everything up to and with `mark`."""
        searched = 0
        while (found := self._pending.find(mark, searched)) < 0:
            searched = max(0, len(self._pending) - len(mark) + 1)
            if not self._fill():
                raise ConnectionError(f"closed before {mark!r}; got {bytes(self._pending[:500])!r}")
        return self._take(found + len(mark))

    def read_exactly(self, count: int) -> bytes:
        while len(self._pending) < count:
            if not self._fill():
                raise ConnectionError(f"closed after {len(self._pending)} of {count} bytes")
        return self._take(count)

    def _take(self, count: int) -> bytes:
        data = bytes(self._pending[:count])
        del self._pending[:count]
        return data

    def read_to_end(self) -> bytes:
        """Everything until the server closes."""
        while self._fill():
            pass
        return self._take(len(self._pending))

    def read_head(self) -> Head:
        text = self.read_until(b"\r\n\r\n")
        arrived = time.monotonic()
        first, *rest = text.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        version, status, reason = first.split(" ", 2)
        headers = []
        for line in rest:
            name, colon, value = line.partition(":")
            assert colon, f"not a header: {line!r}"
            headers.append((name, value.strip()))
        return Head(version, int(status), reason, headers, arrived)

    def read_chunk(self) -> bytes:
        """The content of the next chunk; empty for the last one, whose trailer is read too."""
        size = int(self.read_until(b"\r\n")[:-2], 16)
        data = self.read_exactly(size)
        assert self.read_exactly(2) == b"\r\n"
        return data

    def read_answer(self, method: str = "GET") -> Answer:
        head = self.read_head()
        if head.status == 100:
            return Answer(head, b"")
        closes = head.version == "HTTP/1.0" or (head.get("connection") or "").lower() == "close"
        if method == "HEAD" or head.status in (204, 304):
            return Answer(head, b"", closed=closes)
        if (head.get("transfer-encoding") or "").lower() == "chunked":
            chunks = []
            while chunk := self.read_chunk():
                chunks.append(chunk)
            return Answer(head, b"".join(chunks), chunks, closed=closes)
        length = head.get("content-length")
        if length is not None:
            return Answer(head, self.read_exactly(int(length)), closed=closes)
        return Answer(head, self.read_to_end(), closed=True)

    def is_closed(self) -> bool:
        """True when the server closes without another byte."""
        assert not self._pending, bytes(self._pending)
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
