"""A hundred replicas in one process: until they are ready, and what they hold."""

import statistics
import time

from .. import clients
from ..bench import UP, Bench, Row, median
from ..processes import Others, Server
from ..servers import Fleet

REPLICAS = 100
READY_LIMIT_MS = 2000.0
MEMORY_LIMIT_KIB = 1024.0


def measure_start(bench: Bench) -> list[Row]:
    """From exec until the front door lists the models."""
    yard, repetitions = bench.yard, 3 if bench.quick else 10

    def once() -> dict:
        with Others() as others:
            sample = {
                name: clients.start(yard, yard.up(Fleet(replicas=replicas)), repetitions, path="/v1/models")
                for name, replicas in (("many", REPLICAS), ("one", 1))
            }
        return sample | {"others_cores": others.cores}

    samples, disturbed = bench.repeat(once, 1)
    many, one = (statistics.median(samples[0][name]) / 1000 for name in ("many", "one"))
    return [Row(
        name="up-start", group=UP, work=f"`up` with {REPLICAS} replicas: exec to `/v1/models`, median of {repetitions}",
        target=f"≤ {READY_LIMIT_MS / 1000:g} s", measured=f"{many:.0f} ms (with 1 replica {one:.0f} ms)",
        met=many <= READY_LIMIT_MS, disturbed=disturbed, samples=samples,
    )]  # fmt: skip


def _resident(fleet: Server) -> int:
    with fleet:
        time.sleep(1)
        return fleet.rss_bytes()


def measure_memory(bench: Bench) -> list[Row]:
    """What each replica adds, idle and before its first request."""
    samples = [
        {"many": _resident(bench.yard.up(Fleet(replicas=REPLICAS))), "one": _resident(bench.yard.up(Fleet(replicas=1)))}
        for _ in range(1 if bench.quick else 3)
    ]
    each = median(samples, lambda s: (s["many"] - s["one"]) / (REPLICAS - 1)) / 1024
    whole = median(samples, lambda s: s["many"]) / 1024**2
    return [Row(
        name="up-memory", group=UP, work=f"`up` with {REPLICAS} replicas: resident memory of each, idle",
        target=f"≤ {MEMORY_LIMIT_KIB / 1024:g} MB", measured=f"{each:.0f} KB, {whole:.1f} MB in all",
        met=each <= MEMORY_LIMIT_KIB, samples=samples,
    )]  # fmt: skip
