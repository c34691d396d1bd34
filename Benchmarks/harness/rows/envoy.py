"""What a picker adds to a request through Envoy."""

from .. import clients
from ..bench import EPP, Bench, Row, median
from ..servers import Fleet
from .completions import check_answer

REPLICAS, RATE, STREAMS = 100, 100, 16


def measure(bench: Bench) -> list[Row]:
    """Whole answers of one token at a fixed rate, through two doors of one Envoy in turn."""
    yard = bench.yard
    with yard.up(Fleet(replicas=REPLICAS, own_ports=True, ext_proc=True)), yard.envoy(REPLICAS) as asking:
        doors = {"picker": asking, "floor": asking.at(asking.port + 1)}
        for door in doors.values():
            check_answer(door, 1)

        def once() -> dict:
            sample = {}
            for name, door in doors.items():
                result = clients.load(
                    yard, door, "--path", "/v1/completions", "--plain", "--tokens", 1, "--rate", RATE, "--duration",
                    2 * bench.seconds, "--streams", STREAMS, "--body", yard.completion(1))  # fmt: skip
                if clients.troubles(result):
                    raise clients.ClientFailed(f"{door.name}: {result['requests']}")
                sample[name] = result
            sample["others_cores"] = max(part["others_cores"] for part in sample.values())
            return sample

        once()  # Connections to all replicas are made.
        samples, disturbed = bench.repeat(once, 1 if bench.quick else 3)

    def at(name: str, key: str) -> float:
        return median(samples, lambda s: s[name]["total_us"][key]) / 1000

    added = {key: median(samples, lambda s, key=key: s["picker"]["total_us"][key] - s["floor"]["total_us"][key]) / 1000
             for key in ("p50", "p99")}  # fmt: skip
    ratio = median(samples, lambda s: s["picker"]["total_us"]["p50"] / s["floor"]["total_us"]["p50"])
    return [Row(
        name="envoy", group=EPP, target="–", ratio=f"{ratio:.1f}", disturbed=disturbed, samples=samples,
        work=f"completions through Envoy, {RATE} a second, {REPLICAS} endpoints; the floor is Envoy without ext_proc",
        measured=f"p50 {at('picker', 'p50'):.2f} ms, p99 {at('picker', 'p99'):.2f}; "
        f"added: p50 {added['p50']:.2f}, p99 {added['p99']:.2f}",
        floor=f"p50 {at('floor', 'p50'):.2f} ms, p99 {at('floor', 'p99'):.2f}",
    )]  # fmt: skip
