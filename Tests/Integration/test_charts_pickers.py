"""Pickers as the chart `understudy-epp` renders them are started: arguments, probes and rights fit."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from support.charts import (
    PICKER,
    SERVERS,
    VALUE_FILES,
    arguments,
    chart_of,
    container,
    container_port,
    pod_labels,
    rendered,
    selects,
    values_of,
    workload,
)
from support.epp import SERVING, Picker, PickerPool
from support.fake_kubernetes import EXPERIMENTAL_RESOURCES, LLMD, POOL_RESOURCES, FakeKubernetes
from support.fleet import Fleet, FleetPool
from support.helm import Rendered, render
from support.manifests import remote_pod
from support.process import run_to_exit
from support.waiting import eventually

pytest_plugins = ["support.epps", "support.fleets"]

PICKERS = [path for path in VALUE_FILES if chart_of(path) == PICKER]


@pytest.fixture(scope="module")
def certificate() -> Iterator[Path]:
    """What a Secret of type kubernetes.io/tls is when it is mounted."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", "tls.key", "-out", "tls.crt", "-days", "2", "-subj", "/CN=localhost"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        yield Path(folder)


@pytest.fixture
def kubernetes() -> Iterator[FakeKubernetes]:
    served = POOL_RESOURCES | {version: [*names] for version, names in EXPERIMENTAL_RESOURCES.items()}
    fake = FakeKubernetes(served | {f"{LLMD}/v1alpha2": ["inferenceobjectives", "inferencemodelrewrites"]})
    yield fake
    fake.close()


def start(epp: PickerPool, release: Rendered, kubernetes: FakeKubernetes, folder: Path, certificate: Path) -> Picker:
    words = arguments(release, folder)
    if "--cert-path" in words:
        words[words.index("--cert-path") + 1] = str(certificate)
    assert words.pop(0) == "epp"
    identity = {"POD_NAME": "demo-epp-0", "NAMESPACE": "ns"}
    return epp(None, *words, "--kubeconfig", kubernetes.kubeconfig(folder), secure=True, env=identity)


def readiness(release: Rendered) -> tuple[int, str]:
    probe = container(release)["readinessProbe"]["grpc"]
    return probe["port"], probe["service"]


def liveness(picker: Picker, release: Rendered) -> int:
    request = container(release)["livenessProbe"]["httpGet"]
    assert container_port(release, request["port"]) == 9090
    url = httpx.URL(picker.ready["metrics_url"]).copy_with(path=request["path"])
    return httpx.get(url, trust_env=False).status_code


@pytest.mark.parametrize("path", PICKERS, ids=lambda path: path.stem)
def test_pickers(epp: PickerPool, kubernetes: FakeKubernetes, tmp_path: Path, certificate: Path, path: Path) -> None:
    release = rendered(path)
    picker = start(epp, release, kubernetes, tmp_path, certificate)
    port, service = readiness(release)
    assert container_port(release, "grpc-health") == port == 9003
    # Without its pool it is alive, but not ready.
    assert liveness(picker, release) == 200
    assert picker.health(service) != SERVING
    pool = release.one("InferencePool")
    kubernetes.apply(pool)
    labels = pool["spec"]["selector"]["matchLabels"]
    ports = pool["spec"]["targetPorts"]
    pod = remote_pod("pod-0", "any", "127.0.1.77")
    pod["metadata"] |= {"labels": labels, "namespace": "ns"}
    kubernetes.apply(pod, *release.all("InferenceObjective"), *release.all("InferenceModelRewrite"))
    eventually(lambda: picker.health(service), lambda status: status == SERVING)
    assert liveness(picker, release) == 200
    # One endpoint for each of the pool's ports: the picker serves the pool of the chart, and sees its pods.
    picker.becomes(lambda: endpoints(picker), {f"pod-0-rank-{rank}" for rank in range(len(ports))})
    picker.assert_healthy()
    assert_allowed(release, kubernetes)


def endpoints(picker: Picker) -> set[str]:
    """The endpoints of the release's pool."""
    samples = picker.metrics().all("llm_d_epp_per_endpoint_queue_size")
    return {sample.labels["model_server_endpoint"] for sample in samples if sample.labels["name"] == "demo"}


