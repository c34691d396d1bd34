"""Grafana's queries have data: a real Prometheus scrapes a fleet and a server while requests go through them.

The queries are those of our dashboard, of vLLM's and the inference gateways' own, and what autoscalers ask
(Tests/Integration/dashboards). Prometheus runs with the configuration and the rules of examples/prometheus.
"""

import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from support.demo_traffic import chat, completion, traffic
from support.fleet import Fleet, FleetPool
from support.grafana import PLACE, Grafana, Series, panels_of, variables_of
from support.prometheus import Prometheus
from support.query_lists import QueryList, query_lists
from support.server import Server, ServerPool
from support.waiting import eventually

pytest_plugins = ["support.fleets"]
pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "prometheus"
DASHBOARD = json.loads((ROOT / "charts" / "understudy-epp" / "dashboards" / "pool-and-epp.json").read_text())
PANELS = {panel["title"]: panel for panel in panels_of(DASHBOARD["panels"])}
INTERVALS = {"__interval", "__rate_interval", "__range"}
# Between GIE's name of a metric and llm-d's.
OR = "\nor\n"

MODEL = "facebook/opt-125m"
CANARY = "facebook/opt-125m-canary"
SCRAPE_INTERVAL = 0.5
SCRAPES = 10
FLOW_CONTROL = {
    "apiVersion": "inference.networking.x-k8s.io/v1alpha1",
    "kind": "EndpointPickerConfig",
    "featureGates": ["flowControl"],
    "plugins": [
        {"type": "queue-scorer"},
        {"type": "kv-cache-utilization-scorer"},
        {"type": "prefix-cache-scorer"},
        {"type": "concurrency-detector", "parameters": {"maxConcurrency": 2}},
    ],
    "saturationDetector": {"pluginRef": "concurrency-detector"},
}


def watched(prometheus: Prometheus, url: str, calls: list[Any], targets: int) -> Grafana:
    """Keeps requests going until every target was scraped often enough; Grafana then looks at that time."""
    eventually(lambda: prometheus.value("sum(up)"), lambda up: up == targets, within=20, every=0.05)
    start = time.time()
    with traffic(url, calls, clients=12):
        eventually(
            lambda: prometheus.value(f"min(count_over_time(up[{1 + 1000 * (time.time() - start):.0f}ms]))") or 0,
            lambda scrapes: scrapes >= SCRAPES, within=20 + SCRAPES * SCRAPE_INTERVAL, every=0.1,
        )  # fmt: skip
        end = time.time()
    return Grafana(prometheus, start, end, SCRAPE_INTERVAL)


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    flags = ["--split", "smooth", "--config-text", json.dumps(FLOW_CONTROL)]
    return up_for_module(None, "-f", "models.json", *flags, replica_ports=3, cwd=ROOT)


