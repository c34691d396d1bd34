"""The load generators, run to their end; each returns what it measured."""

import json
import os
import subprocess

from .processes import Others, Server
from .servers import Yard


class ClientFailed(RuntimeError):
    """A client could not measure, or the server did not do the work."""


def _run(command: list[str], patience: float) -> str:
    name = os.path.basename(command[0])
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired as late:
        raise ClientFailed(f"{name} did not end within {patience:.0f} s") from late
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise ClientFailed(f"{name}: {words}")
    return done.stdout


def wrk(yard: Yard, server: Server, connections: int, seconds: int, max_tokens: int) -> dict:
    """POST /v1/completions as fast as the connections allow; adds the server's CPU per request."""
    script = f"{yard.benchmarks}/wrk/completions.lua"
    url = f"http://127.0.0.1:{server.port}/v1/completions"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, url, "--", str(max_tokens)]
    before = server.cpu_seconds()
    with Others(server) as others:
        text = _run(command, seconds + 30)
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


def start(yard: Yard, server: Server, repetitions: int) -> list[float]:
    """Microseconds from exec to the first good answer."""
    command = [yard.program("start"), "--port", str(server.port), "--repetitions", str(repetitions), "--"]
    return json.loads(_run(command + server.command, 30 + 10 * repetitions))["us"]


def troubles(result: dict) -> int:
    """Requests of a `load` run that did not end as they should."""
    requests = result["requests"]
    return sum(requests[kind] for kind in ("short", "failed", "lost", "connect_errors"))
