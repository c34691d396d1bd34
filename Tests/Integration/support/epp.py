"""One running endpoint picker: `understudy epp`, or `understudy up` with an ext_proc port."""

from typing import Any

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

from . import manifests
from .exposition import Page
from .ext_proc import Gateway
from .fake_metrics import FakeServers
from .fleet import free_base_port
from .manifest_folder import Files, ManifestFolder
from .pool import Pool
from .process import Process, binary

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
PICKER_SERVICE = "envoy.service.ext_proc.v3.ExternalProcessor"


class Picker(Process):
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
        self._files = ManifestFolder(files)
        self.folder = self._files.path
        self.write = self._files.write
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
        super().__init__(words + list(flags), env=env)
        self._gateways: list[Gateway] = []
        self._metrics = self.clients.enter_context(httpx.Client(timeout=20, trust_env=False))
        self.ready = self.read_ready_line()
        self.ports: list[int] = [_port(address) for address in self.ready["grpc"]]

    def release(self) -> None:
        super().release()
        self._files.close()

    # As gateways and Prometheus see it

    def connect(self, port: int | None = None, credentials: grpc.ChannelCredentials | None = None) -> Gateway:
        """A connection of its own."""
        gateway = Gateway(f"127.0.0.1:{port or self.ports[0]}", credentials)
        self._gateways.append(gateway)
        self.clients.callback(gateway.close)
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
        self.assert_running()
        assert self.metrics().samples


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
