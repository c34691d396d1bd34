"""`understudy self-check`: what it measures, its verdict, its exit status."""

import json
import resource
import subprocess

import pytest

from support.process import binary, clean_environment

# So generous that a busy machine meets it, and so small that none does.
GENEROUS, IMPOSSIBLE = "10s", "1ns"
QUICK = ("--streams", "20", "--duration", "300ms")


def self_check(*words: str, files: int | None = None) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    return subprocess.run(
        [binary(), "self-check", *words], env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60, check=False, preexec_fn=limit,
    )  # fmt: skip


def test_measures() -> None:
    result = self_check(*QUICK, "--lateness-target", GENEROUS, "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["ok"] is True
    assert report["requests_per_second"] > 100 and report["tokens_per_second"] > 1_000
    streams = [level["streams"] for level in report["levels"]]
    assert streams == [20, 40, 80, 160, 320]
    assert report["carried_streams"] == 320
    for level in report["levels"]:
        assert 0 < level["lateness_p50_seconds"] <= level["lateness_p99_seconds"] < 10
        assert level["reported_p99_below_seconds"] is None or level["reported_p99_below_seconds"] > 0


def test_too_late_is_1() -> None:
    result = self_check(*QUICK, "--lateness-target", IMPOSSIBLE)
    assert result.returncode == 1, result.stderr
    assert result.stderr == ""
    *_, level, verdict = result.stdout.splitlines()
    assert level.startswith("  20: ") and level.endswith("too late")
    assert verdict == "This machine does not carry 20 streams at 50ms with p99 lateness below 1ns."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--streams", "0"), "--streams: must be 1 to 16384, got '0'"),
        (("--streams", "many"), "--streams: must be 1 to 16384, got 'many'"),
        (("--duration", "1ms"), "--duration: must be 100ms to 60s, got '1ms'"),
        (("--lateness-target", "0"), "--lateness-target: must be more than 0, got '0'"),
        (("--wibble",), "Unknown option '--wibble'"),
    ],
)
def test_bad_input(words: tuple[str, ...], message: str) -> None:
    result = self_check(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"understudy: error: {message}\n"


def test_too_few_files() -> None:
    result = self_check("--streams", "1000", "--duration", "100ms", files=600)
    assert result.returncode == 1
    assert "--streams: 1000 need 2128 open files, and this process may have 600; raise the limit" in result.stderr
