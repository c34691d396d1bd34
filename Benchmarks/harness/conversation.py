"""One streamed request on a raw socket, where the moment of closing it matters."""

import http.client
import json
import re
import socket
import time

_TOKEN = re.compile(rb'"(?:content|text)":"[^"]')


class Conversation:
    """A chat stream that can be dropped in the middle."""

    def __init__(self, port: int, tokens: int):
        body = json.dumps({
            "model": "m", "messages": [{"role": "user", "content": "Hello"}],
            "max_tokens": tokens, "ignore_eos": True, "stream": True,
        }, separators=(",", ":")).encode()  # fmt: skip
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        self._socket.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._seen = b""

    def wait_for_token(self) -> float:
        """Reads up to the next token; returns when it was read."""
        while not _TOKEN.search(self._seen):
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionError("the stream ended before its next token")
            self._seen = self._seen[-64:] + piece
        self._seen = b""
        return time.monotonic()

    def drop(self) -> float:
        """Closes the connection; returns when."""
        now = time.monotonic()
        self._socket.close()
        return now


class Gauges:
    """vLLM's running and waiting gauges, read over one kept connection so that reading is quick."""

    def __init__(self, port: int):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    def read(self, name: str) -> float:
        """The sum of one gauge's series."""
        self._connection.request("GET", "/metrics")
        text = self._connection.getresponse().read().decode()
        series = re.findall(rf"^{re.escape(name)}(?:\{{[^\n]*\}})? ([0-9.e+]+)$", text, re.MULTILINE)
        if not series:
            raise LookupError(f"/metrics has no {name}")
        return sum(map(float, series))

    def wait(self, name: str, value: float, patience: float) -> float:
        """Polls until the gauge has the value; returns when, or raises after `patience` seconds."""
        begin = time.monotonic()
        while self.read(name) != value:
            if time.monotonic() - begin > patience:
                raise TimeoutError(f"{name} did not become {value:g} within {patience:g} s")
        return time.monotonic()

    def close(self) -> None:
        self._connection.close()
