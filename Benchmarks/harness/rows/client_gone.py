"""How soon the slot of a client that hangs up is free."""

import contextlib
import statistics

from ..bench import Bench, Row
from ..conversation import Conversation, Gauges
from ..processes import Others, Server
from ..servers import Settings

RUNNING, WAITING = "vllm:num_requests_running", "vllm:num_requests_waiting"
CROWD = 200
LIMIT_MS = 10.0


def _one_slot(server: Server, repetitions: int) -> list[float]:
    """Milliseconds from closing the stream that holds the only slot to the next one's first token."""
    taken = []
    gauges = Gauges(server.port)
    for _ in range(repetitions):
        first = Conversation(server.port, 4000)
        first.wait_for_token()
        second = Conversation(server.port, 4000)
        gauges.wait(WAITING, 1, patience=5)
        gone = first.drop()
        taken.append((second.wait_for_token() - gone) * 1000)
        second.drop()
        gauges.wait(RUNNING, 0, patience=5)
    gauges.close()
    return taken


def _crowd(server: Server) -> float:
    """Milliseconds from closing the last of many streams until none is running."""
    with contextlib.ExitStack() as stack:
        gauges = Gauges(server.port)
        stack.callback(gauges.close)
        crowd = [Conversation(server.port, 4000) for _ in range(CROWD)]
        gauges.wait(RUNNING, CROWD, patience=10)
        gone = [one.drop() for one in crowd]
        return (gauges.wait(RUNNING, 0, patience=10) - gone[-1]) * 1000


def _sample(server: Server, crowded: Server, repetitions: int) -> dict:
    with server:
        taken = _one_slot(server, repetitions)
    with crowded:
        many = statistics.median(_crowd(crowded) for _ in range(3))
    return {"ms": taken, "crowd_ms": many}


def measure(bench: Bench) -> list[Row]:
    yard, one, many = bench.yard, Settings(max_num_seqs=1, gap_us=50_000), Settings(max_num_seqs=CROWD, gap_us=50_000)
    repetitions = 5 if bench.quick else 30

    def once() -> dict:
        with Others() as others:
            sample = {
                "server": _sample(yard.under_test(one), yard.under_test(many), repetitions),
                "floor": _sample(yard.floor(one), yard.floor(many), repetitions),
            }
        return sample | {"others_cores": others.cores}

    samples, disturbed = bench.repeat(once, 1)

    def figures(name: str) -> str:
        ms, crowd_ms = samples[0][name]["ms"], samples[0][name]["crowd_ms"]
        return f"{statistics.median(ms):.2f} ms (max {max(ms):.2f}); {CROWD} at once {crowd_ms:.1f} ms"

    ours, floors = (statistics.median(samples[0][name]["ms"]) for name in ("server", "floor"))
    return [Row(
        name="client-gone", work="client gone until its slot serves the next", target=f"≤ {LIMIT_MS:g} ms",
        measured=figures("server"), floor=figures("floor"), ratio=f"{ours / floors:.2f}", met=ours <= LIMIT_MS,
        disturbed=disturbed, samples=samples,
    )]  # fmt: skip
