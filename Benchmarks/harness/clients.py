"""The load generators, run to their end; each returns what it measured."""

import json
import os
import re
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterable

from . import ext_proc, machine
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


def ask_picker(server: Server) -> bytes:
    """The bytes of a picker's answer to one request; they must name an endpoint and hand the body on."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(ext_proc.request_phase())
        file.flush()
        command = ["nghttp", "--no-dep", "-H", ":method: POST", "-d", file.name, *_GRPC_HEADERS]
        try:
            answer = subprocess.run(
                [*command, _method_of(server)], capture_output=True, timeout=10, check=False).stdout
            endpoint, body = ext_proc.routed(answer)
        except (subprocess.TimeoutExpired, ValueError, IndexError) as wrong:
            raise ClientFailed(f"{server.name} did not answer with an endpoint: {wrong!r}") from wrong
    if not endpoint.startswith("127.0.") or body["model"] != "m":
        raise ClientFailed(f"{server.name} answered {endpoint} and {str(body)[:100]}")
    return answer


def h2load(server: Server, streams: int, requests: int, rate: int = 0, beside: Iterable[Server] = ()) -> dict:
    """The request phase of external processing, so often: over one connection with so many streams at once, or with
    `rate` that many a second, each on the next of ten connections. Adds the server's CPU per stream. Servers `beside`
    it have work of their own."""
    with tempfile.TemporaryDirectory() as folder:
        body, log = os.path.join(folder, "body"), os.path.join(folder, "log")
        with open(body, "wb") as file:
            file.write(ext_proc.request_phase())
        command = ["h2load", "--no-tls-proto=h2c", "-n", str(requests), "-m", str(streams), "-d", body, *_GRPC_HEADERS]
        # One connection would get its requests of 10 ms at once. Connections made 1 ms apart keep apart.
        paced = ["-c", "10", "-r", "1", "--rate-period=1ms", f"--rps={rate / 10:g}"]
        command += [*(paced if rate > 0 else ["-c", "1"]), f"--log-file={log}", _method_of(server)]
        before = server.cpu_seconds()
        with Others(server, *beside) as others:
            _run(machine.pinned(command, 1), 120)
        cpu = server.cpu_seconds() - before
        with open(log) as file:
            lines = [line.split() for line in file]
    taken = sorted(int(line[2]) for line in lines if line[1] == "200")
    if len(taken) != requests:
        raise ClientFailed(f"{server.name} answered {len(taken)} of {requests} streams")
    begins = [int(line[0]) for line in lines]
    seconds = (max(int(line[0]) + int(line[2]) for line in lines) - min(begins)) / 1e6
    return {
        "streams": requests, "seconds": seconds, "streams_per_second": requests / seconds,
        "streams_per_core_second": requests / cpu, "cpu_us_per_stream": cpu / requests * 1e6,
        "p50_us": taken[len(taken) // 2], "p99_us": taken[len(taken) * 99 // 100], "max_us": taken[-1],
        "others_cores": others.cores,
    }  # fmt: skip


_GRPC_HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"]


def _method_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/{ext_proc.METHOD}"


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
