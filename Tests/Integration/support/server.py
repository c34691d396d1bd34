"""One running server process, started from the release binary and stopped as an operator would stop it."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from .exposition import Page
from .pool import Pool
from .raw import Connection

MODEL = "test-model"
START_LIMIT = 10.0
STOP_LIMIT = 10.0


def binary() -> str:
    """The binary under test, as scripts/test names it."""
    path = os.environ.get("UNDERSTUDY_BINARY")
    if not path or not os.access(path, os.X_OK):
        raise RuntimeError("UNDERSTUDY_BINARY must name the built binary; scripts/test sets it")
    return path


def clean_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """An environment in which no variable of the caller's can change what a server does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | (extra or {})


class Server:
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
        self.words = words + list(flags)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._was_killed = False
        self.process = subprocess.Popen(
            self.words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=clean_environment(env),
            cwd=cwd,
        )
        self.ready: dict[str, Any] = self._read_ready_line()
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
        self.http = httpx.Client(base_url=base, timeout=20, verify=verify, transport=transport, trust_env=False)

    # Start and stop

    def _read_ready_line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        deadline = time.monotonic() + START_LIMIT
        line = b""
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            readable, _, _ = select.select([self.process.stdout], [], [], max(0.0, left))
            piece = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not piece:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"no ready line; stdout {line!r}\n{self.log}")
            line += piece
        assert line.count(b"\n") == 1, f"exactly one line is promised: {line!r}"
        ready = json.loads(line)
        assert isinstance(ready, dict)
        return ready

    @property
    def log(self) -> str:
        """What the server has written to standard error so far."""
        # The process shares the file's offset, so it must not be moved.
        file = self._log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def terminate(self) -> None:
        """Asks the server to stop."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, within: float = STOP_LIMIT) -> int:
        """The exit status."""
        return self.process.wait(timeout=within)

    def kill(self) -> None:
        """Ends the server as the kernel would, without a chance to clean up."""
        self.process.kill()
        self.process.wait()
        self._was_killed = True

    def close(self) -> None:
        """Stops the server if it still runs; it must leave with status 0 and without having crashed before."""
        self.http.close()
        try:
            if self.process.poll() is None:
                self.terminate()
                try:
                    status = self.wait()
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
                    raise AssertionError(f"still running {STOP_LIMIT} s after SIGTERM\n{self.log}") from None
                assert status == 0, f"exit status {status} after SIGTERM\n{self.log}"
            else:
                status = self.process.returncode
                assert status >= 0 or self._was_killed, f"ended by signal {-status}\n{self.log}"
        finally:
            assert self.process.stdout is not None
            self.process.stdout.close()
            self._log.close()

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
        assert self.process.poll() is None, f"exited with {self.process.returncode}\n{self.log}"
        with self.connect() as connection:
            assert connection.request("GET", "/health").status == 200

    @property
    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    @property
    def open_descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class ServerPool(Pool[Server]):
    """Servers of a test."""

    def __init__(self) -> None:
        super().__init__(Server)


def run_to_exit(
    *words: str, env: dict[str, str] | None = None, within: float = 10.0
) -> subprocess.CompletedProcess[str]:
    """Runs the binary with exactly these words until it exits."""
    return subprocess.run(
        [binary(), *words],
        env=clean_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
