"""examples/kind/demo with a PATH and a fake cluster (fake_cluster.py) of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from .fleet import free_base_port
from .process import binary, clean_environment

ROOT = Path(__file__).parents[3]
KIND = ROOT / "examples" / "kind"
FAKE = Path(__file__).with_name("fake_cluster.py")
FAKED = ("docker", "kind", "kubectl", "helm")
NEEDED = (
    "awk", "basename", "bash", "cat", "curl", "dirname", "env", "grep", "head", "mktemp", "rm", "sed", "sleep", "tail", "tr",
)  # fmt: skip


def _heed_interrupts() -> None:
    """Shells ignore SIGINT in what runs in the background, and what ignores it cannot trap it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Demo:
    """The script; what it needs of a system is there, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.state, self._tools, self.port = folder / "state", folder / "bin", free_base_port(1)
        self.state.mkdir()
        self._tools.mkdir()
        for tool in NEEDED:
            found = shutil.which(tool)
            assert found, tool
            (self._tools / tool).symlink_to(found)
        for tool in FAKED:
            self.add(tool)

    def add(self, tool: str) -> None:
        path = self._tools / tool
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{FAKE}" {tool} "$@"\n')
        path.chmod(0o755)

    def remove(self, tool: str) -> None:
        (self._tools / tool).unlink()

    def goes_wrong(self, call: str, **how: Any) -> None:
        """Calls that the pattern fits end with `status` (1), `out` and `error`, after `seconds`."""
        path = self.state / "rules"
        rules = json.loads(path.read_text()) if path.exists() else []
        path.write_text(json.dumps([*rules, {"call": call} | how]))

    def goes_well(self) -> None:
        (self.state / "rules").unlink()

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        variables = {"FAKE_CLUSTER": str(self.state), "UNDERSTUDY_BINARY": binary(), "CLASS_LIMIT": "0", "ANSWER_LIMIT": "5"}
        variables |= {"PATH": str(self._tools), "FAKE_CLUSTER_PACKAGES": os.pathsep.join(sys.path)} | environment
        if not any(word.startswith("--port") for word in words):
            words += ("--port", str(self.port))
        return subprocess.Popen(
            [KIND / "demo", *words], env=clean_environment(variables), stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=_heed_interrupts,
        )  # fmt: skip

    def run(self, *words: str, **environment: str) -> "Outcome":
        return self.outcome(self.start(*words, **environment))

    def outcome(self, process: subprocess.Popen[str], within: float = 150) -> "Outcome":
        try:
            out, error = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, error = process.communicate()
            raise AssertionError(f"still running\n{out}\n{error}") from None
        return Outcome(process.returncode, out, error)

    def has_a_cluster(self) -> None:
        """As --keep leaves it."""
        image = self.state / "image.tar"
        image.write_text("localhost/understudy:demo")
        config = self.state / "cluster.yaml"
        config.write_text(f"hostPort: {self.port}")
        for words in (
            ["kind", "create", "cluster", "--name", "understudy", "--config", config],
            ["kind", "load", "image-archive", image, "--name", "understudy"],
            ["helm", "--kube-context", "kind-understudy", "upgrade", "--install", "agentgateway", "oci://a/b"],
            ["kubectl", "--context", "kind-understudy", "apply", "-f", KIND / "gateway.yaml"],
        ):
            environment = clean_environment({"FAKE_CLUSTER": str(self.state), "UNDERSTUDY_BINARY": binary()})
            subprocess.run([self._tools / words[0], *words[1:]], env=environment, check=True, capture_output=True)

    @property
    def calls(self) -> list[str]:
        path = self.state / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def close(self) -> None:
        pid = self.state / "pid"
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)


class Outcome:
    def __init__(self, status: int, out: str, error: str) -> None:
        self.status, self.out, self.error = status, out, error
        self.errors = error.splitlines()

    def fails(self, *parts: str, status: int = 1, left: bool = False) -> None:
        """One line with all these parts, and one more if and only if something is left to remove."""
        assert self.status == status, self.out + self.error
        assert len(self.errors) == 1 + left, self.error
        for part in parts:
            assert part in self.errors[0], self.errors[0]
        assert not left or "down --name understudy" in self.errors[1], self.errors[1]

    def succeeds(self) -> None:
        assert self.status == 0, self.out + self.error
        assert self.errors == [], self.error
        assert re.fullmatch(r"ok(: .*)?", self.out.splitlines()[-1])

    @property
    def steps(self) -> list[str]:
        return re.findall(r"^\d+\. .*", self.out, re.MULTILINE)
