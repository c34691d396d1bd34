"""What being scraped costs."""

from .. import clients
from ..bench import Bench, Row, median
from ..servers import Settings

RATE = 1000
LIMIT = 0.1


def measure(bench: Bench) -> list[Row]:
    yard, settings = bench.yard, Settings()
    with yard.under_test(settings) as server, yard.floor(settings) as floor:
        for target in (server, floor):
            # Series that only exist or grow with use must be there.
            clients.load(yard, target, "--streams", 8, "--tokens", 32, "--requests", 200)

        def once() -> dict:
            sample = {}
            for name, target in (("server", server), ("floor", floor)):
                sample[name] = clients.load(
                    yard, target, "--get", "--path", "/metrics", "--rate", RATE, "--duration", bench.seconds,
                    "--streams", 4,
                )  # fmt: skip
                if clients.troubles(sample[name]):
                    raise clients.ClientFailed(f"{target.name}: {sample[name]['requests']}")
            sample["others_cores"] = max(part["others_cores"] for part in sample.values())
            return sample

        samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)

    def cores(name: str) -> float:
        return median(samples, lambda s: s[name]["server"]["cores"])

    def figures(name: str) -> str:
        size = median(samples, lambda s: s[name]["bytes"] / max(1, s[name]["requests"]["completed"]))
        return f"{cores(name):.3f} core, {size / 1024:.1f} KB each"

    return [Row(
        name="metrics", work="`/metrics` at 1,000 scrapes/s", target=f"≤ {LIMIT:g} core", measured=figures("server"),
        floor=figures("floor"), ratio=f"{cores('server') / cores('floor'):.2f}", met=cores("server") <= LIMIT,
        disturbed=disturbed, samples=samples,
    )]  # fmt: skip
