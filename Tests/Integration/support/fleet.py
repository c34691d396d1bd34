"""One running `understudy up`: its manifests in a folder of its own, its ports free ones."""

import json
import random
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from . import manifests
from .exposition import Page
from .manifest_folder import Files, ManifestFolder
from .pool import Pool
from .process import Process, binary, clean_environment
from .raw import Answer, Connection


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


class Fleet(Process):
    """A fleet that answers. `files` are its manifests by file name: texts, or lists of objects.

    With `replica_ports`, as many replicas as that are reachable at ports of their own, in the manifests' order.
    """

    def __init__(
        self,
        files: Files | None = None,
        *flags: str,
        replica_ports: int = 0,
        stdin: str | None = None,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._files = ManifestFolder(files)
        self.folder = self._files.path
        self.write = self._files.write
        self.remove = self._files.remove
        words = [binary(), "up"]
        if files is not None:
            words += ["-f", str(self.folder)]
        if stdin is not None:
            words += ["-f", "-"]
        words += ["--port", "0", "--admin-port", "0", "--metrics-port", "0", "--print-ready-json"]
        self.base_port = free_base_port(replica_ports) if replica_ports else None
        if self.base_port is not None:
            words += ["--replica-base-port", str(self.base_port)]
        super().__init__(words + list(flags), env=env, cwd=cwd, stdin=stdin)
        ready = self.read_ready_line()
        self.seconds_to_ready = time.monotonic() - self.started
        self.url, self.admin_url, self.metrics_url = (
            _on_this_machine(ready[name]) for name in ("url", "admin_url", "metrics_url")
        )
        self.http, self.admin, self._metrics = (
            self.clients.enter_context(httpx.Client(base_url=url, timeout=20, trust_env=False))
            for url in (self.url, self.admin_url, self.metrics_url)
        )

    def release(self) -> None:
        super().release()
        self._files.close()

    # Commands

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
        self.assert_running()
        assert self.http.get("/v1/models").status_code == 200

    @property
    def model_names(self) -> list[str]:
        """What the front door lists."""
        return [card["id"] for card in self.http.get("/v1/models").json()["data"]]


def _on_this_machine(url: str) -> str:
    return f"http://127.0.0.1:{httpx.URL(url).port}"


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
