"""What reading the loads of a pool costs a picker."""

import time
import urllib.request
from collections.abc import Callable

from .. import clients
from ..bench import EPP, Bench, Row, median
from ..processes import Others, Server
from ..servers import Settings, Yard

EVERY_MS = 50


def name_of(endpoints: int) -> str:
    return f"scraping-{endpoints}"


def page(yard: Yard) -> bytes:
    """The metrics page of a server that has been used, which has vLLM's series."""
    with yard.under_test(Settings()) as server:
        clients.load(yard, server, "--streams", 8, "--tokens", 32, "--requests", 200)
        return _read(server, "metrics")


def _read(server: Server, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/{path}", timeout=5) as answer:
        return answer.read()


def _idle(picker: Server, engines: Server, seconds: float) -> dict:
    """CPU and pages while the picker does nothing but read."""
    with Others(picker, engines) as others:
        pages, cpu, begin = int(_read(engines, "count")), picker.cpu_seconds(), time.monotonic()
        time.sleep(seconds)
        pages, cpu = int(_read(engines, "count")) - pages, picker.cpu_seconds() - cpu
        seconds = time.monotonic() - begin
    return {"cores": cpu / seconds, "pages_per_second": pages / seconds, "us": cpu / max(1, pages) * 1e6,
            "others_cores": others.cores}  # fmt: skip


def _floor(yard: Yard, engines: Server, connections: int, seconds: int) -> dict:
    """The same pages as often by the stream client of Benchmarks/load, which throws them away."""
    rate = connections * 1000 // EVERY_MS
    result = clients.load(
        yard, engines, "--get", "--path", "/metrics", "--rate", rate, "--duration", seconds, "--streams", connections)
    if clients.troubles(result):
        raise clients.ClientFailed(f"{engines.name}: {result['requests']}")
    completed = result["requests"]["completed"]
    return {
        "cores": result["client"]["cores"], "pages_per_second": completed / result["client"]["wall_s"],
        "us": result["client"]["cpu_s"] / max(1, completed) * 1e6, "others_cores": result["others_cores"],
    }  # fmt: skip


def measurement(endpoints: int) -> Callable[[Bench], list[Row]]:
    """The measurement for one size of pool."""

    def measure(bench: Bench) -> list[Row]:
        yard, text = bench.yard, page(bench.yard)
        with yard.engines(text) as engines:

            def once() -> dict:
                with yard.picker(endpoints) as picker:
                    time.sleep(1)
                    read = _idle(picker, engines, bench.seconds)
                floor = _floor(yard, engines, endpoints, bench.seconds)
                return {"picker": read, "floor": floor,
                        "others_cores": max(read["others_cores"], floor["others_cores"])}  # fmt: skip

            samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)

        def figures(name: str) -> str:
            cores, rate, each = (median(samples, lambda s, key=key: s[name][key])
                                 for key in ("cores", "pages_per_second", "us"))  # fmt: skip
            return f"{cores:.3f} core, {rate:,.0f} pages/s, {each:.1f} us each"

        ratio = median(samples, lambda s: s["picker"]["us"] / s["floor"]["us"])
        return [Row(
            name=name_of(endpoints), group=EPP, target="–", measured=figures("picker"), floor=figures("floor"),
            work=f"reading the loads of {endpoints:,} endpoints every {EVERY_MS} ms, {len(text) / 1024:.0f} KB each; "
            "the floor reads and forgets",
            ratio=f"{ratio:.1f}", disturbed=disturbed, samples=samples,
        )]  # fmt: skip

    return measure
