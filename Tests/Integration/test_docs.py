"""What the documents show is what happens.

Every fenced `console` block of README.md and docs/*.md is run; those of the examples are run by their own tests:

- Lines that begin with `$ ` are commands; a line that ends with a backslash goes on in the next one. The commands of a
  block run in order in one bash, in the repository's root, with the directory of the binary on the PATH. Each must
  exit with 0.
- Lines below a command are its output. JSON (also behind `data: `) must have the shown keys in the shown order and the
  shown types; `object`, `model`, `role`, `type`, `param`, `message` and `version` also the shown values. In other lines
  numbers, ids and dates are examples. Frames of a stream may be more or fewer of the same shape; `…` stands for
  anything, alone on a line for any number of lines. A command without lines below may print what it likes.
- An HTML comment on a line of its own, `test: serve [NAME=value …] FLAGS`, starts a server for the blocks from there
  on, with the model `my-model` unless the flags say otherwise. `localhost:8000` in commands becomes its address, and
  the environment has PORT.
- `test: up FLAGS` starts a fleet instead: `localhost:8080`, `localhost:8081` and `localhost:9090` become the addresses of its
  front door, its admin API and its metrics, and `understudy get`, `apply` and `delete` call that fleet.
- An HTML comment `test: skip REASON` exempts the next block. Reasons: it installs packages, builds, needs a cluster, or
  runs for ever. What `helm install` of such a block would install, test_charts.py renders.
- `helm` is that of support/helm.py where there is no other.
"""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.console import Block, blocks, output_fits
from support.fleet import Fleet, FleetPool
from support.process import binary, clean_environment
from support.server import Server, ServerPool

pytest_plugins = ["support.fleets"]

INTEGRATION = Path(__file__).parent
ROOT = INTEGRATION.parents[1]
DOCUMENTS = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.exists()]
BLOCKS = [block for document in DOCUMENTS for block in blocks(document)]
REASONS = ("installs packages", "builds", "needs a cluster", "runs for ever")
HELM = f'command -v helm > /dev/null || helm() {{ PYTHONPATH={INTEGRATION} {sys.executable} -m support.helm "$@"; }}\n'


class Servers:
    """The servers and fleets that directives ask for."""

    def __init__(self, pool: ServerPool, fleets: FleetPool) -> None:
        self._pool = pool
        self._fleets = fleets
        self._started: dict[tuple[Path, int], Server | Fleet] = {}

    def start(self, block: Block) -> Server | Fleet | None:
        if block.serve is None:
            return None
        key = (block.document, block.server)
        if key not in self._started:
            kind, *words = block.serve
            if kind == "up":
                self._started[key] = self._fleets(None, *words, cwd=ROOT)
            else:
                self._started[key] = self._serve(words)
        return self._started[key]

    def _serve(self, words: list[str]) -> Server:
        variables = {}
        while words and "=" in words[0] and not words[0].startswith("-"):
            name, _, value = words.pop(0).partition("=")
            variables[name] = value
        names_model = any(word.split("=")[0] in ("--model", "--config") for word in words)
        return self._pool(*words, model=None if names_model else "my-model", env=variables, cwd=ROOT)


@pytest.fixture(scope="module")
def servers(serve_for_module: ServerPool, up_for_module: FleetPool) -> Servers:
    return Servers(serve_for_module, up_for_module)


def placed(text: str, server: Server | Fleet | None) -> str:
    """The command with the addresses of what was started for it."""
    if isinstance(server, Server):
        return text.replace("localhost:8000", f"127.0.0.1:{server.ready['port']}")
    if isinstance(server, Fleet):
        for port, url in ((8080, server.url), (8081, server.admin_url), (9090, server.metrics_url)):
            text = text.replace(f"localhost:{port}", url.removeprefix("http://"))
        return re.sub(r"\bunderstudy (get|apply|delete)\b", rf"understudy \1 --server {server.admin_url}", text)
    assert "localhost:" not in text, "a block that calls a server needs a directive before it"
    return text


def run(block: Block, server: Server | Fleet | None) -> Iterator[tuple[int, list[str]]]:
    """The exit status and output of each command, from one bash."""
    mark = uuid.uuid4().hex
    script, environment = HELM, clean_environment()
    environment["PATH"] = os.path.dirname(binary()) + os.pathsep + environment.get("PATH", os.defpath)
    if isinstance(server, Server):
        environment["PORT"] = str(server.ready["port"])
    for command in block.commands:
        text = placed(command.text, server)
        script += f"{text}\n__status=$?\nprintf '\\n{mark} %d\\n' \"$__status\"\n"
    result = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    parts = result.stdout.split(f"\n{mark} ")
    output = parts[0]
    assert len(parts) == len(block.commands) + 1, f"not all commands were run\n{result.stdout}\n{result.stderr}"
    for part in parts[1:]:
        status, _, rest = part.partition("\n")
        assert status == "0", f"exit status {status}\n{output}\n{result.stderr}"
        yield int(status), output.split("\n")
        output = rest


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.skip is None], ids=lambda block: block.name)
def test_block(servers: Servers, block: Block) -> None:
    assert block.commands, "a console block without a command"
    for command, (_, output) in zip(block.commands, run(block, servers.start(block)), strict=True):
        if any(line.strip() for line in command.output):
            assert output_fits(command.output, output), "\n".join(
                [f"$ {command.text}", "--- shown", *command.output, "--- printed", *output]
            )


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.skip is not None], ids=lambda block: block.name)
def test_exemption_has_a_reason(block: Block) -> None:
    assert any(reason in (block.skip or "") for reason in REASONS), block.skip


def test_the_readme_is_tested() -> None:
    readme = [block for block in BLOCKS if block.document.name == "README.md" and block.skip is None]
    assert sum(len(block.commands) for block in readme) >= 4
