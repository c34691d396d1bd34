"""One running endpoint picker: `understudy epp`, or `understudy up` with an ext_proc port."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

from . import manifests
from .exposition import Page
from .ext_proc import Gateway
from .fake_metrics import FakeServers
from .fleet import free_base_port
from .pool import Pool
from .server import binary, clean_environment
from .waiting import eventually

START_LIMIT = 15.0
STOP_LIMIT = 10.0
CHANGE_LIMIT = 4.0

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
PICKER_SERVICE = "envoy.service.ext_proc.v3.ExternalProcessor"

Files = Mapping[str, str | Sequence[manifests.Manifest]]


class Picker:
    """A picker that answers. `files` are its manifests by file name: texts, or lists of objects.

    Speaks plaintext unless `secure`. With `replica_ports` it is an `up` with as many replicas at ports of their own.
    """

    def __init__(
        self,
        files: Files | None = None,
        *flags: str,
        command: str = "epp",
        secure: bool = False,
        replica_ports: int = 0,
        grpc_port: int = 0,
        env: dict[str, str] | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-epp-")
        self.folder = Path(self._folder.name)
        for name, content in (files or {}).items():
            self.write(name, content)
        self.base_port = free_base_port(replica_ports) if replica_ports else None
        words = [binary(), command]
        if files is not None:
            words += ["-f", str(self.folder)]
        words += ["--admin-port", "0", "--metrics-port", "0", "--print-ready-json"]
        if command == "up":
            words += ["--port", "0", "--ext-proc-port", str(grpc_port)]
            words += ["--ext-proc-secure"] if secure else []
            words += ["--replica-base-port", str(self.base_port)] if self.base_port is not None else []
        else:
            words += ["--grpc-health-port", "0"]
            words += [] if "--pool" in flags else ["--grpc-port", str(grpc_port)]
            words += [] if secure else ["--secure-serving=false"]
        self.words = words + list(flags)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._was_killed = False
        self._gateways: list[Gateway] = []
        self.process = subprocess.Popen(
            self.words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=clean_environment(env),
        )
        try:
            self.ready = self._read_ready_line()
        except AssertionError:
            assert self.process.stdout is not None
            self.process.stdout.close()
            self._log.close()
            self._folder.cleanup()
            raise
        self.ports: list[int] = [_port(address) for address in self.ready["grpc"]]
        self._metrics = httpx.Client(timeout=20, trust_env=False)

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
                status = self.process.wait()
                raise AssertionError(f"no ready line, exit status {status}; stdout {line!r}\n{self.log}")
            line += piece
        assert line.count(b"\n") == 1, f"exactly one line is promised: {line!r}"
        ready = json.loads(line)
        assert ready["ready"] is True
        return ready

    @property
    def log(self) -> str:
        """What the picker has written to standard error so far."""
        file = self._log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the picker as the kernel would, without a chance to clean up."""
        self.process.kill()
        self.process.wait()
        self._was_killed = True

    def close(self) -> None:
        """Stops the picker if it still runs; it must leave with status 0 and without having crashed before."""
        self._metrics.close()
        for gateway in self._gateways:
            gateway.close()
        try:
            if self.process.poll() is None:
                self.terminate()
                try:
                    status = self.process.wait(timeout=STOP_LIMIT)
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
            self._folder.cleanup()

    # Manifests

    def write(self, name: str, content: str | Sequence[manifests.Manifest]) -> None:
        """Puts a file into the folder, or another one into its place, whole at once as editors do it."""
        text = content if isinstance(content, str) else manifests.text(*content)
        beside = self.folder / f".{name}.new"
        beside.write_text(text)
        beside.rename(self.folder / name)

    def becomes(self, look: Callable[[], Any], expected: Any, within: float = CHANGE_LIMIT) -> None:
        """Waits until `look` gives what a change brings about."""
        eventually(look, lambda seen: seen == expected, within=within, every=0.01)

    # As gateways and Prometheus see it

    def connect(self, port: int | None = None, credentials: grpc.ChannelCredentials | None = None) -> Gateway:
        """A connection of its own."""
        gateway = Gateway(f"127.0.0.1:{port or self.ports[0]}", credentials)
        self._gateways.append(gateway)
        return gateway

    @property
    def gateway(self) -> Gateway:
        """A connection that lasts as long as the picker."""
        return self._gateways[0] if self._gateways else self.connect()

    def metrics(self) -> Page:
        """The page of the endpoint picker."""
        answer = self._metrics.get(f"http://127.0.0.1:{_port(self.ready['metrics_url'])}/metrics")
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def ready_endpoints(self) -> float:
        """The number of endpoints whose metrics are known."""
        return self.metrics().total("inference_pool_ready_pods")

    def health(
        self, service: str = "", *, main_port: bool = False, credentials: grpc.ChannelCredentials | None = None
    ) -> Any:
        """What the health service says: a status, or the code of the refusal."""
        port = self.ports[0] if main_port else _port(self.ready["health"])
        address = f"127.0.0.1:{port}"
        options = [("grpc.enable_http_proxy", 0)]
        with (
            grpc.insecure_channel(address, options)
            if credentials is None
            else grpc.secure_channel(address, credentials, options)
        ) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            try:
                return stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5).status
            except grpc.RpcError as error:
                return error.code()

    @property
    def health_port(self) -> int:
        return _port(self.ready["health"])

    def assert_healthy(self) -> None:
        """The process lives and answers."""
        assert self.process.poll() is None, f"exited with {self.process.returncode}\n{self.log}"
        assert self.metrics().samples

    @property
    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")


def _port(address: str) -> int:
    """The port of `host:port` or of a URL."""
    return int(address.removesuffix("/metrics").rpartition(":")[2])


def pods(fakes: FakeServers, count: int | None = None, app: str = "pool") -> list[manifests.Manifest]:
    """Pods whose status says that they are the first `count` fake servers: `pod-0`, `pod-1`, …"""
    servers = fakes.servers[: len(fakes) if count is None else count]
    return [manifests.remote_pod(f"pod-{index}", app, server.address) for index, server in enumerate(servers)]


class PickerPool(Pool[Picker]):
    """Pickers of a test."""

    def __init__(self) -> None:
        super().__init__(Picker)
