"""How late tokens leave: `understudy_emission_lateness_seconds`, a series of our own."""

import pytest

from support.exposition import Page
from support.fleet import FleetPool
from support.manifests import deployment, pool
from support.server import MODEL, Server, ServerPool
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

NAME = "understudy_emission_lateness_seconds"
BOUNDS = [5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
STREAM = {"prompt": "Hello", "max_tokens": 7, "ignore_eos": True}


@pytest.fixture(scope="module")
def paced(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--seed", "1", "--time-to-first-token", "20ms", "--inter-token-latency", "10ms")


def observed(page: Page, model: str = MODEL) -> float:
    return page.value(f"{NAME}_count", model_name=model, engine="0")


def after(server: Server, count: float) -> Page:
    """The page once `count` observations are on it: the last token reaches the client a little before its count does."""
    return eventually(server.metrics, lambda page: observed(page) >= count)


def test_buckets(paced: Server) -> None:
    page = paced.metrics()
    bounds = [float(sample.labels["le"]) for sample in page.all(f"{NAME}_bucket")]
    assert bounds == [*BOUNDS, float("inf")]


@pytest.mark.parametrize(("stream", "times"), [(True, 7), (False, 1)])
def test_every_token_of_a_stream_and_every_whole_answer(paced: Server, stream: bool, times: int) -> None:
    before = paced.metrics()
    assert paced.post("/v1/completions", STREAM | {"stream": stream}).status_code == 200
    page = after(paced, observed(before) + times)
    assert observed(page) == observed(before) + times
    # Configured delays do not count: seven tokens take 80 ms, and are late by what a busy machine makes of it.
    late = page.value(f"{NAME}_sum") - before.value(f"{NAME}_sum")
    assert 0 < late < 0.08 * times


def test_refused_requests_are_not_late(paced: Server) -> None:
    before = observed(paced.metrics())
    assert paced.post("/v1/completions", {"prompt": "Hello", "max_tokens": -1}).status_code == 400
    assert observed(paced.metrics()) == before


def test_over_several_loops(serve: ServerPool) -> None:
    """Connections of all loops count, wherever the engine lives."""
    server = serve("--seed", "1", "--event-loops", "3")
    for _ in range(6):
        with server.connect() as connection:
            answer = connection.request("POST", "/v1/completions", STREAM | {"stream": True})
            assert answer.status == 200
    assert observed(after(server, 42)) == 42


def test_a_replica_has_its_own(up: FleetPool) -> None:
    fleet = up({"objects.yaml": [deployment("sim", "base"), pool("pool", "sim")]}, replica_ports=1)
    assert fleet.ask("base", stream=True, max_tokens=5, ignore_eos=True).status_code == 200
    page = eventually(lambda: fleet.replica_metrics(0), lambda page: observed(page, "base") >= 5)
    assert observed(page, "base") == 5


def test_without_engine_metrics(serve: ServerPool) -> None:
    assert NAME not in serve("--disable-log-stats").get("/metrics").text
