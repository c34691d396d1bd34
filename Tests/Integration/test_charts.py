"""Charts as Helm renders them are accepted by Helm and by the schemas of Kubernetes, and fit together.

`support/helm.py` says how Helm is run where there is no `helm`. Every combination that the charts document has a value
file in the chart's `ci` folder. test_charts_servers.py and test_charts_pickers.py start what they render,
test_charts_refused.py has what they refuse.
"""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from support.charts import (
    CHARTS,
    PICKER,
    PICKER_VALUES,
    SERVERS,
    VALUE_FILES,
    VALUES,
    chart_of,
    container,
    container_port,
    pod_labels,
    pod_spec,
    rendered,
    selects,
    values_of,
    workload,
)
from support.helm import Command, Rendered, lint, load, render
from support.schemas import validate

CHART_FOLDERS = [SERVERS, PICKER]
# Kinds of gateways' own; their schemas are not among those of support/schemas.py.
WITHOUT_SCHEMA = {"DestinationRule", "AgentgatewayPolicy"}
each_file = pytest.mark.parametrize("path", VALUE_FILES, ids=lambda path: f"{chart_of(path).name}-{path.stem}")
each_chart = pytest.mark.parametrize("chart", CHART_FOLDERS, ids=lambda chart: chart.name)


def test_there_are_value_files() -> None:
    for chart in CHART_FOLDERS:
        assert len([path for path in VALUE_FILES if chart_of(path) == chart]) >= 6


# Good values


@each_file
def test_lint(path: Path) -> None:
    assert lint(chart_of(path), values_of(path)) == []


@each_file
def test_manifests_are_valid(path: Path) -> None:
    problems = [
        error for item in rendered(path).manifests if item["kind"] not in WITHOUT_SCHEMA for error in validate(item)
    ]
    assert problems == []


@each_file
def test_rendering_is_deterministic(path: Path) -> None:
    assert [render(chart_of(path), values_of(path)) for _ in range(3)] == [rendered(path)] * 3


@each_file
def test_objects_belong_to_the_release(path: Path) -> None:
    release = rendered(path)
    names = [(item["kind"], item["metadata"]["name"]) for item in release.manifests]
    assert len(set(names)) == len(names)
    for item in release.manifests:
        metadata = item["metadata"]
        assert metadata["namespace"] == "ns"
        assert metadata["labels"]["app.kubernetes.io/instance"] == "demo"
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "Helm"
    assert release.notes.strip()
    assert "<no value>" not in release.text + release.notes


def selectors(release: Rendered) -> list[dict[str, str]]:
    """Everything that has to find the release's own pods."""
    found = []
    for item in release.manifests:
        spec = item.get("spec", {})
        match item["kind"]:
            case "Service":
                found.append(spec["selector"])
            case "Deployment" | "StatefulSet" | "PodDisruptionBudget" | "PodMonitor":
                found.append(spec["selector"]["matchLabels"])
            case "NetworkPolicy":
                found.append(spec["podSelector"]["matchLabels"])
    for constraint in pod_spec(release).get("topologySpreadConstraints", []):
        found.append(constraint["labelSelector"]["matchLabels"])
    return found


@each_file
def test_selectors_find_the_pods(path: Path) -> None:
    release = rendered(path)
    labels = pod_labels(release)
    found = selectors(release)
    assert len(found) >= 2
    assert all(selects(selector, labels) for selector in found)
    other = render(chart_of(path), values_of(path), name="other")
    assert not any(selects(selector, pod_labels(other)) for selector in found), "finds the pods of another release"


@each_file
def test_ports_have_names(path: Path) -> None:
    """Services, monitors and policies name ports that the container has."""
    release = rendered(path)
    for service in release.all("Service"):
        for port in service["spec"]["ports"]:
            assert container_port(release, port["targetPort"])
    for monitor in release.all("PodMonitor"):
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            assert container_port(release, endpoint["port"])
    for monitor in release.all("ServiceMonitor"):
        (service,) = release.all("Service")
        assert selects(monitor["spec"]["selector"]["matchLabels"], service["metadata"]["labels"])
        named = {port["name"] for port in service["spec"]["ports"]}
        assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= named
    for policy in release.all("NetworkPolicy"):
        for port in policy["spec"]["ingress"][0]["ports"]:
            assert container_port(release, port["port"])


