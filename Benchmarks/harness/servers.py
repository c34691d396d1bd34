"""How each server is started for a measurement."""

import dataclasses
import os

from .processes import Server


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a measurement asks of a server."""

    max_num_seqs: int = 1024
    gap_us: int = 0


@dataclasses.dataclass(frozen=True)
class Yard:
    """Where everything is."""

    benchmarks: str
    scratch: str
    binary: str | None  # None puts the floor in the place of the server under test.
    port_base: int

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
