"""Request phases of external processing: how long they take and how many a core makes."""

from collections.abc import Callable

from .. import clients
from ..bench import EPP, Bench, Row, median
from ..processes import Server
from .scraping import page

STREAMS = (1, 16, 256)
STREAMS_LIMIT = 5000  # A second, on one core.
RATE, P99_LIMIT_US = 1000, 2000
# Endpoints are read once: what reading them costs has rows of its own.
READ_ONCE = ("--refresh-metrics-interval", "1h", "--metrics-staleness-threshold", "24h")


def names_of(endpoints: int) -> tuple[str, ...]:
    return tuple(f"ext-proc-{endpoints}-{streams}" for streams in STREAMS)


def _latency(samples: list[dict], name: str) -> str:
    p50, p99 = (median(samples, lambda s, key=key: s[name][key]) / 1000 for key in ("p50_us", "p99_us"))
    return f"p50 {p50:.2f} ms, p99 {p99:.2f}"


def _together(parts: dict[str, dict]) -> dict:
    return parts | {"others_cores": max(part["others_cores"] for part in parts.values())}


def measurement(endpoints: int) -> Callable[[Bench], list[Row]]:
    """The measurement for one size of pool, with each number of streams."""

    def measure(bench: Bench) -> list[Row]:
        yard = bench.yard
        with (
            yard.engines(page(yard)), yard.picker(endpoints, *READ_ONCE) as picker,
            yard.picker_floor(clients.ask_picker(picker)) as floor,
        ):  # fmt: skip
            return [_row(bench, picker, floor, endpoints, streams) for streams in STREAMS]

    return measure


def _row(bench: Bench, picker: Server, floor: Server, endpoints: int, streams: int) -> Row:
    requests = (1000 if streams == 1 else 3000) * bench.seconds

    def once() -> dict:
        return _together({
            "picker": clients.h2load(picker, streams, requests), "floor": clients.h2load(floor, streams, requests),
        })  # fmt: skip

    once()  # Caches fill.
    samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)

    def figures(name: str) -> str:
        rate, each = (median(samples, lambda s, key=key: s[name][key])
                      for key in ("streams_per_second", "streams_per_core_second"))  # fmt: skip
        return f"{_latency(samples, name)}; {each:,.0f}/s per core ({rate:,.0f}/s seen)"

    ratio = median(samples, lambda s: s["picker"]["cpu_us_per_stream"] / s["floor"]["cpu_us_per_stream"])
    saturated = streams > 1
    return Row(
        name=f"ext-proc-{endpoints}-{streams}", group=EPP,
        work=f"ext_proc request phase, {endpoints:,} endpoints, {streams} at once; the floor is nghttpd",
        target=f"≥ {STREAMS_LIMIT:,}/s on one core" if saturated else "–",
        measured=figures("picker"), floor=figures("floor"), ratio=f"{ratio:.1f}",
        met=median(samples, lambda s: s["picker"]["streams_per_core_second"]) >= STREAMS_LIMIT if saturated else None,
        disturbed=disturbed, samples=samples,
    )  # fmt: skip


def measure_rate(bench: Bench) -> list[Row]:
    """At a rate that a busy gateway has, while all endpoints are read every 50 ms."""
    yard, endpoints = bench.yard, 100
    with (
        yard.engines(page(yard)) as engines, yard.picker(endpoints) as picker,
        yard.picker_floor(clients.ask_picker(picker)) as floor,
    ):  # fmt: skip

        def once() -> dict:
            # The pool goes on being read meanwhile, which is part of this.
            count = RATE * bench.seconds
            return _together({
                "picker": clients.h2load(picker, 256, count, RATE, beside=[engines]),
                "floor": clients.h2load(floor, 256, count, RATE, beside=[engines, picker]),
            })  # fmt: skip

        once()
        samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)
    p99 = median(samples, lambda s: s["picker"]["p99_us"])
    seen = median(samples, lambda s: s["picker"]["streams_per_second"])
    ratio = median(samples, lambda s: s["picker"]["p50_us"] / s["floor"]["p50_us"])
    return [Row(
        name="ext-proc-rate", group=EPP,
        work=f"ext_proc request phase, {RATE:,} a second, {endpoints} endpoints that are read every 50 ms",
        target=f"p99 < {P99_LIMIT_US / 1000:g} ms", measured=f"{_latency(samples, 'picker')} ({seen:,.0f}/s seen)",
        floor=_latency(samples, "floor"), ratio=f"{ratio:.1f}",
        # Late requests that were never sent must not count as quick ones.
        met=p99 < P99_LIMIT_US and seen > 0.97 * RATE, disturbed=disturbed, samples=samples,
    )]  # fmt: skip