@pytest.fixture(scope="module")
def fleet_prometheus(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """The example's configuration, with this fleet's ports and shorter intervals."""
    folder = tmp_path_factory.mktemp("fleet")
    assert fleet.base_port is not None
    places = {
        "localhost:9090": fleet.metrics_url.removeprefix("http://"),
        **{f"localhost:{9000 + index}": f"127.0.0.1:{fleet.base_port + index}" for index in range(3)},
        "scrape_interval: 5s": f"scrape_interval: {1000 * SCRAPE_INTERVAL:.0f}ms\n  evaluation_interval: 1s",
    }
    configuration = (EXAMPLE / "prometheus.yml").read_text()
    for shown, actual in places.items():
        assert shown in configuration, f"the example does not have {shown}"
        configuration = configuration.replace(shown, actual)
    shutil.copy(EXAMPLE / "rules.yml", folder)
    process = Prometheus(configuration, folder)
    yield process
    process.close()


@pytest.fixture(scope="module")
def server(serve_for_module: ServerPool) -> Server:
    """One server, without a picker."""
    return serve_for_module(
        "--lora-modules", "adapter=/p", "--max-num-seqs", "8", "--time-to-first-token", "20ms",
        "--inter-token-latency", "5ms", model=MODEL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def server_prometheus(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    job = {"job_name": "vllm", "static_configs": [{"targets": [server.url.removeprefix("http://")]}]}
    configuration = {"global": {"scrape_interval": f"{1000 * SCRAPE_INTERVAL:.0f}ms"}, "scrape_configs": [job]}
    # JSON is YAML.
    process = Prometheus(json.dumps(configuration), tmp_path_factory.mktemp("server"))
    yield process
    process.close()


@pytest.fixture(scope="module")
def watched_fleet(fleet: Fleet, fleet_prometheus: Prometheus, server_prometheus: Prometheus) -> Grafana:
    """The fleet under load. Both Prometheuses start before it, since each takes five seconds to its first scrape."""
    calls = [
        *(completion("opt") for _ in range(6)),
        completion("opt", stream=True),
        completion("opt-stable", stream=True),
        completion("small-segment-lora-v1"),
        completion(CANARY),
        chat(MODEL, stream=True),
        completion("opt", status=400, max_tokens=0),
        completion("nobody", status=404),
    ]
    return watched(fleet_prometheus, fleet.url, calls, targets=4)


@pytest.fixture(scope="module")
def watched_server(server: Server, server_prometheus: Prometheus) -> Grafana:
    """The single server under load."""
    calls = [completion(MODEL), completion(MODEL, stream=True), completion("adapter"), completion("x", status=404)]
    return watched(server_prometheus, server.url, calls, targets=1)


# Our dashboard


def test_the_dashboard_is_whole() -> None:
    """What Grafana needs in order to import it, and what a reader needs in order to understand it."""
    assert DASHBOARD["schemaVersion"] >= 39
    assert DASHBOARD["uid"]
    # Grafana gives an id to what it imports.
    assert "id" not in DASHBOARD
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert len(PANELS) == len(list(panels_of(DASHBOARD["panels"]))), "two panels have one title"
    names = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, f"{panel['title']} lies on another panel"
        taken |= cells
    for title, panel in PANELS.items():
        assert panel["description"], title
        assert panel["datasource"]["uid"] == "${datasource}", title
        assert panel["fieldConfig"]["defaults"]["unit"], title
        assert panel["targets"], title
        for target in panel["targets"]:
            assert target["legendFormat"], title
            used = {place["plain"] or place["braced"] for place in PLACE.finditer(target["expr"])}
            assert used <= names | INTERVALS, title


@pytest.mark.parametrize("title", PANELS)
def test_our_panels(watched_fleet: Grafana, title: str) -> None:
    values = watched_fleet.chosen(variables_of(DASHBOARD))
    for target in PANELS[title]["targets"]:
        generations = target["expr"].split(OR)
        for query in {target["expr"], *generations}:
            assert watched_fleet.series(query, values), watched_fleet.filled(query, values)


@pytest.mark.parametrize("title", [title for title, panel in PANELS.items() if "vllm:" in panel["targets"][0]["expr"]])
def test_our_panels_of_servers_without_a_picker(watched_server: Grafana, title: str) -> None:
    values = watched_server.chosen(variables_of(DASHBOARD))
    for target in PANELS[title]["targets"]:
        assert watched_server.series(target["expr"], values), watched_server.filled(target["expr"], values)


def drawn(grafana: Grafana, title: str, target: int = 0, **choices: str) -> list[Series]:
    values = grafana.chosen(variables_of(DASHBOARD), **choices)
    return grafana.series(PANELS[title]["targets"][target]["expr"], values)


def test_our_variables(watched_fleet: Grafana) -> None:
    variables = variables_of(DASHBOARD)
    everything = dict.fromkeys(variables, ".*")
    assert watched_fleet.options(variables["namespace"], everything) == []
    assert watched_fleet.options(variables["pool"], everything) == ["models"]
    assert watched_fleet.options(variables["served_model"], everything) == [MODEL, CANARY]
    asked = {"opt", "opt-stable", "small-segment-lora-v1", MODEL, CANARY}
    assert set(watched_fleet.options(variables["model"], everything)) == asked


def test_a_choice_narrows_the_panels(watched_fleet: Grafana) -> None:
    assert {line.labels["model_name"] for line in drawn(watched_fleet, "Waiting by server")} == {MODEL, CANARY}
    assert len(drawn(watched_fleet, "Waiting by server", served_model=MODEL)) == 2
    assert [line.labels["model_name"] for line in drawn(watched_fleet, "Waiting by server", served_model=CANARY)] == [
        CANARY
    ]
    assert {line.labels["model_name"] for line in drawn(watched_fleet, "Requests by model", model="opt")} == {"opt"}


def test_panels_show_what_happened(watched_fleet: Grafana) -> None:
    split = {line.labels["target_model"]: line.values for line in drawn(watched_fleet, "Canary split", model="opt")}
    assert fmean(split[CANARY]) == pytest.approx(0.1, abs=0.05)
    assert split[MODEL][-1] + split[CANARY][-1] == pytest.approx(1)
    errors = {line.labels["error_code"] for line in drawn(watched_fleet, "Errors by model and kind")}
    assert errors == {"ModelServerError", "NotFound"}
    assert {"2xx", "4xx"} <= {line.labels["status"] for line in drawn(watched_fleet, "Responses by status")}
    assert max(max(line.values) for line in drawn(watched_fleet, "Running by server")) >= 1
    assert {line.labels["pod_name"].rsplit("-", 1)[0] for line in drawn(watched_fleet, "Picks by endpoint")} == {
        "facebook-opt-125m", "facebook-opt-125m-canary",
    }  # fmt: skip
    (ready,) = drawn(watched_fleet, "Ready endpoints")
    assert set(ready.values) == {3}
    # 30 ms with a deviation of 5, though requests wait in the picker; the bucket's bounds are 20 and 40 ms.
    (first,) = drawn(watched_fleet, "Time to first token", served_model=CANARY)
    assert 0.02 <= fmean(first.values) <= 0.05
    # All prompts begin alike, and the picker sees it.
    assert drawn(watched_fleet, "Prefix known to the picker")[0].values[-1] > 0.3
    (saturation,) = drawn(watched_fleet, "Saturation")
    assert max(saturation.values) >= 1
    assert max(max(line.values) for line in drawn(watched_fleet, "Queue")) >= 1


# Others' dashboards


def drawing(grafana: Grafana, known: QueryList, queries: list[str]) -> dict[str, bool]:
    """Whether each query draws something; with a variable that lists its options, for each of them."""
    only = {name for name, variable in known.variables.items() if name == "model_name" and not variable.includes_all}
    values = grafana.chosen(known.variables, **dict.fromkeys(only, MODEL))
    listed = {name: variable.options for name, variable in known.variables.items() if variable.options}
    found: dict[str, bool] = {}
    for query in queries:
        names = [name for name in listed if f"${name}" in query]
        for chosen in itertools.product(*(listed[name] for name in names)):
            now = values | dict(zip(names, chosen, strict=True))
            found[grafana.filled(query, now)] = bool(grafana.series(query, now))
    return found


VLLM = query_lists("vllm")
SERVERS, PICKER = query_lists("autoscaling")


@pytest.mark.parametrize("known", [*VLLM, *query_lists("inference-gateway"), SERVERS, PICKER], ids=lambda k: k.source)
def test_known_queries_on_a_fleet(watched_fleet: Grafana, known: QueryList) -> None:
    assert [query for query, draws in drawing(watched_fleet, known, known.queries).items() if not draws] == []


@pytest.mark.parametrize("known", [*VLLM, SERVERS], ids=lambda k: k.source)
def test_known_queries_on_one_server(watched_server: Grafana, known: QueryList) -> None:
    assert [query for query, draws in drawing(watched_server, known, known.queries).items() if not draws] == []


@pytest.mark.parametrize("known", [known for known in VLLM if known.empty], ids=lambda k: k.source)
def test_exemptions_are_needed(watched_fleet: Grafana, known: QueryList) -> None:
    """A query that has data after all belongs to the others."""
    queries = [query for exempted in known.empty.values() for query in exempted]
    assert [query for query, draws in drawing(watched_fleet, known, queries).items() if draws] == []


# Rules and the document


def test_rules_alert_when_they_should() -> None:
    result = subprocess.run(
        ["promtool", "test", "rules", "rules_test.yml"], cwd=Path(__file__).parent / "dashboards",
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


def test_rules_run(watched_fleet: Grafana) -> None:
    """Prometheus evaluates them without an error, and the recorded series have data."""
    groups = watched_fleet.prometheus.http.get("/rules").json()["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["health"] for rule in rules} == {"ok"}, rules
    recorded = [rule["name"] for rule in rules if rule["type"] == "recording"]
    assert len(recorded) == 4
    assert [name for name in recorded if not watched_fleet.series(name, {})] == []


def test_the_document_shows_the_example() -> None:
    document = (ROOT / "docs" / "dashboards.md").read_text()
    shown = document.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert shown in (EXAMPLE / "prometheus.yml").read_text()
