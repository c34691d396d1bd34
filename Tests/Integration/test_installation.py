"""What scripts/install puts where: the program, manual pages that are clean, completions that load."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.process import binary, clean_environment

SCRIPTS = Path(__file__).parents[2] / "scripts"


def run(*words: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env=clean_environment(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prefix = tmp_path_factory.mktemp("prefix")
    result = run(SCRIPTS / "install", prefix, env={"UNDERSTUDY_BINARY": binary()})
    assert result.returncode == 0, result.stderr
    return prefix


@pytest.fixture(scope="module")
def pages(prefix: Path) -> dict[str, str]:
    """The pages by name."""
    return {page.stem: page.read_text() for page in (prefix / "share/man/man1").glob("*.1")}


def commands() -> list[tuple[str, ...]]:
    """All commands, as the program describes itself."""

    def below(command: dict[str, Any], path: tuple[str, ...]) -> list[tuple[str, ...]]:
        children = [child for child in command.get("subcommands", []) if child["commandName"] != "help"]
        return [path, *(found for child in children for found in below(child, (*path, child["commandName"])))]

    return below(json.loads(run(binary(), "--experimental-dump-help").stdout)["command"], ())


def test_the_program_runs(prefix: Path) -> None:
    assert run(prefix / "bin/understudy", "--version").stdout == run(binary(), "--version").stdout != ""


def test_a_page_for_every_command(pages: dict[str, str]) -> None:
    assert {("understudy",), ("understudy", "epp", "validate")} <= {("understudy", *path) for path in commands()}
    assert set(pages) == {"-".join(("understudy", *path)) for path in commands()}


def test_every_flag_of_the_help_is_on_its_page(pages: dict[str, str]) -> None:
    for path in commands():
        page = pages["-".join(("understudy", *path))]
        entries = {f"-{name}" for line in re.findall(r"^\.It (Fl .*)$", page, re.M) for name in re.findall(r"Fl (\S+)", line)}
        flags = set(re.findall(r"^  (?:-\w, )?(--[a-z][\w-]*)", run(binary(), *path, "--help").stdout, re.M))
        assert flags and flags <= entries, (path, flags - entries)


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_pages_are_clean(prefix: Path) -> None:
    result = run("mandoc", "-T", "lint", "-W", "style", *sorted((prefix / "share/man/man1").glob("*.1")))
    # It looks for other pages where the system keeps its own.
    complaints = [line for line in result.stdout.splitlines() if "referenced manual not found" not in line]
    assert complaints == []


def test_bash(prefix: Path) -> None:
    script = prefix / "share/bash-completion/completions/understudy"
    result = run("bash", "-uec", f". {script}; complete -p understudy")
    assert re.fullmatch(r"complete .*-F \w+ understudy\n", result.stdout), result.stderr


def test_bash_completes_a_command_and_a_flag(prefix: Path) -> None:
    script = prefix / "share/bash-completion/completions/understudy"

    def completed(*words: str) -> set[str]:
        line = " ".join(words)
        program = (
            f'. {script}; COMP_WORDS=({" ".join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; '
            f'COMP_LINE="{line}"; COMP_POINT={len(line)}; '
            f'_understudy understudy "{words[-1]}" "{words[-2]}"; printf "%s\\n" "${{COMPREPLY[@]}}"'
        )
        return set(run("bash", "-c", program).stdout.split())

    assert "self-check" in completed("understudy", "self")
    assert "--max-num-seqs" in completed("understudy", "serve", "--max-num")


@pytest.mark.parametrize(
    ("shell", "script"),
    [("zsh", "share/zsh/site-functions/_understudy"), ("fish", "share/fish/vendor_completions.d/understudy.fish")],
)
def test_other_shells(prefix: Path, shell: str, script: str) -> None:
    text = (prefix / script).read_text()
    assert "max-num-seqs" in text and "self-check" in text
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    result = run(shell, "-n", prefix / script)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("install", "a", "b"), "usage: scripts/install [PREFIX]"),
        (("install", "/proc/nowhere"), "install: no right to write to /proc/nowhere; use sudo, or another PREFIX"),
        (("manual",), "usage: scripts/manual BINARY FOLDER"),
        (("manual", "/nowhere", "x"), "manual: [Errno 2] No such file or directory: '/nowhere'"),
    ],
)
def test_bad_input(words: tuple[str, ...], message: str) -> None:
    result = run(SCRIPTS / words[0], *words[1:], env={"UNDERSTUDY_BINARY": binary()})
    assert result.returncode != 0
    assert result.stderr.splitlines()[-1] == message


def test_a_binary_that_is_none(tmp_path: Path) -> None:
    result = run(SCRIPTS / "install", tmp_path, env={"UNDERSTUDY_BINARY": "/nowhere"})
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "install: /nowhere is no program; unset UNDERSTUDY_BINARY to build one\n"