@each_file
def test_pods_are_restricted(path: Path) -> None:
    """As the Pod Security Standard `restricted` asks, and without a writable file."""
    release = rendered(path)
    pod = pod_spec(release)["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] == 65532
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(release)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def variables(release: Rendered) -> dict[str, str]:
    fields = [item for item in container(release)["env"] if "fieldRef" in item.get("valueFrom", {})]
    return {item["name"]: item["valueFrom"]["fieldRef"]["fieldPath"] for item in fields}


@each_file
def test_pods_know_who_they_are(path: Path) -> None:
    expected = {"POD_NAME": "metadata.name"}
    if chart_of(path) == SERVERS:
        expected |= {"POD_NAMESPACE": "metadata.namespace", "POD_IP": "status.podIP"}
    else:
        expected |= {"NAMESPACE": "metadata.namespace"}
    assert variables(rendered(path)) == expected


def test_images() -> None:
    def image(**parts: str) -> str:
        return container(render(SERVERS, {"config": {"model": "m"}, "image": parts}))["image"]

    assert image(tag="1") == "understudy:1"
    assert image(tag="1", registry="registry.example:5000/") == "registry.example:5000/understudy:1"
    assert image(tag="1", repository="my-org/understudy") == "my-org/understudy:1"
    digest = "sha256:" + "0" * 64
    assert image(digest=digest) == f"understudy@{digest}"
    assert image(tag="1", digest=digest) == f"understudy:1@{digest}"


@each_chart
def test_no_registry_is_named(chart: Path) -> None:
    values = load(chart).values
    image = values["image"] if chart == SERVERS else values["inferenceExtension"]["image"]
    assert image["registry"] == ""
    assert image["tag"] == ""
    assert "/" not in image["repository"]


def test_grace_periods_leave_time_to_drain() -> None:
    values = {"image": {"tag": "1"}, "config": {"model": "m", "shutdownTimeout": 60}}
    assert pod_spec(render(SERVERS, values))["terminationGracePeriodSeconds"] == 65


def test_rewrites_and_objectives_refer_to_the_pool() -> None:
    release = rendered(PICKER / "ci" / "agentgateway-values.yaml")
    pool = release.one("InferencePool")["metadata"]["name"]
    assert pool == "demo"
    referring = release.all("InferenceObjective") + release.all("InferenceModelRewrite")
    assert len(referring) == 3
    for item in referring:
        assert item["spec"]["poolRef"] == {
            "group": "inference.networking.k8s.io",
            "kind": "InferencePool",
            "name": pool,
        }


@pytest.mark.parametrize("path", sorted((PICKER / "ci").glob("*.yaml")), ids=lambda path: path.stem)
def test_routes_lead_to_the_pool_and_the_pool_to_the_picker(path: Path) -> None:
    release = rendered(path)
    pool = release.one("InferencePool")
    for route in release.all("HTTPRoute"):
        (rule,) = route["spec"]["rules"]
        assert [reference["name"] for reference in rule["backendRefs"]] == [pool["metadata"]["name"]]
    picker = pool["spec"]["endpointPickerRef"]
    service = release.one("Service")
    assert picker["name"] == service["metadata"]["name"]
    assert picker["port"]["number"] in [
        port["port"] for port in service["spec"]["ports"] if container_port(release, port["targetPort"]) == 9002
    ]


def test_a_gateway_and_its_route_have_the_same_name() -> None:
    for name in ("agentgateway", "istio", "gateway-class"):
        release = rendered(PICKER / "ci" / f"{name}-values.yaml")
        (parent,) = release.one("HTTPRoute")["spec"]["parentRefs"]
        assert parent["name"] == release.one("Gateway")["metadata"]["name"]
    gateway_class = {"agentgateway": "agentgateway", "istio": "istio", "gateway-class": "nginx"}
    for name, expected in gateway_class.items():
        gateway = rendered(PICKER / "ci" / f"{name}-values.yaml").one("Gateway")
        assert gateway["spec"]["gatewayClassName"] == expected


def test_istio_speaks_tls_to_the_picker() -> None:
    release = rendered(PICKER / "ci" / "istio-values.yaml")
    rule = release.one("DestinationRule")["spec"]
    assert rule["host"] == f"{release.one('Service')['metadata']['name']}.ns.svc.cluster.local"
    assert rule["trafficPolicy"]["tls"] == {"mode": "SIMPLE", "insecureSkipVerify": True}
    assert rule["trafficPolicy"]["connectionPool"]["http"]["maxRequestsPerConnection"] == 256000


def test_agentgateway_takes_the_base_model_from_the_body() -> None:
    release = rendered(PICKER / "ci" / "agentgateway-values.yaml")
    policy = release.one("AgentgatewayPolicy")["spec"]
    assert policy["targetRefs"][0]["name"] == release.one("Gateway")["metadata"]["name"]
    (header,) = policy["traffic"]["transformation"]["request"]["set"]
    (match,) = release.one("HTTPRoute")["spec"]["rules"][0]["matches"][0]["headers"]
    assert header["name"] == match["name"]
    models = header["value"].removesuffix("[json(request.body).model]")
    assert json.loads(models) == {"facebook/opt-125m": "facebook/opt-125m", 'my "lora"': "facebook/opt-125m"}
    assert match["value"] in json.loads(models).values()


def test_long_release_names() -> None:
    """Helm's limit is 53 characters; two releases that differ at the end only have different objects."""
    for chart, values in ((SERVERS, VALUES), (PICKER, PICKER_VALUES)):
        releases = [render(chart, values, name="n" * 52 + end) for end in "ab"]
        for release in releases:
            assert [error for item in release.manifests for error in validate(item)] == []
        names = [{(item["kind"], item["metadata"]["name"]) for item in release.manifests} for release in releases]
        assert not names[0] & names[1]


HOSTILE = "a\"b'c: {d}\n- #e \\ {{ .Release.Name }} %s ü"


def test_hostile_texts_stay_texts() -> None:
    release = render(SERVERS, VALUES | {"config": {"model": HOSTILE, "servedModelName": [HOSTILE, "true", "1"]}})
    words = container(release)["args"]
    assert words[1] == HOSTILE
    assert words[words.index("--served-model-name") + 1 :][:3] == [HOSTILE, "true", "1"]
    standalone = {"enabled": True, "models": [{"model": HOSTILE}], "manifests": {"a.yaml": f"  # {HOSTILE}\nx: 1"}}
    data = render(SERVERS, VALUES | {"config": {}, "standalone": standalone}).one("ConfigMap")["data"]
    assert json.loads(data["models.json"]) == {"models": [{"model": HOSTILE}]}
    assert data["a.yaml"] == f"  # {HOSTILE}\nx: 1"
    rules = [{"models": [HOSTILE], "targets": [{"model": HOSTILE}]}]
    release = render(PICKER, PICKER_VALUES | {"inferenceModelRewrites": [{"name": "r", "rules": rules}]})
    (rule,) = release.one("InferenceModelRewrite")["spec"]["rules"]
    assert rule["matches"][0]["model"]["value"] == rule["targets"][0]["modelRewrite"] == HOSTILE


# Documents

READMES = [SERVERS / "README.md", PICKER / "README.md", CHARTS.parent / "docs" / "kubernetes.md"]
INSTALLS = [
    (path, re.sub(r"\\\n\s*", "", command))
    for path in READMES
    for command in re.findall(r"^\$ (helm (?:install|upgrade) (?:.*\\\n)*.*)$", path.read_text(), re.MULTILINE)
]


@pytest.mark.parametrize(
    ("path", "command"), INSTALLS, ids=[f"{path.parent.name}-{index}" for index, (path, _) in enumerate(INSTALLS)]
)
def test_commands_that_install(path: Path, command: str) -> None:
    """`helm install` of the documents needs a cluster; here it is rendered, as with `--dry-run=client`."""
    release = Command.parse(shlex.split(command)[1:]).run()
    problems = [error for item in release.manifests if item["kind"] not in WITHOUT_SCHEMA for error in validate(item)]
    assert problems == []


def test_documents_install() -> None:
    assert {path for path, _ in INSTALLS} == set(READMES)


@each_file
def test_readmes_say_what_a_value_file_shows(path: Path) -> None:
    assert f"`{path.stem.removesuffix('-values')}`" in (chart_of(path) / "README.md").read_text()


@each_chart
def test_every_value_has_a_schema_and_a_comment_or_a_default(chart: Path) -> None:
    """values.yaml and values.schema.json name the same values, down to the first level that users fill."""
    values = yaml.safe_load((chart / "values.yaml").read_text())
    schema = json.loads((chart / "values.schema.json").read_text())
    assert set(values) == set(schema["properties"]) - {"global"}
    for name, value in values.items():
        known = schema["properties"][name].get("properties")
        if known is not None and name != "config":
            assert set(value) == set(known), name


def test_notes_name_the_workload() -> None:
    for path in VALUE_FILES:
        release = rendered(path)
        assert f"/{workload(release)['metadata']['name']}" in release.notes