def rights(release: Rendered) -> set[tuple[str, str, str]]:
    """Group, resource and verb of everything that the picker's ServiceAccount may do."""
    role, binding = release.one("Role"), release.one("RoleBinding")
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    account = workload(release)["spec"]["template"]["spec"]["serviceAccountName"]
    assert [(subject["kind"], subject["name"]) for subject in binding["subjects"]] == [("ServiceAccount", account)]
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def asked(kubernetes: FakeKubernetes) -> set[tuple[str, str, str]]:
    """Group, resource and verb of every request; everybody may ask what is served."""
    found = set()
    for method, path in kubernetes.requests:
        match = re.fullmatch(r"/(?:api|apis/([\w.-]+))/v\w+/namespaces/ns/(\w+)(/[\w.-]+)?", path)
        if match is None:
            assert re.fullmatch(r"/(api|apis/[\w.-]+)/v\w+", path), path
            continue
        verb = {"WATCH": "watch", "POST": "create", "PUT": "update", "GET": "get" if match[3] else "list"}[method]
        found.add((match[1] or "", match[2], verb))
    return found


def assert_allowed(release: Rendered, kubernetes: FakeKubernetes) -> None:
    allowed = rights(release)
    needed = asked(kubernetes)
    assert ("", "pods", "watch") in needed
    assert needed <= allowed, f"not allowed: {needed - allowed}"
    # And nothing else: what it may write is what it writes; a leader renews its lease every two seconds.
    writing = {right for right in allowed if right[2] in {"create", "update", "patch", "delete"}}
    eventually(lambda: writing - asked(kubernetes), lambda unused: not unused)


def test_only_a_picker_of_several_writes_leases() -> None:
    for path in PICKERS:
        leases = any(resource == "leases" for _, resource, _ in rights(rendered(path)))
        assert leases == (values_of(path)["inferenceExtension"].get("replicas", 1) > 1)


def test_what_monitors_read(epp: PickerPool, kubernetes: FakeKubernetes, tmp_path: Path, certificate: Path) -> None:
    release = rendered(PICKER / "ci" / "podmonitor-values.yaml")
    (endpoint,) = release.one("PodMonitor")["spec"]["podMetricsEndpoints"]
    assert container_port(release, endpoint["port"]) == 9090
    picker = start(epp, release, kubernetes, tmp_path, certificate)
    assert httpx.URL(picker.ready["metrics_url"]).path == endpoint["path"]
    assert picker.metrics().samples


# Both together


def both() -> tuple[Rendered, Rendered]:
    """The releases of the charts' READMEs: servers `qwen`, and the pool `qwen-pool` of them."""
    servers = render(SERVERS, {"image": {"tag": "1"}, "replicaCount": 3, "config": {"model": "q"}}, name="qwen")
    values = {
        "inferenceExtension": {"image": {"tag": "1"}},
        "inferencePool": {"modelServers": {"matchLabels": {"app": "qwen"}}},
        "experimentalHttpRoute": {"enabled": True},
        "inferenceGateway": {"create": True},
        "provider": {"name": "agentgateway"},
        "inferenceModelRewrites": [{"name": "alias", "rules": [{"models": ["alias"], "targets": [{"model": "q"}]}]}],
    }
    return servers, render(PICKER, values, name="qwen-pool")


def test_a_pool_selects_the_servers() -> None:
    servers, picker = both()
    pool = picker.one("InferencePool")["spec"]
    assert selects(pool["selector"]["matchLabels"], pod_labels(servers))
    assert not selects(pool["selector"]["matchLabels"], pod_labels(picker))
    assert [port["number"] for port in pool["targetPorts"]] == [container_port(servers, "http")]


def test_both_charts_simulated(up: FleetPool) -> None:
    """`understudy up` reads what both render, as it reads the manifests of a cluster, and answers through the route."""
    fleet: Fleet = up({f"{index}.yaml": release.text for index, release in enumerate(both())})
    for model in ("q", "alias"):
        answers = {fleet.ask(model).headers["x-inference-pod"] for _ in range(12)}
        assert answers <= {"qwen-0", "qwen-1", "qwen-2"}
    assert "warn" not in fleet.log.lower(), fleet.log


def test_validate_accepts_the_picker_s_objects(tmp_path: Path) -> None:
    for path in PICKERS:
        release = rendered(path)
        objects = [item for item in release.manifests if item["apiVersion"].startswith("inference.")]
        (tmp_path / f"{path.stem}.yaml").write_text(yaml.safe_dump_all(objects))
        result = run_to_exit("epp", "validate", "-f", str(tmp_path / f"{path.stem}.yaml"), "--pool-name", "demo",
                             "--pool-namespace", "ns")  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        assert "ns/demo" in result.stdout
