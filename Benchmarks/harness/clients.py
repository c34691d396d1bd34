"""The load generators, run to their end; each returns what it measured."""

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterable

from .processes import Others, Server
from .servers import Yard


class ClientFailed(RuntimeError):
    """A client could not measure, or the server did not do the work."""


def _run(command: list[str], patience: float, variables: dict[str, str] | None = None) -> str:
    name = os.path.basename(command[0])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=patience, env=os.environ | (variables or {}))
    except subprocess.TimeoutExpired as late:
        raise ClientFailed(f"{name} did not end within {patience:.0f} s") from late
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise ClientFailed(f"{name}: {words}")
    return done.stdout


def wrk(
    yard: Yard, server: Server, connections: int, seconds: int, max_tokens: int, model: str = "m",
    prompt_bytes: int = 0, ports: int = 1,
) -> dict:  # fmt: skip
    """POST /v1/completions as fast as the connections allow, evenly to so many ports from the server's on; adds the
    server's CPU per request."""
    script = f"{yard.benchmarks}/wrk/completions.lua"
    url = f"http://127.0.0.1:{server.port}/v1/completions"
    command = ["wrk", f"-t{ports}", f"-c{connections}", f"-d{seconds}s", "-s", script, url, "--"]
    command += [str(max_tokens), model, str(prompt_bytes)]
    before = server.cpu_seconds()
    with Others(server) as others:
        text = _run(command, seconds + 30, {"SPREAD_OVER": str(ports)} if ports > 1 else {})
    cpu = server.cpu_seconds() - before
    result = json.loads(text.strip().splitlines()[-1])
    if result["requests"] == 0 or result["bad_statuses"] or result["socket_errors"]:
        raise ClientFailed(f"{server.name}: wrk saw {result}")
    result["cpu_us_per_request"] = cpu / result["requests"] * 1e6
    result["requests_per_second"] = result["requests"] / result["seconds"]
    result["requests_per_cpu_second"] = result["requests"] / cpu if cpu > 0 else 0.0
    result["others_cores"] = others.cores
    return result


def load(yard: Yard, server: Server, *arguments: object, patience: float = 120) -> dict:
    """The stream client of Benchmarks/load."""
    command = [yard.program("load"), "--url", f"127.0.0.1:{server.port}", "--watch-pid", str(server.serving[0])]
    with Others(server) as others:
        text = _run(command + [str(argument) for argument in arguments], patience)
    result = json.loads(text)
    result["others_cores"] = others.cores
    return result


def start(yard: Yard, server: Server, repetitions: int, path: str = "/health") -> list[float]:
    """Microseconds from exec to the first good answer."""
    command = [yard.program("start"), "--port", str(server.port), "--path", path]
    command += ["--repetitions", str(repetitions), "--"]
    return json.loads(_run(command + server.command, 30 + 10 * repetitions))["us"]


def picks(yard: Yard, endpoints: int, prompts: Iterable[int], rules: int, count: int) -> dict:
    """The program of Benchmarks/picks: picks without a server around them."""
    command = [yard.program("picks"), "--endpoints", str(endpoints), "--rules", str(rules), "--picks", str(count)]
    for prompt in prompts:
        command += ["--prompt-bytes", str(prompt)]
    return json.loads(_run(command, 300))


def scheduling(server: Server) -> dict:
    """The histogram of the time that picks took, in seconds, from a picker's metrics: how many in all, how many within
    100 us, and their sum."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    name = "inference_extension_scheduler_e2e_duration_seconds"
    figures = {}
    for key, series in (("count", "_count"), ("sum", "_sum"), ("within", '_bucket{le="0.0001"}')):
        found = re.search(rf"^{re.escape(name + series)} ([0-9.e+-]+)$", text, re.MULTILINE)
        figures[key] = float(found.group(1)) if found else 0.0
    return figures


def troubles(result: dict) -> int:
    """Requests of a `load` run that did not end as they should."""
    requests = result["requests"]
    return sum(requests[kind] for kind in ("short", "failed", "lost", "connect_errors"))
