"""A program that a test starts, listens to, and stops as an operator would."""

import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from .waiting import eventually

START_LIMIT = 15.0
STOP_LIMIT = 10.0
# What a change may take; a second is promised, and the machine may be busy.
CHANGE_LIMIT = 4.0


def binary() -> str:
    """The binary under test, as scripts/test names it."""
    path = os.environ.get("UNDERSTUDY_BINARY")
    if not path or not os.access(path, os.X_OK):
        raise RuntimeError("UNDERSTUDY_BINARY must name the built binary; scripts/test sets it")
    return path


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which no variable of the caller's can change what a program does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | dict(extra or {})


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


class Process:
    """A program that runs until `close`, which it must leave with status 0. `stdin` is all that it will read."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
    ) -> None:
        self.words = list(words)
        self.started = time.monotonic()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._was_killed = False
        self.clients = contextlib.ExitStack()
        """What is closed before the program is asked to stop."""
        self.process = subprocess.Popen(
            self.words,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=clean_environment(env),
            cwd=cwd,
        )
        if stdin is not None:
            assert self.process.stdin is not None
            self.process.stdin.write(stdin.encode())
            self.process.stdin.close()

    def read_ready_line(self) -> dict[str, Any]:
        """The one line of `--print-ready-json`; a program that prints none is closed."""
        assert self.process.stdout is not None
        deadline = self.started + START_LIMIT
        line = b""
        while not line.endswith(b"\n"):
            left = max(0.0, deadline - time.monotonic())
            readable, _, _ = select.select([self.process.stdout], [], [], left)
            piece = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not piece:
                self.give_up(f"no ready line; stdout {line!r}")
            line += piece
        if line.count(b"\n") != 1:
            self.give_up(f"exactly one line is promised: {line!r}")
        try:
            ready: dict[str, Any] = json.loads(line)
        except ValueError:
            self.give_up(f"the ready line is not JSON: {line!r}")
        return ready

    def give_up(self, why: str) -> NoReturn:
        """Ends a program that has not become ready, and the test with it."""
        self.kill()
        report = f"{why}; exit status {self.process.returncode}\n{self.log}"
        self.release()
        raise AssertionError(report)

    @property
    def log(self) -> str:
        """What the program has written to standard error so far."""
        # The program shares the file's offset, so it must not be moved.
        file = self._log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def terminate(self) -> None:
        """Asks the program to stop."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, within: float = STOP_LIMIT) -> int:
        """The exit status."""
        return self.process.wait(timeout=within)

    def kill(self) -> None:
        """Ends the program as the kernel would, without a chance to clean up."""
        self.process.kill()
        self.process.wait()
        self._was_killed = True

    def close(self) -> None:
        """Stops the program if it still runs; it must leave with status 0 and without having crashed before."""
        self.clients.close()
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
            self.release()

    def release(self) -> None:
        """Gives back what the program needed from this process."""
        assert self.process.stdout is not None
        self.clients.close()
        self.process.stdout.close()
        self._log.close()

    def becomes(self, look: Callable[[], Any], expected: Any, within: float = CHANGE_LIMIT) -> None:
        """Waits until `look` gives what a change brings about."""
        eventually(look, lambda seen: seen == expected, within=within, every=0.01)

    def assert_running(self) -> None:
        assert self.process.poll() is None, f"exited with {self.process.returncode}\n{self.log}"

    @property
    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    @property
    def open_descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
