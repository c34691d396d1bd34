"""One running `understudy serve`."""

from pathlib import Path
from typing import Any

import httpx

from .exposition import Page
from .pool import Pool
from .process import Process, binary
from .raw import Connection

MODEL = "test-model"


class Server(Process):
    """A server that answers. Flags are added to those that every test needs: loopback, a free port, a ready line."""

    def __init__(
        self,
        *flags: str,
        model: str | None = MODEL,
        env: dict[str, str] | None = None,
        host: str | None = "127.0.0.1",
        verify: Any = False,
        cwd: Path | None = None,
    ) -> None:
        words = [binary(), "serve", "--print-ready-json"]
        if model is not None:
            words += ["--model", model]
        if host is not None:
            words += ["--host", host, "--port", "0"]
        super().__init__(words + list(flags), env=env, cwd=cwd)
        self.ready = self.read_ready_line()
        self.url: str = self.ready["url"]
        if self.url.startswith("unix:"):
            self.address: tuple[str, int] | str = self.url.removeprefix("unix:")
            transport: httpx.HTTPTransport | None = httpx.HTTPTransport(uds=self.address)
            base = "http://localhost"
        else:
            parsed = httpx.URL(self.url)
            self.address = (parsed.host, parsed.port or 0)
            transport = None
            base = self.url
        self.http = self.clients.enter_context(
            httpx.Client(base_url=base, timeout=20, verify=verify, transport=transport, trust_env=False)
        )

    # Requests

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Posts JSON, or the bytes given as `content`."""
        if body is not None:
            options["json"] = body
        return self.http.post(path, **options)

    def complete(self, prompt: Any = "Hello", **fields: Any) -> dict[str, Any]:
        """A completion that must succeed."""
        answer = self.post("/v1/completions", {"prompt": prompt} | fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def chat(self, text: str = "Hello", **fields: Any) -> dict[str, Any]:
        """A chat that must succeed."""
        answer = self.post("/v1/chat/completions", {"messages": [{"role": "user", "content": text}]} | fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def connect(self, **options: Any) -> Connection:
        """A plain socket to the server."""
        return Connection(self.address, **options)

    def metrics(self) -> Page:
        answer = self.get("/metrics")
        assert answer.status_code == 200
        return Page(answer.text)

    # State

    def assert_healthy(self) -> None:
        """The process lives and answers a new connection."""
        self.assert_running()
        with self.connect() as connection:
            assert connection.request("GET", "/health").status == 200


class ServerPool(Pool[Server]):
    """Servers of a test."""

    def __init__(self) -> None:
        super().__init__(Server)
