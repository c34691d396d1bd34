"""Processes under measurement."""

import contextlib
import copy
import os
import resource
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from . import machine


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, to the nanosecond (Linux: the clock id of a process's CPU clock)."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def rss_bytes(pid: int) -> int:
    """Resident memory."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Server:
    """A running server. The CPU that counts is that of the processes which serve."""

    def __init__(
        self, name: str, command: list[str], port: int, log_path: str, is_ready: Callable[[], bool] | None = None
    ):
        """`is_ready` tells when it has started; without, a good answer of `/health` does."""
        self.name, self.command, self.port, self.log_path = name, command, port, log_path
        self._is_ready = is_ready or (lambda: answers(f"http://127.0.0.1:{port}/health"))
        self.process: subprocess.Popen | None = None
        self.serving: list[int] = []

    def start(self, patience: float = 20) -> None:
        """Starts it and waits for its first good answer."""
        if machine.is_port_busy(self.port):
            raise SystemExit(f"bench: port {self.port} is busy; stop what listens there or give another --port-base")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        begin = time.monotonic()
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() - begin > patience:
                self.stop()
                raise RuntimeError(f"{self.name} did not start: {self._last_words()}")
            time.sleep(0.01)
        children = _children(self.process.pid)
        self.serving = children or [self.process.pid]

    def stop(self) -> None:
        """Ends it, politely first."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=3)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=2)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def at(self, port: int) -> "Server":
        """The same running server, called at another of its ports."""
        other = copy.copy(self)
        other.port, other.name = port, f"{self.name}, port {port}"
        return other

    def cpu_seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.serving)

    def rss_bytes(self) -> int:
        return sum(rss_bytes(pid) for pid in self.serving)

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _last_words(self) -> str:
        with open(self.log_path, errors="replace") as log:
            lines = log.read().strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def answers(url: str, line: str = "") -> bool:
    """Whether there is an answer 200, with that line if one is named."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200 and (not line or line in answer.read().decode().splitlines())
    except (OSError, urllib.error.URLError):
        return False


def _children(parent: int) -> list[int]:
    """nginx serves from a child of the process that was started."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{entry}/stat") as file:
                # The name in parentheses may hold anything; the parent is the second field after it.
                if int(file.read().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(entry))
    return found


class Others:
    """How many cores anything but the servers, the clients and this harness used meanwhile."""

    def __init__(self, *servers: Server):
        self.servers = servers
        self.cores = 0.0

    def __enter__(self) -> "Others":
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        at, busy, ours = self._now()
        elapsed = at - self._before[0]
        if elapsed > 0:
            self.cores = max(0.0, (busy - self._before[1]) - (ours - self._before[2])) / elapsed

    def _now(self) -> tuple[float, float, float]:
        clients = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = time.process_time() + clients.ru_utime + clients.ru_stime
        ours += sum(server.cpu_seconds() for server in self.servers)
        return time.monotonic(), machine.busy_seconds(), ours
