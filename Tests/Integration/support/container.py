"""A container without a runtime: the image's root, read-only, with the image's user and entry point."""

import json
import os
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from .image import Image, run

START_LIMIT = 15.0
STOP_LIMIT = 10.0
# Others than root get as many users as the system lends them.
NAMESPACES = [] if os.geteuid() == 0 else ["--user", "--map-root-user", "--map-auto"]


class Container:
    """Runs `docker run IMAGE words…` as far as the program can tell; it must be told to print its ready line.

    Its processes are its own, process 1 is the program; its network is this machine's.
    """

    def __init__(
        self,
        image: Image,
        root: Path,
        *words: str,
        mounts: dict[str, Path] | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self._image = image
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        user, group = image.config["User"].split(":")
        variables = [*image.config["Env"], *(f"{name}={value}" for name, value in (env or {}).items())]
        self._user = ["--setuid", user, "--setgid", group]
        command = [
            "env",
            "-i",
            *variables,
            shutil.which("chroot") or "/usr/sbin/chroot",
            f"--userspec={user}:{group}",
            str(root),
        ]
        lines = ["set -e", f"mount --bind {root} {root}"]
        for guest, host in (mounts or {}).items():
            place = root / guest.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
            lines.append(f"mount --bind -o ro {shlex.quote(str(host))} {shlex.quote(str(place))}")
        for name in ("proc", "dev"):
            (root / name).mkdir(exist_ok=True)
        lines += [
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -o remount,bind,ro {root}",
        ]
        lines.append("exec " + shlex.join([*command, *image.config["Entrypoint"], *words]))
        self._process = subprocess.Popen(
            ["unshare", *NAMESPACES, "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", "\n".join(lines)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.ready: dict[str, Any] = self._read_ready_line()

    def _read_ready_line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        deadline = time.monotonic() + START_LIMIT
        line = b""
        while not line.endswith(b"\n"):
            readable, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(self._process.stdout.fileno(), 4096) if readable else b""
            if not piece:
                self._process.kill()
                raise AssertionError(f"no ready line; stdout {line!r}, status {self._process.wait()}\n{self.log}")
            line += piece
        ready = json.loads(line)
        assert isinstance(ready, dict)
        return ready

    @property
    def log(self) -> str:
        file = self._log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    @property
    def _main(self) -> int:
        """The program, which is the container's process 1."""
        pid = self._process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())

    def status(self) -> dict[str, str]:
        """What the kernel says about the program, with users as the container numbers them."""
        inside = ["nsenter", "--target", str(self._main), "--user", "--preserve-credentials"] if NAMESPACES else []
        lines = run(*inside, "cat", f"/proc/{self._main}/status").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def execute(self, *words: str) -> subprocess.CompletedProcess[str]:
        """As `docker exec`."""
        place = ["nsenter", "--target", str(self._main), "--mount", "--pid", "--root", "--wd"]
        return subprocess.run(
            [*place, *(["--user"] if NAMESPACES else []), *self._user, *words],
            env=dict(variable.split("=", 1) for variable in self._image.config["Env"]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )

    def check_health(self) -> subprocess.CompletedProcess[str]:
        """Runs the image's own health check."""
        kind, *words = self._image.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.execute(*words)

    def close(self) -> None:
        """Stops it as docker does; it must leave with status 0."""
        assert self._process.stdout is not None
        try:
            if self._process.poll() is None:
                os.kill(self._main, signal.SIGTERM)
            status = self._process.wait(timeout=STOP_LIMIT)
            assert status == 0, f"exit status {status}\n{self.log}"
        finally:
            self._process.kill()
            self._process.stdout.close()
            self._log.close()
