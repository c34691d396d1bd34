"""Whether configured delays are what a client sees."""

from .. import clients
from ..bench import Bench, Row, median
from ..servers import Settings


def _measure(bench: Bench, tokens: int, gap_us: int) -> tuple[list[dict], bool]:
    yard, settings = bench.yard, Settings(gap_us=gap_us)
    with yard.under_test(settings) as server, yard.floor(settings) as floor:

        def once() -> dict:
            sample = {}
            for name, target in (("server", server), ("floor", floor)):
                sample[name] = clients.load(yard, target, "--streams", 1, "--tokens", tokens, "--gap-us", gap_us)
                if clients.troubles(sample[name]):
                    raise clients.ClientFailed(f"{target.name}: {sample[name]['requests']}")
            sample["others_cores"] = max(part["others_cores"] for part in sample.values())
            return sample

        return bench.repeat(once, 1 if bench.quick else 3)


def measure_fifty_milliseconds(bench: Bench) -> list[Row]:
    """128 tokens take 127 gaps after the first token, however late single ones were."""
    samples, disturbed = _measure(bench, 128, 50_000)
    drift = median(samples, lambda s: s["server"]["drift_us"]["mean"]) / 1000

    def figures(name: str) -> str:
        total = median(samples, lambda s: s[name]["gap_us"]["mean"] * s[name]["gap_us"]["count"]) / 1e6
        ttft = median(samples, lambda s: s[name]["ttft_us"]["mean"]) / 1000
        late = median(samples, lambda s: s[name]["drift_us"]["mean"]) / 1000
        return f"{total:.4f} s + TTFT {ttft:.2f} ms (drift {late:+.2f} ms)"

    return [Row(
        name="exact-50ms", work="one stream, 128 tokens at 50 ms: first token to last", target="6.35 s ± 2 ms",
        measured=figures("server"), floor=figures("floor"), met=abs(drift) <= 2, disturbed=disturbed, samples=samples,
    )]  # fmt: skip


def measure_half_millisecond(bench: Bench) -> list[Row]:
    """A mean below a millisecond must not be rounded away."""
    samples, disturbed = _measure(bench, 2000, 500)
    mean = median(samples, lambda s: s["server"]["gap_us"]["mean"])

    def figures(name: str) -> str:
        gap = {key: median(samples, lambda s, key=key: s[name]["gap_us"][key]) for key in ("mean", "p50", "p99")}
        return f"mean {gap['mean']:.2f} us, p50 {gap['p50']:.0f}, p99 {gap['p99']:.0f}"

    return [Row(
        name="exact-500us", work="one stream, 2,000 tokens at 500 us: mean gap", target="500 us ± 1 %",
        measured=figures("server"), floor=figures("floor"), met=abs(mean - 500) <= 5, disturbed=disturbed,
        samples=samples,
    )]  # fmt: skip
