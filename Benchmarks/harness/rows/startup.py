"""From exec to the first good answer."""

import statistics

from .. import clients
from ..bench import Bench, Row
from ..processes import Others
from ..servers import Settings

LIMIT_MS = 20.0


def measure(bench: Bench) -> list[Row]:
    yard, repetitions = bench.yard, 5 if bench.quick else 20

    def once() -> dict:
        with Others() as others:
            sample = {
                "server": clients.start(yard, yard.under_test(Settings()), repetitions),
                "floor": clients.start(yard, yard.floor(Settings()), repetitions),
            }
        return sample | {"others_cores": others.cores}

    samples, disturbed = bench.repeat(once, 1)
    ours, floors = (statistics.median(samples[0][name]) / 1000 for name in ("server", "floor"))
    return [Row(
        name="start", work=f"exec to first answer, median of {repetitions}", target=f"≤ {LIMIT_MS:g} ms",
        measured=f"{ours:.1f} ms", floor=f"{floors:.1f} ms", ratio=f"{ours / floors:.2f}", met=ours <= LIMIT_MS,
        disturbed=disturbed, samples=samples,
    )]  # fmt: skip
