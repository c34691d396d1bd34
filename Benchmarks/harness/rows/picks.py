"""One pick: how long it takes and how many a core makes, alone and inside of `understudy up`."""

from collections.abc import Callable

from .. import clients
from ..bench import UP, Bench, Row, median
from ..processes import Others
from ..servers import Fleet

PROMPTS = {0: ("0", "no prompt"), 1024: ("1k", "1 KB prompts"), 16384: ("16k", "16 KB prompts")}
RULES = 10_000
RATE_LIMIT, P99_LIMIT_NS = 100_000, 100_000


def names_of(endpoints: int) -> tuple[str, ...]:
    return tuple(f"picks-{endpoints}-{short}" for short, _ in PROMPTS.values())


def _us(nanoseconds: float) -> str:
    return f"{nanoseconds / 1000:.1f}"


def _verdict(endpoints: int, rate: float, p99: float) -> tuple[str, bool | None]:
    """The target, if there is one for that many endpoints, and whether it is met."""
    if endpoints == 100:
        return f"≥ {RATE_LIMIT // 1000}k/s on one core", rate >= RATE_LIMIT
    if endpoints == 1000:
        return f"p99 < {P99_LIMIT_NS // 1000} us", p99 < P99_LIMIT_NS
    return "–", None


def measurement(endpoints: int) -> Callable[[Bench], list[Row]]:
    """The measurement for one size of pool."""

    def measure(bench: Bench) -> list[Row]:
        def once() -> dict:
            with Others() as others:
                sample = clients.picks(bench.yard, endpoints, PROMPTS, RULES, 10_000 if bench.quick else 50_000)
            return sample | {"others_cores": others.cores}

        samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)
        rows = []
        for name, prompt_bytes in zip(names_of(endpoints), PROMPTS, strict=True):
            cases = [case for sample in samples for case in sample["cases"] if case["prompt_bytes"] == prompt_bytes]
            rate = median(cases, lambda case: case["picks_per_core_second"])
            p50, p99, p999 = (median(cases, lambda case, key=key: case["ns"][key]) for key in ("p50", "p99", "p999"))
            target, met = _verdict(endpoints, rate, p99)
            rows.append(Row(
                name=name, group=UP, target=target, met=met, disturbed=disturbed, samples=cases,
                work=f"picks among {endpoints:,} endpoints, {PROMPTS[prompt_bytes][1]}, {RULES:,} rewrite rules",
                measured=f"{rate / 1000:.0f}k/s, p50 {_us(p50)} us, p99 {_us(p99)}, p99.9 {_us(p999)}",
            ))  # fmt: skip
        clock = median(samples, lambda sample: sample["clock_ns"]["p50"])
        rows[0].measured += f" (the clock itself {clock:.0f} ns)"
        return rows

    return measure


def measure_live(bench: Bench) -> list[Row]:
    """What the picker's own metrics say of picks that real requests asked for."""
    yard, replicas, prompt_bytes, connections = bench.yard, 1000, 1024, 64
    with yard.up(Fleet(replicas=replicas, rewrites=RULES)) as fleet:
        metrics = fleet.at(yard.metrics_port)

        def once() -> dict:
            before = clients.scheduling(metrics)
            result = clients.wrk(
                yard, fleet, connections, bench.seconds, 1, model=f"alias-{RULES // 2}", prompt_bytes=prompt_bytes)
            after = clients.scheduling(metrics)
            picks, seconds, within = (after[key] - before[key] for key in ("count", "sum", "within"))
            if picks < result["requests"]:
                raise clients.ClientFailed(f"{picks:.0f} picks for {result['requests']} requests")
            return result | {"pick_us": seconds / picks * 1e6, "within_100_us": within / picks}

        samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)
    within = median(samples, lambda s: s["within_100_us"])
    mean = median(samples, lambda s: s["pick_us"])
    cost = median(samples, lambda s: s["cpu_us_per_request"])
    return [Row(
        name="picks-live", group=UP, target="p99 < 100 us", met=within >= 0.99, disturbed=disturbed, samples=samples,
        work=f"picks inside `up` by its own metrics: {replicas:,} replicas, 1 KB prompts, {RULES:,} rewrite rules",
        measured=f"{within:.2%} within 100 us, mean {mean:.1f} us; {cost:.1f} us CPU per request",
    )]  # fmt: skip
