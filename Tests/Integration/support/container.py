"""A container without a runtime: the image's root, read-only, with the image's user and entry point."""

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

from .image import Image, run
from .process import Process

# Others than root get as many users as the system lends them.
NAMESPACES = [] if os.geteuid() == 0 else ["--user", "--map-root-user", "--map-auto"]


class Container(Process):
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
        super().__init__(
            ["unshare", *NAMESPACES, "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", "\n".join(lines)]
        )
        self.ready = self.read_ready_line()

    @property
    def _main(self) -> int:
        """The program, which is the container's process 1."""
        pid = self.process.pid
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

    def terminate(self) -> None:
        """As docker does."""
        os.kill(self._main, signal.SIGTERM)

    def close(self) -> None:
        super().close()
        assert self.process.returncode == 0
