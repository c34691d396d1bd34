"""The walkthroughs under examples/ run as their READMEs say."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from support.process import binary, clean_environment

EXAMPLES = Path(__file__).parents[2] / "examples"
WALKTHROUGHS = sorted(path.parent for path in EXAMPLES.glob("*/test"))


def test_there_are_all_four() -> None:
    assert [folder.name[0] for folder in WALKTHROUGHS] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("folder", WALKTHROUGHS, ids=lambda folder: folder.name)
def test_walkthrough(folder: Path) -> None:
    assert os.access(folder / "test", os.X_OK), "not executable"
    result = subprocess.run(
        [folder / "test"],
        env=clean_environment({"UNDERSTUDY_BINARY": binary()}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout}{result.stderr}"
    *steps, last = result.stdout.splitlines()
    assert last == "ok"
    assert len(steps) >= 5
    assert all(step.startswith(f"{number}. ") for number, step in enumerate(steps, 1)), steps


@pytest.mark.parametrize("folder", WALKTHROUGHS, ids=lambda folder: folder.name)
def test_every_manifest_is_used(folder: Path) -> None:
    """By the test, and named in the README, alone or with its folder."""
    test, readme = (folder / "test").read_text(), (folder / "README.md").read_text()
    for manifest in folder.rglob("*.yaml"):
        name = manifest.relative_to(folder)
        place = "manifests" if name.parts[0] == "manifests" else str(name)
        assert place in test
        assert place in readme or (len(name.parts) > 1 and f"{name.parts[0]}/" in readme)
        objects = [item for item in yaml.safe_load_all(manifest.read_text()) if item is not None]
        assert objects
        assert all({"apiVersion", "kind", "metadata"} <= set(item) for item in objects)


@pytest.mark.parametrize("folder", WALKTHROUGHS, ids=lambda folder: folder.name)
def test_the_files_that_readmes_name_are_there(folder: Path) -> None:
    named = re.findall(r"-f ([\w./-]+)", (folder / "README.md").read_text())
    assert named
    for name in named:
        assert (folder / name).exists(), name


def test_a_walkthrough_without_a_binary_says_what_to_do(tmp_path: Path) -> None:
    environment = clean_environment({"UNDERSTUDY_BINARY": str(tmp_path / "nothing")})
    result = subprocess.run(
        [WALKTHROUGHS[0] / "test"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "scripts/build" in result.stderr
