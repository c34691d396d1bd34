"""Requests through the front door of `understudy up` against the same requests to replicas' own ports."""

from collections.abc import Callable

from .. import clients
from ..bench import UP, Bench, Row, median
from ..processes import Server
from ..servers import Fleet
from .completions import check_answer

LIMIT = 1.5  # Times the CPU of a direct request.
CONNECTIONS = 64
STREAMS, TOKENS = 64, 128
COST, RATE = "cpu_us_per_request", "tokens_per_core_second"


def name_of(replicas: int) -> str:
    return f"front-door-{replicas}"


def _alternately(
    bench: Bench, replicas: int, once: Callable[[Server, int], dict], ways: dict[str, int]
) -> tuple[list[dict], bool]:
    """Measures the front door and replicas of the same process in turn: `ways` says to how many of their ports
    requests go, 0 standing for the front door."""
    with bench.yard.up(Fleet(replicas=replicas, own_ports=True)) as fleet:
        direct = fleet.at(bench.yard.replica_port(0))
        for door in (fleet, direct):
            check_answer(door, 1)

        def all_ways() -> dict:
            sample = {
                name: once(direct, ports) if ports > 0 else once(fleet, 1) for name, ports in ways.items()
            }
            sample["others_cores"] = max(part["others_cores"] for part in sample.values())
            return sample

        return bench.repeat(all_ways)


def measurement(replicas: int) -> Callable[[Bench], list[Row]]:
    """Whole answers of one token, for one number of replicas."""
    # One replica that gets all requests has its caches to itself, so with several there is a third way: as evenly as
    # the front door, without it.
    ways = {"front": 0, "direct": 1} | ({"spread": min(replicas, CONNECTIONS)} if replicas > 1 else {})

    def measure(bench: Bench) -> list[Row]:
        def once(door: Server, ports: int) -> dict:
            return clients.wrk(bench.yard, door, CONNECTIONS, bench.seconds, 1, ports=ports)

        samples, disturbed = _alternately(bench, replicas, once, ways)

        def figures(name: str) -> str:
            rate = median(samples, lambda s: s[name]["requests_per_second"])
            return f"{median(samples, lambda s: s[name][COST]):.2f} us, {rate / 1000:.0f}k req/s"

        def ratio(name: str) -> float:
            return median(samples, lambda s: s["front"][COST] / s[name][COST])

        spread = "spread" in ways
        return [Row(
            name=name_of(replicas), group=UP,
            work=f"completions, `max_tokens` 1, {CONNECTIONS} connections, {_count(replicas)}: CPU per request",
            target=f"≤ {LIMIT:g}× one replica", measured=figures("front"),
            floor=figures("direct") + (f"; spread over {ways['spread']}: {figures('spread')}" if spread else ""),
            ratio=f"{ratio('direct'):.2f}" + (f"; {ratio('spread'):.2f}" if spread else ""),
            met=ratio("direct") <= LIMIT, disturbed=disturbed, samples=samples,
        )]  # fmt: skip

    return measure


def measure_streams(bench: Bench) -> list[Row]:
    """Chats of many tokens, where the way to the replica is a small part."""
    replicas = 10

    def once(door: Server, _: int) -> dict:
        result = clients.load(
            bench.yard, door, "--streams", STREAMS, "--tokens", TOKENS, "--duration", bench.seconds)
        if clients.troubles(result):
            raise clients.ClientFailed(f"{door.name}: {result['requests']}")
        return result | {RATE: result["tokens"] / result["server"]["cpu_s"]}

    samples, disturbed = _alternately(bench, replicas, once, {"front": 0, "direct": 1})
    ratio = median(samples, lambda s: s["direct"][RATE] / s["front"][RATE])

    def figures(name: str) -> str:
        return f"{median(samples, lambda s: s[name][RATE]) / 1e6:.2f}M per core"

    return [Row(
        name="front-door-streams", group=UP,
        work=f"streaming chat, {TOKENS} tokens, zero latency, {_count(replicas)}: tokens/s", target="–",
        measured=figures("front"), floor=figures("direct"), ratio=f"{ratio:.2f}", disturbed=disturbed, samples=samples,
    )]  # fmt: skip


def _count(replicas: int) -> str:
    return "1 replica" if replicas == 1 else f"{replicas} replicas"
