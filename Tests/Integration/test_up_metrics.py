"""The endpoint picker's own page (GIE v1.5, metrics; llm-d's newer names beside them)."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from support.exposition import Page
from support.fleet import Fleet, FleetPool, error_of, pool_gauge
from support.manifests import deployment, objective, pool, rewrite, rule
from support.recorder import Recorder
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

MODEL = "base"
REQUESTS = "inference_objective_request_total"
ML = {"model_name", "target_model_name"}

TOKENS = [1, *(8 << power for power in range(12)), 32778, *(65536 << power for power in range(5))]
RESPONSE_SIZES = [1, *(8 << power for power in range(12)), 32778, 65536]
OUTPUT = [1, *(8 << power for power in range(11))]
GENERAL = [
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 120, 180,
    240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600,
]  # fmt: skip
SCHEDULER = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]
WAITS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
PER_TOKEN = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]


def request_sizes() -> list[float]:
    return [64 << power for power in range(25)]


HISTOGRAMS: dict[str, tuple[set[str], list[float]]] = {
    "inference_objective_request_duration_seconds": (ML, GENERAL),
    "inference_objective_request_sizes": (ML, request_sizes()),
    "inference_objective_response_sizes": (ML, [float(bound) for bound in RESPONSE_SIZES]),
    "inference_objective_input_tokens": (ML, [float(bound) for bound in TOKENS]),
    "inference_objective_output_tokens": (ML, [float(bound) for bound in OUTPUT]),
    "inference_objective_normalized_time_per_output_token_seconds": (ML, PER_TOKEN),
    "inference_extension_scheduler_e2e_duration_seconds": (set(), SCHEDULER),
    "inference_extension_plugin_duration_seconds": ({"extension_point", "plugin_type", "plugin_name"}, SCHEDULER),
}
COUNTERS: dict[str, set[str]] = {
    REQUESTS: ML | {"priority"},
    "inference_objective_request_error_total": ML | {"error_code"},
    "inference_extension_model_rewrite_decisions_total": {"model_rewrite_name", "model_name", "target_model"},
    "inference_extension_scheduler_attempts_total": {"status", "target_model_name", "pod_name", "namespace", "port"},
}
GAUGES: dict[str, set[str]] = {
    "inference_objective_running_requests": {"model_name"},
    "inference_pool_average_kv_cache_utilization": {"name"},
    "inference_pool_average_queue_size": {"name"},
    "inference_pool_average_running_requests": {"name"},
    "inference_pool_ready_pods": {"name"},
    "inference_pool_per_pod_queue_size": {"name", "model_server_pod"},
    "inference_extension_prefix_indexer_size": set(),
    "inference_extension_info": {"commit", "build_ref"},
}
NEWER = [
    "llm_d_epp_request_total", "llm_d_epp_request_error_total", "llm_d_epp_request_duration_seconds_count",
    "llm_d_epp_request_size_bytes_count", "llm_d_epp_response_size_bytes_count", "llm_d_epp_request_input_tokens_count",
    "llm_d_epp_request_output_tokens_count", "llm_d_epp_request_running", "llm_d_epp_ready_endpoints",
    "llm_d_epp_scheduler_attempts_total",
]  # fmt: skip


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    """After five plain requests and three streams for the alias, and one refusal of each kind."""
    objects = [
        deployment("sim", MODEL, replicas=3, adapters=["adapter"]),
        pool("gaie-sim", "sim"),
        rewrite("alias", rule(MODEL, "alias"), pool="gaie-sim"),
    ]
    fleet = up_for_module({"objects.yaml": objects})
    for stream in [False] * 5 + [True] * 3:
        answer = fleet.ask("alias", stream=stream, max_tokens=4, ignore_eos=True, prompt="one two three " * 40)
        assert answer.status_code == 200, answer.text
    assert fleet.ask(MODEL).status_code == 200
    error_of(fleet.ask("alias", max_tokens=0), 400)
    error_of(fleet.http.post("/v1/completions", json={"prompt": "x"}), 400)
    error_of(fleet.http.post("/v1/completions", content=b"{"), 400)
    return fleet


@pytest.fixture(scope="module")
def page(fleet: Fleet) -> Page:
    return fleet.metrics()


def label_sets(page: Page, name: str) -> list[set[str]]:
    return [set(sample.labels) for sample in page.all(name)]


@pytest.mark.parametrize("name", COUNTERS)
def test_counters(page: Page, name: str) -> None:
    labels = label_sets(page, name)
    assert labels, f"no {name}"
    assert all(found == COUNTERS[name] for found in labels), labels


@pytest.mark.parametrize("name", GAUGES)
def test_gauges(page: Page, name: str) -> None:
    labels = label_sets(page, name)
    assert labels, f"no {name}"
    assert all(found == GAUGES[name] for found in labels), labels


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_histograms(page: Page, name: str) -> None:
    wanted, bounds = HISTOGRAMS[name]
    for part in ("_count", "_sum"):
        labels = label_sets(page, name + part)
        assert labels, f"no {name}{part}"
        assert all(found == wanted for found in labels), labels
    series: dict[tuple[tuple[str, str], ...], list[float]] = {}
    for sample in page.all(f"{name}_bucket"):
        others = tuple(sorted((key, value) for key, value in sample.labels.items() if key != "le"))
        series.setdefault(others, []).append(float(sample.labels["le"]))
    for found in series.values():
        assert found == [*bounds, float("inf")]


@pytest.mark.parametrize("name", NEWER)
def test_newer_names(page: Page, name: str) -> None:
    assert label_sets(page, name), f"no {name}"


def test_values(page: Page) -> None:
    alias = {"model_name": "alias", "target_model_name": MODEL}
    # The one that the server refused had been scheduled.
    assert page.value(REQUESTS, **alias, priority="0") == 9
    assert page.value(REQUESTS, model_name=MODEL, target_model_name=MODEL, priority="0") == 1
    assert page.value("inference_objective_request_duration_seconds_count", **alias) == 8
    assert page.value("inference_objective_output_tokens_sum", **alias) == 8 * 4
    assert page.value("inference_objective_input_tokens_count", **alias) == 8
    assert page.value("inference_objective_input_tokens_sum", **alias) >= 8 * 100
    assert page.value("inference_objective_response_sizes_count", **alias) == 8
    assert page.value("inference_objective_request_sizes_count", **alias) == 9
    assert page.total("inference_objective_running_requests") == 0
    assert pool_gauge(page, "ready_pods", "gaie-sim") == 3
    assert pool_gauge(page, "average_queue_size", "gaie-sim") == 0
    assert page.total("inference_extension_scheduler_attempts_total", status="success") == 10
    decisions = page.value(
        "inference_extension_model_rewrite_decisions_total",
        model_rewrite_name="alias", model_name="alias", target_model=MODEL,
    )  # fmt: skip
    assert decisions == 9
    pods = {sample.labels["model_server_pod"] for sample in page.all("inference_pool_per_pod_queue_size")}
    # GIE's endpoints are named after pod and port; the first port has rank 0.
    assert pods == {"sim-0-rank-0", "sim-1-rank-0", "sim-2-rank-0"}


def test_errors_by_code(page: Page) -> None:
    name = "inference_objective_request_error_total"
    assert page.total(name, error_code="BadRequest") == 2
    assert page.total(name, error_code="ModelServerError", model_name="alias") == 1


def test_plugins_are_timed(page: Page) -> None:
    name = "inference_extension_plugin_duration_seconds_count"
    for family in (name, name.replace("inference_extension", "llm_d_epp")):
        for plugin in ("queue-scorer", "kv-cache-utilization-scorer", "prefix-cache-scorer"):
            assert page.value(family, extension_point="Scorer", plugin_type=plugin, plugin_name=plugin) == 10
        assert page.total(family, extension_point="Picker", plugin_type="max-score-picker") == 10
        # Asked for a profile, and again when that has run.
        assert page.total(family, extension_point="ProfilePicker", plugin_type="single-profile-handler") == 20
        assert page.total(family, extension_point="ProcessProfilesResults") == 10
    # Plugins are a part of what a pick takes.
    times = page.total(name.replace("_count", "_sum"))
    assert 0 < times <= page.value("inference_extension_scheduler_e2e_duration_seconds_sum")


def test_prefix_lookups(page: Page) -> None:
    """Each of the eight prompts has eight blocks of 64 bytes; the two short ones have none."""
    for prefix, labels in [
        ("inference_extension", {}),
        ("llm_d_epp", {"plugin_name": "approx-prefix-cache-producer", "plugin_type": "approx-prefix-cache-producer"}),
    ]:
        assert page.value(f"{prefix}_prefix_indexer_hit_ratio_count", **labels) == 8
        assert page.value(f"{prefix}_prefix_indexer_hit_bytes_count", **labels) == 10
        # The first found nothing, and the second already something.
        assert 0 < page.value(f"{prefix}_prefix_indexer_hit_ratio_sum", **labels) <= 7
        assert 0 < page.value(f"{prefix}_prefix_indexer_hit_bytes_sum", **labels) <= 7 * 512


def test_requests_are_timed_until_they_are_sent_on(page: Page) -> None:
    # Ten that were sent on, and one whose body names no model.
    assert page.value("llm_d_epp_request_processing_duration_seconds_count") == 11
    assert page.value("llm_d_epp_flow_control_stale_endpoints", detector="utilization-detector") == 0


def test_details_that_dashboards_know(page: Page) -> None:
    assert 'le="32778"' in page.text
    ours = ("# HELP inference_objective_", "# HELP inference_pool_", "# HELP inference_extension_")
    helps = [line for line in page.text.splitlines() if line.startswith(ours)]
    assert helps
    assert all(line.split(" ", 3)[3].startswith("[ALPHA] ") for line in helps)
    assert page.value("inference_extension_info") == 1


def test_the_page_is_a_get(fleet: Fleet) -> None:
    assert httpx.post(f"{fleet.metrics_url}/metrics", trust_env=False).status_code == 405
    assert httpx.get(f"{fleet.metrics_url}/nothing", trust_env=False).status_code == 404
    answer = httpx.get(f"{fleet.metrics_url}/metrics", trust_env=False)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


# Answers that take long enough to be seen on their way.
SLOW = ("--time-to-first-token", "400ms", "--inter-token-latency", "1ms")


def test_in_flight_requests_by_flow(up: FleetPool) -> None:
    fleet = up({"objects.yaml": [deployment("sim", MODEL, latency=SLOW), pool("pool", "sim"), objective("high", 7)]})

    def in_flight() -> dict[tuple[str, str], float]:
        samples = fleet.metrics().all("llm_d_epp_inflight_requests")
        found = {(sample.labels["fairness_id"], sample.labels["priority"]): sample for sample in samples}
        for sample in found.values():
            assert sample.labels["endpoint_name"] == "sim-0-rank-0"
            assert sample.labels["producer_name"] == "inflight-load-producer"
        return {key: sample.value for key, sample in found.items()}

    idle = {("default-flow", "0"): 0.0}
    assert in_flight() == idle
    flows: list[dict[str, str]] = [
        {},
        {"x-gateway-inference-fairness-id": "team"},
        {"x-gateway-inference-fairness-id": "team", "x-gateway-inference-objective": "high"},
    ]
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(fleet.ask, MODEL, headers=headers) for headers in flows]
        fleet.becomes(in_flight, {("default-flow", "0"): 1.0, ("team", "0"): 1.0, ("team", "7"): 1.0})
        assert fleet.metrics().total("llm_d_epp_inflight_tokens") > 0
        assert [answer.result().status_code for answer in answers] == [200] * 3
    fleet.becomes(in_flight, idle)


FLOW_CONTROL = {
    "apiVersion": "inference.networking.x-k8s.io/v1alpha1",
    "kind": "EndpointPickerConfig",
    "featureGates": ["flowControl"],
    "plugins": [{"type": "queue-scorer"}, {"type": "concurrency-detector", "parameters": {"maxConcurrency": 1}}],
    "saturationDetector": {"pluginRef": "concurrency-detector"},
    "flowControl": {"maxRequests": 4, "priorityBands": [{"priority": 0, "maxRequests": 2}]},
}


def test_flow_control(up: FleetPool) -> None:
    """One request at a time: one is served, two wait, and the fourth is refused."""
    objects = [deployment("sim", MODEL, latency=SLOW), pool("pool", "sim"), rewrite("alias", rule(MODEL, "alias"))]
    fleet = up({"objects.yaml": objects}, "--config-text", json.dumps(FLOW_CONTROL), replica_ports=1)
    queue = "inference_extension_flow_control_queue_size"
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(fleet.ask, MODEL)]
        fleet.becomes(lambda: fleet.metrics().total("llm_d_epp_inflight_requests"), 1)
        answers += [threads.submit(fleet.ask, "alias") for _ in range(2)]
        fleet.becomes(lambda: fleet.metrics().total(queue), 2)
        error_of(fleet.ask("alias"), 429)
        page = fleet.metrics()
        labels = {"fairness_id": "default-flow", "priority": "0", "inference_pool": "pool"}
        assert page.value(queue, **labels, model_name="alias", target_model_name=MODEL) == 2
        assert page.total("llm_d_epp_flow_control_queue_bytes", model_name="alias") > 0
        assert page.value("inference_extension_flow_control_pool_saturation", inference_pool="pool") >= 1
        capacity = "llm_d_epp_flow_control_{}capacity_utilization_requests"
        assert page.value(capacity.format(""), priority="0", inference_pool="pool") == 1
        assert page.value(capacity.format("global_"), inference_pool="pool") == 0.5
        assert [answer.result().status_code for answer in answers] == [200] * 3
    page = fleet.metrics()
    assert page.total(queue) == 0
    assert page.total("inference_extension_flow_control_queue_bytes") == 0
    requests = "llm_d_epp_flow_control_requests_total"
    assert page.value(requests, outcome="Dispatched", priority="0", inference_pool="pool") == 3
    assert page.value(requests, outcome="RejectedCapacity", priority="0", inference_pool="pool") == 1
    for prefix in ("inference_extension", "llm_d_epp"):
        waits = f"{prefix}_flow_control_request_queue_duration_seconds"
        assert page.value(f"{waits}_count", outcome="Dispatched", model_name="alias") == 2
        # They were served one after the other.
        assert page.value(f"{waits}_sum", outcome="Dispatched", model_name="alias") > 0.4
        enqueue = f"{prefix}_flow_control_request_enqueue_duration_seconds"
        assert page.value(f"{enqueue}_count", outcome="NotYetFinalized", fairness_id="default-flow") == 3
        assert page.value(f"{enqueue}_count", outcome="RejectedCapacity") == 1
        cycle = f"{prefix}_flow_control_dispatch_cycle_duration_seconds"
        assert page.value(f"{cycle}_count") >= 6
        for name, bounds in [(waits, WAITS), (enqueue, SCHEDULER), (cycle, SCHEDULER)]:
            found = {float(sample.labels["le"]) for sample in page.all(f"{name}_bucket")}
            assert found == {*bounds, float("inf")}
    # The server does not know that two of its three requests, of 400 ms each, had waited in the picker.
    replica = fleet.replica_metrics(0)
    assert replica.value("vllm:request_queue_time_seconds_sum") < 0.2
    assert 1.2 <= replica.value("vllm:time_to_first_token_seconds_sum") < 1.8
    assert 1.2 <= replica.value("http_request_duration_highr_seconds_sum") < 1.8


def test_priorities(up: FleetPool) -> None:
    objects = [deployment("sim", MODEL), pool("pool", "sim"), objective("high", 7), objective("low", -3)]
    fleet = up({"objects.yaml": objects})
    for name in ("high", "low", "low", "nobody"):
        assert fleet.ask(MODEL, headers={"x-gateway-inference-objective": name}).status_code == 200
    page = fleet.metrics()
    counts: dict[str, Any] = {sample.labels["priority"]: sample.value for sample in page.all(REQUESTS)}
    assert counts == {"7": 1, "-3": 2, "0": 1}


def test_usage_of_servers_elsewhere(up: FleetPool) -> None:
    recorder = Recorder(MODEL)
    try:
        fleet = up(None, "--endpoint", recorder.url)
        fleet.status_becomes(MODEL, 200)
        before = fleet.metrics().total("inference_objective_output_tokens_count")
        for _ in range(5):
            assert fleet.ask(MODEL).status_code == 200
        # One that came before may be counted late.
        eventually(
            lambda: fleet.metrics().total("inference_objective_output_tokens_count") - before,
            lambda count: 5 <= count <= 6,
        )
    finally:
        recorder.close()


def test_model_names_are_bounded(up: FleetPool) -> None:
    """A client that makes up names does not make the page grow for ever."""
    servers = [deployment("sim", MODEL, latency=()), pool("pool", "sim")]
    fleet = up({"objects.yaml": [*servers, rewrite("all", rule(MODEL))]})
    with fleet.connect() as connection:
        for number in range(1100):
            answer = connection.post("/v1/completions", {"model": f"m{number}", "prompt": "x", "max_tokens": 1})
            assert answer.status == 200
    page = fleet.metrics()
    names = {sample.labels["model_name"] for sample in page.all(REQUESTS)}
    assert len(names) <= 1001
    assert "other" in names
    assert page.total(REQUESTS) == 1100
