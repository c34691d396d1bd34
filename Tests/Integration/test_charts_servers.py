"""Servers as the chart `understudy` renders them are started: arguments, mounted files, probes and metrics fit."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.charts import (
    SERVERS,
    VALUE_FILES,
    arguments,
    chart_of,
    container,
    container_port,
    flag,
    rendered,
    values_of,
    workload,
)
from support.exposition import Page
from support.fleet import Fleet, FleetPool
from support.helm import Rendered, render
from support.manifests import Manifest
from support.process import run_to_exit
from support.server import ServerPool
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

IDS = {"ids": lambda path: path.stem}
STANDALONE_FILES = [path for path in VALUE_FILES if values_of(path).get("standalone")]
SERVING_FILES = [path for path in VALUE_FILES if chart_of(path) == SERVERS and path not in STANDALONE_FILES]


# Model servers


def dry_run(words: list[str]) -> dict[str, Any]:
    """The configuration that the words ask for; the image's entry point is the binary alone."""
    result = run_to_exit(*words, "--dry-run")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("path", SERVING_FILES, **IDS)
def test_servers(serve: ServerPool, path: Path) -> None:
    release = rendered(path)
    words = arguments(release)
    effective = dry_run(words)
    assert effective["port"] == container_port(release, "http")
    wanted = values_of(path)["config"]
    (model,) = effective["models"]
    assert model["model"] == wanted["model"]
    assert effective["shutdown-timeout"] == f"{wanted.get('shutdownTimeout', 30)}s"

    server = serve(*words, "--port", "0", "--host", "127.0.0.1", model=None, host=None)
    assert_probes(server.http, release, "https" if wanted.get("selfSignedCerts") else "http")
    for adapter in wanted.get("loraModules", []):
        name = adapter["name"] if isinstance(adapter, dict) else re.findall(r"lora\d", adapter)[0]
        assert name in [card["id"] for card in server.get("/v1/models").json()["data"]]
    assert_metrics(release, server.metrics())


def assert_probes(http: httpx.Client, release: Rendered, scheme: str = "http") -> None:
    """Each probe asks for the port that is served, and is answered in the end."""
    probes = {name: probe for name, probe in container(release).items() if name.endswith("Probe")}
    assert {"livenessProbe", "readinessProbe"} <= set(probes)
    for probe in probes.values():
        request = probe["httpGet"]
        assert container_port(release, request["port"]) == container_port(release, "http")
        assert request.get("scheme", "HTTP").lower() == scheme == http.base_url.scheme
        eventually(lambda path=request["path"]: http.get(path).status_code, lambda status: status == 200)


