"""Streams at zero latency: tokens per second of one core's time."""

from .. import clients
from ..bench import Bench, Row, median
from ..servers import Settings

TARGET = 5e6
TOKENS = 128
STREAMS = 64


def measure(bench: Bench) -> list[Row]:
    yard, settings = bench.yard, Settings()
    with yard.under_test(settings) as server, yard.floor(settings) as floor:

        def once() -> dict:
            sample = {}
            for name, target in (("server", server), ("floor", floor)):
                result = clients.load(
                    yard, target, "--streams", STREAMS, "--tokens", TOKENS, "--duration", bench.seconds)
                if clients.troubles(result):
                    raise clients.ClientFailed(f"{target.name}: {result['requests']}")
                result["tokens_per_core_second"] = result["tokens"] / result["server"]["cpu_s"]
                sample[name] = result
            sample["others_cores"] = max(part["others_cores"] for part in sample.values())
            return sample

        samples, disturbed = bench.repeat(once)
    rate = median(samples, lambda s: s["server"]["tokens_per_core_second"])
    ratio = median(
        samples, lambda s: s["floor"]["tokens_per_core_second"] / s["server"]["tokens_per_core_second"])

    def figures(name: str) -> str:
        per_core = median(samples, lambda s: s[name]["tokens_per_core_second"])
        seen = median(samples, lambda s: s[name]["tokens_per_second"])
        return f"{per_core / 1e6:.2f}M per core ({seen / 1e6:.2f}M/s seen)"

    return [Row(
        name="stream-throughput", work=f"streaming chat, {TOKENS} tokens, zero latency: tokens/s",
        target="≥ 5M per core", measured=figures("server"), floor=figures("floor"), ratio=f"{ratio:.2f}",
        met=rate >= TARGET, disturbed=disturbed, samples=samples,
    )]  # fmt: skip
