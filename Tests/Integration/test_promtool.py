"""Prometheus' own linter reads the page (skipped where promtool is not installed)."""

import shutil
import subprocess

import pytest

from support.server import ServerPool

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")

# Names are vLLM's, and these two habits of theirs are against Prometheus' conventions.
KNOWN = ("metric names should not contain ':'",)
KNOWN_OF_ONE = 'vllm:iteration_tokens_total non-counter metrics should not have "_total" suffix'


def lint(page: str) -> list[str]:
    """What promtool has to say beyond the known lints; a page that does not parse fails."""
    result = subprocess.run(
        ["promtool", "check", "metrics"], input=page, capture_output=True, text=True, timeout=20, check=False
    )
    # 3: it parsed, with lints.
    assert result.returncode == 3, (result.returncode, result.stderr)
    return [line for line in result.stderr.splitlines() if not line.endswith(KNOWN) and line != KNOWN_OF_ONE]


def test_idle_page(serve: ServerPool) -> None:
    assert lint(serve("--enable-lora").metrics().text) == []


def test_page_after_traffic(serve: ServerPool) -> None:
    server = serve("--lora-modules", "a=/p", "--served-model-name", 'odd "name"\n\\', "alias")
    for fields in ({}, {"model": "a"}, {"model": "nope"}, {"stream": True}, {"n": 3}):
        server.post("/v1/completions", {"prompt": "x", "max_tokens": 3} | fields)
    server.get("/nope")
    assert lint(server.metrics().text) == []
