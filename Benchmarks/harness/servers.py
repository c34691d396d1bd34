"""How each server is started for a measurement."""

import dataclasses
import json
import os

from .processes import Server


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

    # The ports from `port_base` on: the server under test, the floor, nginx, the three of a fleet, its replicas'.
    FLEET_PORTS = 3
    MOST_REPLICAS = 100
    PORTS = FLEET_PORTS + 3 + MOST_REPLICAS

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
        return Server("understudy up", command, port, self._log("up"))

    @property
    def metrics_port(self) -> int:
        """Where a fleet shows its picker's metrics."""
        return self.port_base + self.FLEET_PORTS + 2

    def replica_port(self, number: int) -> int:
        """The own port of a fleet's replica."""
        return self.port_base + self.FLEET_PORTS + 3 + number

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
