"""How each server is started for a measurement."""

import dataclasses
import json
import os
import shutil

from . import ext_proc, machine
from .envoy import configuration
from .processes import Server, answers


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a measurement asks of a server."""

    max_num_seqs: int = 1024
    gap_us: int = 0


@dataclasses.dataclass(frozen=True)
class Fleet:
    """What a measurement asks of `understudy up`: replicas of one model, which so many aliases lead to."""

    replicas: int
    rewrites: int = 0
    own_ports: bool = False
    ext_proc: bool = False

    def models(self) -> dict:
        """The models.json."""
        model = {"model": "m", "replicas": self.replicas}
        if self.own_ports:
            # Requests are to be answered and not to queue, whichever way they come.
            model |= {"max-num-seqs": 1024, "max-model-len": 4096, "max-waiting-queue-length": 20000}
        aliases = range(self.rewrites)
        return {
            "models": [model],
            "rewrites": [
                {"name": f"alias-{i}", "models": [f"alias-{i}"], "targets": [{"model": "m"}]} for i in aliases
            ],
        }


@dataclasses.dataclass(frozen=True)
class Yard:
    """Where everything is."""

    benchmarks: str
    scratch: str
    binary: str | None  # None puts the floor in the place of the server under test.
    port_base: int

    # The ports from `port_base` on: the server under test, the floor, nginx, the three of a fleet, its replicas', and
    # those about a picker: its own, its health's, its metrics', the floor's, the engines', Envoy's two and its admin's.
    FLEET_PORTS = 3
    MOST_REPLICAS = 100
    PICKER_PORTS = FLEET_PORTS + 3 + MOST_REPLICAS
    PORTS = PICKER_PORTS + 8

    def program(self, name: str) -> str:
        return os.path.join(self.benchmarks, "bin", name)

    def _log(self, name: str) -> str:
        return os.path.join(self.scratch, f"{name}.log")

    def under_test(self, settings: Settings) -> Server:
        port = self.port_base
        if self.binary is None:
            return Server("floor as server", self._floor_command(port, settings), port, self._log("server"))
        command = [self.binary, "serve", "--model", "m", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--max-num-seqs", str(settings.max_num_seqs), "--max-model-len", "4096"]
        command += ["--max-waiting-queue-length", "20000"]
        if settings.gap_us > 0:
            command += ["--inter-token-latency", f"{settings.gap_us}us"]
        return Server("understudy", command, port, self._log("server"))

    def up(self, fleet: Fleet) -> Server:
        """A whole pool in one process, called at its front door."""
        if self.binary is None:
            raise RuntimeError("the floor has no front door")
        path = os.path.join(self.scratch, "models.json")
        with open(path, "w") as file:
            json.dump(fleet.models(), file)
        port = self.port_base + self.FLEET_PORTS
        command = [self.binary, "up", "-f", path, "--port", str(port), "--admin-port", str(port + 1)]
        command += ["--metrics-port", str(self.metrics_port), "--log-level", "warning"]
        if fleet.own_ports:
            command += ["--replica-base-port", str(self.replica_port(0))]
        if fleet.ext_proc:
            command += ["--ext-proc-port", str(self._picker_port(0))]
        return Server("understudy up", command, port, self._log("up"))

    @property
    def metrics_port(self) -> int:
        """Where a fleet shows its picker's metrics."""
        return self.port_base + self.FLEET_PORTS + 2

    def replica_port(self, number: int) -> int:
        """The own port of a fleet's replica."""
        return self.port_base + self.FLEET_PORTS + 3 + number

    def _picker_port(self, number: int) -> int:
        return self.port_base + self.PICKER_PORTS + number

    def picker(self, endpoints: int, *flags: str) -> Server:
        """A picker on one core, without TLS, for so many endpoints that are all `engines`; it is ready when it knows
        them."""
        if self.binary is None:
            raise RuntimeError("the floor is no picker")
        folder = os.path.join(self.scratch, f"pool-{endpoints}")
        os.makedirs(folder, exist_ok=True)
        for name, content in self._pool(endpoints).items():
            with open(os.path.join(folder, name), "w") as file:
                json.dump(content, file)
        port, metrics = self._picker_port(0), self._picker_port(2)
        command = [self.binary, "epp", "-f", folder, "--secure-serving=false", "--log-level", "warning"]
        command += ["--grpc-port", str(port), "--grpc-health-port", str(self._picker_port(1)), "--admin-port", "0"]
        command += ["--metrics-port", str(metrics), *flags]
        known = f'inference_pool_ready_pods{{name="pool"}} {endpoints}'
        return Server(
            "understudy epp", machine.pinned(command, 0), port, self._log("epp"),
            lambda: answers(f"http://127.0.0.1:{metrics}/metrics", known))

    def _pool(self, endpoints: int) -> dict[str, dict]:
        """The pool's files: itself, and its endpoints at 127.0.1.1 and up, 250 to a network."""
        port, labels = self._picker_port(4), {"app": "m"}
        pool = {
            "apiVersion": "inference.networking.k8s.io/v1", "kind": "InferencePool", "metadata": {"name": "pool"},
            "spec": {
                "selector": {"matchLabels": labels}, "targetPorts": [{"number": port}],
                "endpointPickerRef": {"name": "epp", "port": {"number": 9002}},
            },
        }  # fmt: skip
        listed = [
            {"name": f"e{i}", "address": f"127.0.{1 + i // 250}.{1 + i % 250}", "port": str(port), "labels": labels}
            for i in range(endpoints)
        ]
        return {"pool.json": pool, "endpoints.json": {"endpoints": listed}}

    def engines(self, page: bytes) -> Server:
        """Model servers that have nothing but a metrics page, on all addresses of this machine."""
        path, port = os.path.join(self.scratch, "page.txt"), self._picker_port(4)
        with open(path, "wb") as file:
            file.write(page)
        command = [self.program("pages"), "--port", str(port), "--file", path]
        return Server("pages", machine.pinned(command, 1), port, self._log("pages"), lambda: machine.is_port_busy(port))

    def picker_floor(self, answer: bytes) -> Server:
        """nghttpd on the picker's core, which answers every request with the same bytes over HTTP/2."""
        folder = os.path.join(self.scratch, "nghttpd")
        path, port = os.path.join(folder, ext_proc.METHOD), self._picker_port(3)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(answer)
        command = ["nghttpd", "--no-tls", "--address", "127.0.0.1", "--max-concurrent-streams", "1000"]
        command += ["--htdocs", folder, "--trailer", "grpc-status: 0", str(port)]
        return Server(
            "nghttpd", machine.pinned(command, 0), port, self._log("nghttpd"), lambda: machine.is_port_busy(port))

    def envoy(self, replicas: int) -> Server:
        """An Envoy with two doors to a fleet's replicas: this port asks the fleet's picker, the next one takes them in
        turn."""
        # scripts/bench puts it there where there is none.
        program = shutil.which("envoy") or os.path.join(os.path.dirname(self.benchmarks), ".venv", "bin", "envoy")
        door, admin, path = self._picker_port(5), self._picker_port(7), os.path.join(self.scratch, "envoy.json")
        backends = [self.replica_port(i) for i in range(replicas)]
        with open(path, "w") as file:
            json.dump(configuration(door, door + 1, admin, self._picker_port(0), backends), file)
        command = [program, "--config-path", path, "--use-dynamic-base-id", "--concurrency", "1"]
        command += ["--log-level", "warning"]
        return Server("envoy", command, door, self._log("envoy"), lambda: answers(f"http://127.0.0.1:{admin}/ready"))

    def completion(self, tokens: int) -> str:
        """A file with the body of a completion."""
        path = os.path.join(self.scratch, f"completion-{tokens}.json")
        with open(path, "w") as file:
            json.dump({"model": "m", "prompt": "Tell me about the weather.", "max_tokens": tokens}, file)
        return path

    def floor(self, settings: Settings) -> Server:
        port = self.port_base + 1
        return Server("floor", self._floor_command(port, settings), port, self._log("floor"))

    def _floor_command(self, port: int, settings: Settings) -> list[str]:
        return [
            self.program("floor"), "--port", str(port), "--gap-us", str(settings.gap_us),
            "--max-num-seqs", str(settings.max_num_seqs),
        ]  # fmt: skip

    def nginx(self) -> Server:
        port = self.port_base + 2
        with open(os.path.join(self.benchmarks, "nginx", "nginx.conf")) as file:
            text = file.read()
        text = text.replace("@PORT@", str(port)).replace("@DIRECTORY@", self.scratch)
        path = os.path.join(self.scratch, "nginx.conf")
        with open(path, "w") as file:
            file.write(text)
        log = self._log("nginx")
        return Server("nginx", ["nginx", "-p", self.scratch, "-e", log, "-c", path], port, log)
