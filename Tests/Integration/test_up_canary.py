"""Weighted splits, of rewrites and of routes: exact on request, random as upstream otherwise (GIE v1.5)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.fleet import Fleet, FleetPool
from support.manifests import Targets, backend, deployment, gateway, pool, rewrite, route, rule, to

pytest_plugins = ["support.fleets"]

BASE = "facebook/opt-125m"
CANARY = "facebook/opt-125m-canary"
SERVERS = [
    deployment("sim", BASE, replicas=2, adapters=[CANARY, "third", "fourth"], latency=()),
    pool("gaie-sim", "sim"),
]
NINETY_TEN = {BASE: 90, CANARY: 10}
# Chi-square with that many degrees of freedom is above this once in a million.
ONE_IN_A_MILLION = {1: 23.93, 2: 27.63, 3: 30.66}


def split(fleet: Fleet, targets: Targets) -> Iterator[None]:
    fleet.apply(rewrite("canary", rule(targets, "opt"), pool="gaie-sim"))
    fleet.status_becomes("opt", 200)
    yield
    fleet.delete("inferencemodelrewrite", "canary")
    fleet.status_becomes("opt", 404)


def chi_square(counts: Mapping[str, int], shares: Mapping[str, float]) -> float:
    total = sum(counts.values())
    whole = sum(shares.values())
    return sum(
        (counts.get(name, 0) - total * share / whole) ** 2 / (total * share / whole) for name, share in shares.items()
    )


def assert_shares(counts: Mapping[str, int], shares: Mapping[str, float]) -> None:
    """Nothing else came, and what came is no surprise for these shares."""
    assert set(counts) <= set(shares), counts
    if len(shares) > 1:
        limit = ONE_IN_A_MILLION[len(shares) - 1]
        assert chi_square(counts, shares) < limit, f"{dict(counts)} for {dict(shares)}"


# Exact


@pytest.fixture(scope="module")
def smooth(up_for_module: FleetPool) -> Fleet:
    return up_for_module({"servers.yaml": SERVERS}, "--split", "smooth", "--response-model", "backend")


EXACT: list[tuple[Targets, int, dict[str, int]]] = [
    (NINETY_TEN, 100, {BASE: 90, CANARY: 10}),
    ({BASE: 1, CANARY: 1}, 100, {BASE: 50, CANARY: 50}),
    ({BASE: 50, CANARY: 30, "third": 20}, 100, {BASE: 50, CANARY: 30, "third": 20}),
    ({BASE: 999_999, CANARY: 1}, 100, {BASE: 100}),
    ({BASE: 100}, 20, {BASE: 20}),
    ([BASE, CANARY, "third", "fourth"], 100, {BASE: 25, CANARY: 25, "third": 25, "fourth": 25}),
    ({BASE: 3, CANARY: None, "third": 1}, 100, {BASE: 75, "third": 25}),
]


@pytest.mark.parametrize(("targets", "count", "expected"), EXACT)
def test_smooth_is_exact(smooth: Fleet, targets: Targets, count: int, expected: dict[str, int]) -> None:
    for _ in split(smooth, targets):
        for _ in range(2):
            assert smooth.models_of("opt", count) == Counter(expected)


def test_smooth_is_even_all_along(smooth: Fleet) -> None:
    """After n answers each target has its share of n, give or take one at each end of the sequence."""
    for _ in split(smooth, NINETY_TEN):
        seen = 0
        for count, answer in enumerate(smooth.many("opt", 100), 1):
            seen += answer.json["model"] == CANARY
            assert abs(seen - count / 10) <= 2


def test_smooth_counts_all_clients_together(smooth: Fleet) -> None:
    """Requests of many connections, on several loops, share one sequence."""
    for _ in split(smooth, NINETY_TEN):
        with ThreadPoolExecutor(8) as threads:
            parts = list(threads.map(lambda _: smooth.models_of("opt", 25), range(8)))
        assert sum(parts, Counter()) == Counter({BASE: 180, CANARY: 20})


def test_an_edit_elsewhere_does_not_start_the_sequence_again(smooth: Fleet) -> None:
    for _ in split(smooth, NINETY_TEN):
        counted: Counter[str] = Counter()
        for round_ in range(20):
            counted += smooth.models_of("opt", 5)
            smooth.apply(rewrite("other", rule(BASE, f"other-{round_}"), pool="gaie-sim"))
        smooth.delete("inferencemodelrewrite", "other")
        assert counted == Counter({BASE: 90, CANARY: 10})


# Random


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    return up_for_module({"servers.yaml": SERVERS}, "--response-model", "backend")


RANDOM: list[tuple[Targets, dict[str, float]]] = [
    (NINETY_TEN, {BASE: 90, CANARY: 10}),
    ({BASE: 70, CANARY: 30}, {BASE: 70, CANARY: 30}),
    ({BASE: 1, CANARY: 1}, {BASE: 1, CANARY: 1}),
    ({BASE: 100}, {BASE: 1}),
    ([BASE, CANARY, "third", "fourth"], {BASE: 1, CANARY: 1, "third": 1, "fourth": 1}),
    ({BASE: 2, CANARY: None, "third": 1}, {BASE: 2, "third": 1}),
]


@pytest.mark.parametrize(("targets", "shares"), RANDOM)
def test_random_shares(fleet: Fleet, targets: Targets, shares: dict[str, float]) -> None:
    for _ in split(fleet, targets):
        assert_shares(fleet.models_of("opt", 1500), shares)


def test_random_is_not_smooth(fleet: Fleet) -> None:
    """Ten rounds that are all exact come about by chance once in 100 billion times."""
    for _ in split(fleet, {BASE: 50, CANARY: 50}):
        rounds = [fleet.models_of("opt", 100)[CANARY] for _ in range(10)]
        assert set(rounds) != {50}, rounds


# Routes

POOLS = [
    gateway(),
    deployment("stable", BASE, latency=()),
    pool("stable"),
    deployment("canary", BASE, latency=()),
    pool("canary"),
]


def weighted(stable: int, canary: int) -> dict[str, object]:
    return route("split", to(backend("stable", stable), backend("canary", canary)))


def test_smooth_routes(up: FleetPool) -> None:
    fleet = up({"pools.yaml": POOLS, "route.yaml": [weighted(90, 10)]}, "--split", "smooth")
    assert fleet.deployments_of(BASE, 100) == Counter(stable=90, canary=10)
    assert fleet.deployments_of(BASE, 60) == Counter(stable=54, canary=6)


def test_random_routes(up: FleetPool) -> None:
    fleet = up({"pools.yaml": POOLS, "route.yaml": [weighted(90, 10)]})
    assert_shares(fleet.deployments_of(BASE, 1500), {"stable": 90, "canary": 10})


def test_a_weight_of_zero_takes_nothing(up: FleetPool) -> None:
    fleet = up({"pools.yaml": POOLS, "route.yaml": [weighted(0, 1)]})
    assert fleet.deployments_of(BASE, 100) == Counter(canary=100)


def test_a_release_step_by_step(up: FleetPool) -> None:
    """Weights change while requests run; none is lost."""
    fleet = up({"pools.yaml": POOLS, "route.yaml": [weighted(1, 0)]}, "--split", "smooth")
    assert fleet.deployments_of(BASE, 20) == Counter(stable=20)
    for stable, canary in ((90, 10), (50, 50), (0, 100)):
        fleet.write("route.yaml", [weighted(stable, canary)])
        expected = Counter({"stable": stable // 5, "canary": canary // 5})
        fleet.becomes(lambda: fleet.deployments_of(BASE, 20), expected)
