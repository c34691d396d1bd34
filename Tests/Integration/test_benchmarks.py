"""The programs that scripts/bench measures with, as far as a change to the sources can break them."""

import json
import subprocess
import sys
from pathlib import Path

from support.process import clean_environment

BENCHMARKS = Path(__file__).parents[2] / "Benchmarks"


def run(*words: str | Path, cwd: Path | None = None) -> str:
    result = subprocess.run(
        words, env=clean_environment(), cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, f"{result.stdout[-3000:]}{result.stderr[-3000:]}"
    return result.stdout


def test_the_pickers_measurement() -> None:
    """It compiles rooms and folders of the main package through links, which know nothing of each other."""
    package = ("--package-path", BENCHMARKS / "picks")
    run("swift", "build", *package)
    folder = run("swift", "build", *package, "--show-bin-path").strip()
    words = ("--endpoints", "10", "--prompt-bytes", "0", "--rules", "10", "--picks", "100")
    (case,) = json.loads(run(Path(folder) / "picks", *words))["cases"]
    assert case["endpoints"] == 10


def test_the_harness() -> None:
    assert "--update-docs" in run(sys.executable, "-m", "harness", "--help", cwd=BENCHMARKS)