def metric_names(release: Rendered) -> set[str]:
    """What autoscalers ask for, by vLLM's names."""
    names = set()
    for autoscaler in release.all("HorizontalPodAutoscaler"):
        names |= {metric["pods"]["metric"]["name"] for metric in autoscaler["spec"]["metrics"]}
    for scaled in release.all("ScaledObject"):
        queries = [trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"]]
        names |= {re.fullmatch(r'sum\(([\w:]+)\{namespace="ns",pod=~"demo-\.\+"\}\)', query)[1] for query in queries}
    # The name that an adapter gives, as its rules usually do.
    return {name.replace("vllm_", "vllm:") for name in names}


def assert_metrics(release: Rendered, page: Page) -> None:
    for name in metric_names(release):
        assert list(page.all(name)), f"{name} is not on the page"
    for monitor in release.all("PodMonitor"):
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        assert endpoint["path"] == "/metrics"
        assert endpoint["port"] == "http"


def test_autoscalers_ask_for_metrics() -> None:
    wanted = {"vllm:num_requests_waiting", "vllm:num_requests_running"}
    for name in ("hpa", "keda"):
        release = rendered(SERVERS / "ci" / f"{name}-values.yaml")
        assert metric_names(release) == wanted
        (scaler,) = release.all("HorizontalPodAutoscaler") + release.all("ScaledObject")
        target = scaler["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) == (workload(release)["kind"], workload(release)["metadata"]["name"])
        assert "replicas" not in workload(release)["spec"], "would undo the autoscaler's work at each upgrade"


SCHEMA = json.loads((SERVERS / "values.schema.json").read_text())
FLAGS = SCHEMA["properties"]["config"]["properties"]
NEEDS = {
    "fingerprintValue": {"fingerprintMode": "custom"},
    "timeToFirstTokenStdDev": {"timeToFirstToken": "1s"},
    "interTokenLatencyStdDev": {"interTokenLatency": "1s"},
    "prefillTimeStdDev": {"prefillOverhead": "1s"},
    "kvCacheTransferLatencyStdDev": {"kvCacheTransferLatency": "1s", "timeToFirstToken": "1s"},
    "kvCacheTransferTimeStdDev": {"kvCacheTransferTimePerToken": "1s"},
    "maxCpuLoras": {"maxLoras": 1},
}


def sample(schema: Manifest) -> Any:
    """A value that the schema takes."""
    if "$ref" in schema:
        special = {
            "duration": "1500us",
            "count": "32k",
            "adapters": [{"name": "a", "path": "/a"}],
            "strings": ["m", "n"],
        }
        name = schema["$ref"].removeprefix("#/definitions/")
        return special[name] if name in special else sample(SCHEMA["definitions"][name])
    if "enum" in schema:
        return schema["enum"][-1]
    match schema["type"]:
        case "boolean":
            return True
        case "array":
            return [sample(schema["items"])]
        case "string":
            return "text"
        case _:
            return max(2, schema.get("minimum", 2))


@pytest.mark.parametrize("name", sorted(set(FLAGS) - {"model", "port"}))
def test_every_flag_of_the_schema(name: str) -> None:
    config = {"model": "m"} | NEEDS.get(name, {}) | {name: sample(FLAGS[name])}
    words = arguments(render(SERVERS, {"image": {"tag": "1"}, "config": config}))
    written = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
    assert any(word.split("=")[0] == f"--{written}" for word in words)
    dry_run(words)


def test_the_schema_has_every_flag() -> None:
    """All that `--dry-run` prints; but what belongs to a pod, or is a secret."""
    effective = dry_run(["--model", "m"])
    names = {name for part in (effective, effective["models"][0]) for name in part}
    names -= {"models", "replicas", "api-key", "root-path", "print-ready-json"}
    assert names == names & {re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name) for name in FLAGS}


# Standalone


@pytest.mark.parametrize("path", STANDALONE_FILES, **IDS)
def test_standalone(up: FleetPool, tmp_path: Path, path: Path) -> None:
    release = rendered(path)
    words = arguments(release, tmp_path)
    assert words[0] == "up"
    assert int(flag(words, "--port")) == container_port(release, "http")
    assert int(flag(words, "--metrics-port")) == container_port(release, "metrics")
    fleet: Fleet = up(None, *words[1:], "--port", "0", "--admin-port", "0", "--metrics-port", "0")
    assert_probes(fleet.http, release)
    assert list(fleet.metrics().all("inference_pool_ready_pods"))
    for monitor in release.all("PodMonitor"):
        assert [endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]] == ["metrics"]
    names = fleet.model_names
    assert names
    for name in names:
        assert fleet.ask(name).status_code == 200


def test_standalone_models(up: FleetPool, tmp_path: Path) -> None:
    """The value file is the demo of models.json."""
    words = arguments(rendered(SERVERS / "ci" / "standalone-canary-values.yaml"), tmp_path)
    fleet: Fleet = up(None, *words[1:], "--port", "0", "--admin-port", "0", "--metrics-port", "0")
    assert set(fleet.model_names) == {
        "facebook/opt-125m", "facebook/opt-125m-canary", "small-segment-lora-v1", "small-segment-lora-v2",
        "opt", "opt-stable",
    }  # fmt: skip
    assert fleet.deployments_of("opt", 20) == {"facebook-opt-125m": 18, "facebook-opt-125m-canary": 2}


def test_an_upgrade_takes_effect_without_a_restart(up: FleetPool, tmp_path: Path) -> None:
    """A mounted ConfigMap changes as the kubelet does it: a link to a folder is replaced."""
    values = {"image": {"tag": "1"}, "standalone": {"enabled": True, "models": [{"model": "a"}]}}
    before = render(SERVERS, values)
    values["standalone"]["models"].append({"model": "b", "replicas": 2})
    after = render(SERVERS, values)
    assert workload(before) == workload(after), "an upgrade would restart the pod"
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    for number, release in enumerate((before, after)):
        (mounted / f"..{number}").mkdir()
        (mounted / f"..{number}" / "models.json").write_text(release.one("ConfigMap")["data"]["models.json"])
    (mounted / "..data").symlink_to("..0")
    (mounted / "models.json").symlink_to("..data/models.json")
    words = [word.replace("/etc/understudy", str(mounted)) for word in container(before)["args"]]
    fleet: Fleet = up(None, *words[1:], "--port", "0", "--admin-port", "0", "--metrics-port", "0")
    assert fleet.model_names == ["a"]
    (mounted / "..new").symlink_to("..1")
    (mounted / "..new").rename(mounted / "..data")
    fleet.becomes(lambda: sorted(fleet.model_names), ["a", "b"])
