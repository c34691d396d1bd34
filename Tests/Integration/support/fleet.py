"""One running `understudy up`: its manifests in a folder of its own, its ports free ones."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from . import manifests
from .exposition import Page
from .pool import Pool
from .raw import Answer, Connection
from .server import binary, clean_environment
from .waiting import eventually

START_LIMIT = 15.0
STOP_LIMIT = 10.0
# What a change may take; a second is promised, and the machine may be busy.
CHANGE_LIMIT = 4.0
READY = re.compile(r"\bready\b(?:.*?https?://){3}", re.IGNORECASE)
NAMED_URL = re.compile(r'([\w-]+)["\s]*[=:]["\s]*(https?://[^\s",}]+)')


def free_base_port(count: int) -> int:
    """The first of `count` free ports in a row, below those that the kernel gives to clients."""
    for _ in range(200):
        base = random.randrange(20_000, 32_000 - count)
        sockets = []
        try:
            for port in range(base, base + count):
                sockets.append(socket.socket())
                sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sockets[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for opened in sockets:
                opened.close()
        return base
    raise AssertionError(f"no {count} free ports in a row")


class Fleet:
    """A fleet that answers. `files` are its manifests by file name: texts, or lists of objects.

    With `replica_ports`, as many replicas as that are reachable at ports of their own, in the manifests' order.
    """

    def __init__(
        self,
        files: Mapping[str, str | Sequence[manifests.Manifest]] | None = None,
        *flags: str,
        replica_ports: int = 0,
        stdin: str | None = None,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-up-")
        self.folder = Path(self._folder.name)
        for name, content in (files or {}).items():
            self.write(name, content)
        words = [binary(), "up"]
        if files is not None:
            words += ["-f", str(self.folder)]
        if stdin is not None:
            words += ["-f", "-"]
        words += ["--port", "0", "--admin-port", "0", "--metrics-port", "0"]
        self.base_port = free_base_port(replica_ports) if replica_ports else None
        if self.base_port is not None:
            words += ["--replica-base-port", str(self.base_port)]
        self.words = words + list(flags)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        started = time.monotonic()
        self.process = subprocess.Popen(
            self.words,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env=clean_environment(env),
            cwd=cwd,
        )
        if stdin is not None:
            assert self.process.stdin is not None
            self.process.stdin.write(stdin.encode())
            self.process.stdin.close()
        try:
            self.url, self.admin_url, self.metrics_url = self._wait_until_ready()
        except AssertionError:
            self._log.close()
            self._folder.cleanup()
            raise
        self.seconds_to_ready = time.monotonic() - started
        self.http = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        self.admin = httpx.Client(base_url=self.admin_url, timeout=20, trust_env=False)
        self._metrics = httpx.Client(base_url=self.metrics_url, timeout=20, trust_env=False)

    # Start and stop

    def _wait_until_ready(self) -> tuple[str, str, str]:
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            for line in self.log.splitlines():
                if READY.search(line):
                    return self._urls(line)
            if self.process.poll() is not None:
                raise AssertionError(f"exit status {self.process.returncode} before it was ready\n{self.log}")
            time.sleep(0.002)
        self.process.kill()
        self.process.wait()
        raise AssertionError(f"not ready within {START_LIMIT} s\n{self.log}")

    @staticmethod
    def _urls(line: str) -> tuple[str, str, str]:
        """Front door, admin and metrics, as this machine reaches them."""
        found = {}
        for name, url in NAMED_URL.findall(line):
            parsed = httpx.URL(url)
            kind = next((kind for kind in ("admin", "metrics") if kind in name), "front")
            found[kind] = f"http://127.0.0.1:{parsed.port}"
        assert set(found) == {"front", "admin", "metrics"}, f"three URLs are promised: {line!r}"
        return found["front"], found["admin"], found["metrics"]

    @property
    def log(self) -> str:
        """What the fleet has written to standard error so far."""
        file = self._log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def wait(self, within: float = STOP_LIMIT) -> int:
        return self.process.wait(timeout=within)

    def close(self) -> None:
        """Stops the fleet if it still runs; it must leave with status 0 and without having crashed before."""
        for client in (self.http, self.admin, self._metrics):
            client.close()
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
                assert status >= 0, f"ended by signal {-status}\n{self.log}"
        finally:
            self._log.close()
            self._folder.cleanup()

    # Manifests

    def write(self, name: str, content: str | Sequence[manifests.Manifest]) -> None:
        """Puts a file into the folder, or another one into its place, whole at once as editors do it."""
        text = content if isinstance(content, str) else manifests.text(*content)
        beside = self.folder / f".{name}.new"
        beside.write_text(text)
        beside.rename(self.folder / name)

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def run(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """A command against this fleet: `run("get", "inferencepools")`."""
        port = str(httpx.URL(self.admin_url).port)
        return subprocess.run(
            [binary(), *words, "--admin-port", port], input=stdin or "", env=clean_environment(),
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip

    def apply(self, *objects: manifests.Manifest) -> str:
        """Applies objects, which must succeed; what was printed."""
        result = self.run("apply", "-f", "-", stdin=manifests.text(*objects))
        assert result.returncode == 0, f"{result.stdout}{result.stderr}"
        return result.stdout

    def delete(self, kind: str, name: str, *flags: str) -> str:
        """Deletes an object, which must succeed; what was printed."""
        result = self.run("delete", kind, name, *flags)
        assert result.returncode == 0, f"{result.stdout}{result.stderr}"
        return result.stdout

    # Requests to the front door

    def ask(
        self, model: Any, *, path: str = "/v1/completions", headers: dict[str, str] | None = None, **fields: Any
    ) -> httpx.Response:
        """A small request for `model`."""
        body: dict[str, Any] = {"model": model, "max_tokens": 2}
        if path.endswith("/chat/completions"):
            body["messages"] = [{"role": "user", "content": "Hello"}]
        else:
            body["prompt"] = "Hello"
        return self.http.post(path, json=body | fields, headers=headers)

    def becomes(self, look: Callable[[], Any], expected: Any, within: float = CHANGE_LIMIT) -> None:
        """Waits until `look` gives what a change brings about."""
        eventually(look, lambda seen: seen == expected, within=within, every=0.01)

    def status_becomes(self, model: str, expected: int, **options: Any) -> None:
        self.becomes(lambda: self.ask(model, **options).status_code, expected)

    def connect(self, **options: Any) -> Connection:
        """A plain socket to the front door."""
        parsed = httpx.URL(self.url)
        return Connection((parsed.host, parsed.port or 0), **options)

    def many(self, model: str, count: int, headers: dict[str, str] | None = None, **fields: Any) -> Iterator[Answer]:
        """`count` answers, one after the other on one connection; each must be 200."""
        body = {"model": model, "prompt": "Hello", "max_tokens": 1} | fields
        with self.connect() as connection:
            for _ in range(count):
                answer = connection.post("/v1/completions", body, headers=headers)
                assert answer.status == 200, answer.body
                yield answer

    def models_of(self, model: str, count: int) -> Counter[str]:
        """Which models `count` answers name."""
        return Counter(answer.json["model"] for answer in self.many(model, count))

    def deployments_of(self, model: str, count: int) -> Counter[str]:
        """Which Deployments gave `count` answers, by the names of their pods."""
        return Counter(deployment_of(answer.header("x-inference-pod")) for answer in self.many(model, count))

    # What can be seen

    def metrics(self) -> Page:
        """The page of the endpoint picker."""
        answer = self._metrics.get("/metrics")
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def picks(self) -> list[dict[str, Any]]:
        """The latest picks, newest first."""
        answer = self.admin.get("/debug/picks")
        assert answer.status_code == 200, answer.text
        picks = answer.json()["picks"]
        assert isinstance(picks, list)
        return picks

    def replica_address(self, index: int) -> tuple[str, int]:
        assert self.base_port is not None
        return ("127.0.0.1", self.base_port + index)

    def replica(self, index: int, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """A request to one replica itself, past the front door."""
        with Connection(self.replica_address(index)) as connection:
            return connection.request(method, path, body, **options)

    def replica_metrics(self, index: int) -> Page:
        answer = self.replica(index, "GET", "/metrics")
        assert answer.status == 200
        return Page(answer.body.decode())

    def assert_healthy(self) -> None:
        """The process lives and its front door answers."""
        assert self.process.poll() is None, f"exited with {self.process.returncode}\n{self.log}"
        assert self.http.get("/v1/models").status_code == 200

    @property
    def model_names(self) -> list[str]:
        """What the front door lists."""
        return [card["id"] for card in self.http.get("/v1/models").json()["data"]]

    @property
    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")


def deployment_of(pod: str | None) -> str:
    """The Deployment of a pod `NAME-0`, `NAME-1`, …"""
    assert pod is not None, "no x-inference-pod"
    name, _, ordinal = pod.rpartition("-")
    assert name and ordinal.isdigit(), f"not a replica's name: {pod!r}"
    return name


def error_of(answer: httpx.Response | Answer, status: int) -> dict[str, Any]:
    """The error object of a refusal, which must have this status."""
    body = answer.text if isinstance(answer, httpx.Response) else answer.body.decode()
    actual = answer.status_code if isinstance(answer, httpx.Response) else answer.status
    assert actual == status, f"{actual} {body[:500]}"
    error: dict[str, Any] = json.loads(body)["error"]
    assert {"message", "type", "code"} <= set(error), error
    assert error["code"] == status, error
    assert isinstance(error["message"], str)
    assert error["message"]
    return error


def pool_gauge(page: Page, metric: str, pool: str) -> float:
    """The value of `inference_pool_METRIC` of one pool."""
    found = [sample.value for sample in page.all(f"inference_pool_{metric}") if sample.labels["name"] == pool]
    assert len(found) == 1, f"{len(found)} samples of {metric} for {pool}"
    return found[0]


class FleetPool(Pool[Fleet]):
    """Fleets of a test."""

    def __init__(self) -> None:
        super().__init__(Fleet)
