"""Thousands of paced streams: CPU, gaps, share of the nominal rate, memory."""

import time

from .. import clients
from ..bench import Bench, Row, median
from ..servers import Settings

GAP_US = 50_000
KIB, MIB = 1024, 1024 * 1024


def _once(bench: Bench, streams: int) -> dict:
    """One run against a fresh server and a fresh floor: memory is only comparable from the start."""
    yard, sample = bench.yard, {}
    settings = Settings(max_num_seqs=streams + 100, gap_us=GAP_US)
    tokens = 80 if bench.quick else 160
    for name, make in (("server", yard.under_test), ("floor", yard.floor)):
        with make(settings) as target:
            time.sleep(0.3)
            idle = target.rss_bytes()
            result = clients.load(
                yard, target, "--streams", streams, "--tokens", tokens, "--gap-us", GAP_US,
                "--ramp-ms", streams // 5,
            )  # fmt: skip
            if result["steady"] is None:
                raise clients.ClientFailed(f"{target.name}: no steady window: {result['requests']}")
            result["idle_rss_bytes"] = idle
            result["rss_per_stream"] = max(0, result["steady"]["server_rss_bytes"] - idle) / streams
        sample[name] = result
    sample["others_cores"] = max(part["others_cores"] for part in sample.values())
    return sample


def _share(sample: dict, name: str) -> float:
    """More than all means that the window saw tokens catch up."""
    return min(1.0, sample[name]["steady"]["share"])


def _gap_ms(samples: list[dict], name: str, quantile: str) -> float:
    return median(samples, lambda s: s[name]["steady"]["gap_us"][quantile]) / 1000


def _cores(samples: list[dict], name: str) -> float:
    return median(samples, lambda s: s[name]["steady"]["server_cores"])


def _core_ratio(samples: list[dict]) -> str:
    def cores(sample: dict, name: str) -> float:
        return sample[name]["steady"]["server_cores"]

    return f"{median(samples, lambda s: cores(s, 'server') / cores(s, 'floor')):.2f}"


def _troubles(samples: list[dict], name: str) -> int:
    return max(clients.troubles(sample[name]) for sample in samples)


def measure_five_thousand(bench: Bench) -> list[Row]:
    """CPU and gaps at 5,000 streams; memory comes from the same runs."""
    streams = 5000
    samples, disturbed = bench.repeat(lambda: _once(bench, streams), max(1, bench.repetitions // 2 + 1))

    def figures(name: str) -> str:
        p50, p99 = _gap_ms(samples, name, "p50"), _gap_ms(samples, name, "p99")
        return f"{_cores(samples, name):.2f} core, gap p50 {p50:.2f} ms, p99 {p99:.2f} ms"

    def per_stream(name: str) -> float:
        return median(samples, lambda s: s[name]["rss_per_stream"]) / KIB

    def idle(name: str) -> float:
        return median(samples, lambda s: s[name]["idle_rss_bytes"]) / MIB

    met = _cores(samples, "server") <= 0.6 and _gap_ms(samples, "server", "p99") <= 52
    return [
        Row(
            name="streams-5000", work="5,000 streams, 50 ms between tokens", target="≤ 0.6 core, p99 gap ≤ 52 ms",
            measured=figures("server"), floor=figures("floor"), ratio=_core_ratio(samples),
            met=met and _troubles(samples, "server") == 0, disturbed=disturbed, samples=samples,
        ),
        Row(
            name="memory-stream", work="resident memory per open stream, 5,000 open", target="≤ 24 KB",
            measured=f"{per_stream('server'):.1f} KB", floor=f"{per_stream('floor'):.1f} KB",
            ratio=f"{per_stream('server') / per_stream('floor'):.2f}" if per_stream("floor") > 0 else "–",
            met=per_stream("server") <= 24,
        ),
        Row(
            name="memory-idle", work="resident memory, idle", target="≤ 20 MB", measured=f"{idle('server'):.1f} MB",
            floor=f"{idle('floor'):.1f} MB", ratio=f"{idle('server') / idle('floor'):.2f}", met=idle("server") <= 20,
        ),
    ]  # fmt: skip


def measure_ten_thousand(bench: Bench) -> list[Row]:
    """Whether 10,000 streams keep up."""
    streams = 10_000
    samples, disturbed = bench.repeat(lambda: _once(bench, streams), max(1, bench.repetitions // 2 + 1))

    def figures(name: str) -> str:
        share = median(samples, lambda s: _share(s, name))
        return (
            f"{share:.1%}, {_troubles(samples, name)} lost, {_cores(samples, name):.2f} core, "
            f"gap p99 {_gap_ms(samples, name, 'p99'):.1f} ms"
        )

    met = median(samples, lambda s: _share(s, "server")) >= 0.97 and _troubles(samples, "server") == 0
    return [Row(
        name="streams-10000", work="10,000 streams, 50 ms between tokens: share of the nominal tokens",
        target="≥ 97 %, none lost", measured=figures("server"), floor=figures("floor"), ratio=_core_ratio(samples),
        met=met, disturbed=disturbed, samples=samples,
    )]  # fmt: skip
