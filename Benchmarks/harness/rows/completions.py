"""Whole completions at zero latency: CPU per request against the floor's and nginx's."""

import http.client
import json
from collections.abc import Callable

from .. import clients
from ..bench import Bench, Row, median
from ..processes import Server
from ..servers import Settings

LIMITS = {1: 2.0, 64: 3.0}  # Times the floor's CPU per request, by max_tokens.


def name_of(tokens: int, connections: int) -> str:
    return f"completions-{tokens}-{connections}"


def check_answer(server: Server, tokens: int) -> None:
    """A server that answers something else quickly must not win."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    body = {"model": "m", "prompt": "Tell me about the weather.", "max_tokens": tokens, "ignore_eos": True}
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise clients.ClientFailed(f"{server.name} answered {answer.status}: {text[:200]!r}")
    made = json.loads(text)["usage"]["completion_tokens"]
    if made != tokens:
        raise clients.ClientFailed(f"{server.name} made {made} tokens instead of {tokens}")


def measurement(tokens: int, connections: int) -> Callable[[Bench], list[Row]]:
    """The measurement for one size of answer and one number of connections."""

    def measure(bench: Bench) -> list[Row]:
        yard, settings = bench.yard, Settings()
        with yard.under_test(settings) as server, yard.floor(settings) as floor, yard.nginx() as nginx:
            if yard.binary is not None:
                check_answer(server, tokens)

            def once() -> dict:
                sample = {
                    name: clients.wrk(yard, target, connections, bench.seconds, tokens)
                    for name, target in (("server", server), ("floor", floor), ("nginx", nginx))
                }
                sample["others_cores"] = max(part["others_cores"] for part in sample.values())
                return sample

            samples, disturbed = bench.repeat(once)
        cost = "cpu_us_per_request"
        ratio = median(samples, lambda s: s["server"][cost] / s["floor"][cost])
        nginx_ratio = median(samples, lambda s: s["server"][cost] / s["nginx"][cost])
        limit = LIMITS[tokens]

        def figures(name: str) -> str:
            us = median(samples, lambda s: s[name][cost])
            rate = median(samples, lambda s: s[name]["requests_per_second"])
            return f"{us:.2f} us, {rate / 1000:.0f}k req/s"

        eos = " and `ignore_eos`" if tokens > 1 else ""
        return [Row(
            name=name_of(tokens, connections),
            work=f"completions, `max_tokens` {tokens}{eos}, {connections} connections: CPU per request",
            target=f"≤ {limit:g}× floor", measured=figures("server"), floor=figures("floor"),
            ratio=f"{ratio:.2f}", nginx_ratio=f"{nginx_ratio:.2f}", met=ratio <= limit,
            disturbed=disturbed, samples=samples,
        )]  # fmt: skip

    return measure
