"""Every manifest of this repository is what an API server would take, and the check of that finds mistakes."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import manifests, schemas
from support.cel_rules import program
from support.manifests import EXPERIMENTAL, POOLS, ROUTES, Manifest

ROOT = Path(__file__).parents[2]
# Objects of gateways, whose CRDs are larger than all of Tests/Schemas.
OTHER_PRODUCTS = {"gateway.envoyproxy.io/v1alpha1", "agentgateway.dev/v1alpha1", "kind.x-k8s.io/v1alpha4"}
FENCE = re.compile(r"^```(?:yaml|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def in_files() -> list[tuple[str, Any]]:
    found = []
    for folder in ("examples", "docs", "charts"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            # Templates of charts are no YAML; what Helm makes of them is tested beside it.
            if "templates" not in path.parts:
                found += [(str(path.relative_to(ROOT)), item) for item in schemas.documents(path.read_text())]
    return found


def in_documents() -> list[tuple[str, Any]]:
    found = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("examples/**/*.md"))):
        for block in FENCE.findall(path.read_text()):
            found += [(str(path.relative_to(ROOT)), item) for item in schemas.documents(block)]
    return found


def is_ours(item: Any) -> bool:
    return isinstance(item, dict) and {"apiVersion", "kind"} <= set(item) and item["apiVersion"] not in OTHER_PRODUCTS


def test_the_manifests_of_the_repository() -> None:
    found = [(place, item) for place, item in in_files() + in_documents() if is_ours(item)]
    assert len(found) >= 40
    assert [f"{place}: {error}" for place, item in found for error in schemas.validate(item)] == []


BUILT = [
    manifests.deployment("sim", "base", "--seed", "1", adapters=["a"], replicas=2),
    manifests.remote_pod("pod", "sim"),
    manifests.pool("pool", namespace="team-a"),
    manifests.rewrite("r", manifests.rule({"a": 9, "b": 1}, "m"), manifests.rule("c"), created="2026-01-31T12:00:00Z"),
    manifests.objective("low", -1),
    manifests.gateway(routes_from="All"),
    manifests.route("r", manifests.to(manifests.backend("p", 1, "b"), "q", matches=[manifests.base_model("m")])),
    manifests.grant("b"),
]


@pytest.mark.parametrize("manifest", BUILT, ids=lambda manifest: manifest["kind"])
def test_the_manifests_of_the_tests(manifest: Manifest) -> None:
    assert schemas.validate(manifest) == []


# What is found


def core(api_version: str, kind: str, **fields: Any) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **fields}


SERVICE = core("v1", "Service", spec={"ports": [{"port": 80, "targetPort": "http"}], "selector": {"app": "x"}})
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
REFERENCE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "x"}
RESOURCE = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
TRIGGER = {"type": "prometheus", "metadata": {"query": "up", "threshold": "1"}}
DEPLOYMENT, POOL, GATEWAY, ROUTE = BUILT[0], BUILT[2], BUILT[5], BUILT[6]

GOOD = [
    SERVICE,
    core("v1", "ConfigMap", data={"a": "b"}),
    core("v1", "Secret", type="Opaque", data={"a": "YQ=="}),
    core("v1", "ServiceAccount", automountServiceAccountToken=False),
    core("rbac.authorization.k8s.io/v1", "Role", rules=RULES),
    core("rbac.authorization.k8s.io/v1", "ClusterRole", rules=[{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]),
    core("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef=REFERENCE, subjects=[]),
    core("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", roleRef=REFERENCE),
    core("coordination.k8s.io/v1", "Lease", spec={"renewTime": "2026-01-31T12:00:00.000000Z"}),
    core("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%", "selector": {"matchLabels": {"a": "b"}}}),
    core(
        "autoscaling/v2", "HorizontalPodAutoscaler",
        spec={"maxReplicas": 3, "scaleTargetRef": TARGET, "metrics": [{"type": "Resource", "resource": RESOURCE}]},
    ),
    core("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress"]}),
    core("keda.sh/v1alpha1", "ScaledObject", spec={"scaleTargetRef": {"name": "x"}, "triggers": [TRIGGER]}),
    core("monitoring.coreos.com/v1", "PodMonitor", spec={"selector": {}, "podMetricsEndpoints": [{"port": "http"}]}),
    core("monitoring.coreos.com/v1", "ServiceMonitor", spec={"selector": {}, "endpoints": [{"interval": "1m30s"}]}),
    core("gateway.networking.k8s.io/v1", "GatewayClass", spec={"controllerName": "example.com/x"}),
]  # fmt: skip


@pytest.mark.parametrize("manifest", GOOD, ids=lambda manifest: manifest["kind"])
def test_good_manifests_of_every_other_kind(manifest: Manifest) -> None:
    assert schemas.validate(manifest) == []
    assert schemas.validate(manifest | {"nonsense": 1}) == [f"{manifest['kind']} default/x: nonsense: unknown field"]


Change = Callable[[Any], Any]

# A good manifest, a change, and the field with the beginning of the reason.
BAD: list[tuple[Manifest, Change, str]] = [
    (POOL, lambda m: m.update(apiVersion="inference.networking.k8s.io/v2"), "kind: Tests/Schemas has none of"),
    (POOL, lambda m: m["metadata"].pop("name"), "metadata.name: required"),
    (POOL, lambda m: m["metadata"].update(name="Not_A_Name"), "metadata.name: 'Not_A_Name' does not match"),
    (POOL, lambda m: m["metadata"].update(labels={"a": 5}), "metadata.labels.a: 5 is not of type 'string'"),
    (POOL, lambda m: m["metadata"].update(lables={}), "metadata.lables: unknown field"),
    (POOL, lambda m: m["metadata"].update(creationTimestamp="yesterday"), "metadata.creationTimestamp: 'yesterday'"),
    (POOL, lambda m: m["spec"].update(targetPort=1), "spec.targetPort: unknown field"),
    (POOL, lambda m: m["spec"].pop("selector"), "spec.selector: required"),
    (POOL, lambda m: m["spec"].update(appProtocol="grpc"), "spec.appProtocol: 'grpc' is not one of"),
    (POOL, lambda m: m["spec"]["targetPorts"][0].update(number=0), "spec.targetPorts[0].number: 0 is less than"),
    (POOL, lambda m: m["spec"]["targetPorts"][0].update(number=True), "spec.targetPorts[0].number: True is not of"),
    (POOL, lambda m: m["spec"]["targetPorts"].append(None), "spec.targetPorts[1]: None is not of type"),
    (POOL, lambda m: m["spec"]["targetPorts"].append({"number": 8000}), "spec.targetPorts: port number must be unique"),
    (POOL, lambda m: m["spec"]["endpointPickerRef"].pop("port"), "spec.endpointPickerRef: port is required when"),
    (BUILT[4], lambda m: m["spec"].update(priority="high"), "spec.priority: 'high' is not of type 'integer'"),
    (GATEWAY, lambda m: m["spec"]["listeners"].append(m["spec"]["listeners"][0]), "spec.listeners"),
    (ROUTE, lambda m: m["spec"]["rules"][0].update(timeouts={"request": "5 min"}), "spec.rules[0].timeouts.request:"),
    (ROUTE, lambda m: m["spec"]["rules"][0].update(filters=[{"type": "CORS"}]), "spec.rules[0].filters[0]:"),
    (ROUTE, lambda m: m["spec"].update(hostnames=["10.0.0.*"]), "spec.hostnames[0]: '10.0.0.*' does not match"),
    (DEPLOYMENT, lambda m: m["spec"].update(replicas=2**31), f"spec.replicas: {2**31} is not a 'int32'"),
    (DEPLOYMENT, lambda m: m["spec"]["template"]["spec"].pop("containers"), "spec.template.spec.containers: required"),
    (
        DEPLOYMENT,
        lambda m: m["spec"]["template"]["spec"]["containers"][0].update(resources={"limits": {"cpu": "much"}}),
        "spec.template.spec.containers[0].resources.limits.cpu: 'much' does not match",
    ),
    (
        DEPLOYMENT,
        lambda m: m["spec"]["template"]["spec"]["containers"].append({"name": "vllm"}),
        'spec.template.spec.containers[1]: a second ["vllm"]',
    ),
    (SERVICE, lambda m: m["spec"]["ports"][0].update(targetPort=8.5), "spec.ports[0].targetPort: 8.5 is not of type"),
    (GOOD[2], lambda m: m["data"].update(a="not base64"), "data.a: 'not base64' is not a 'byte'"),
    (GOOD[14], lambda m: m["spec"]["endpoints"][0].update(interval="5 min"), "spec.endpoints[0].interval: '5 min'"),
]


@pytest.mark.parametrize(("good", "change", "expected"), BAD, ids=[bad[2].split(":")[0] for bad in BAD])
def test_bad_manifests(good: Manifest, change: Change, expected: str) -> None:
    bad = copy.deepcopy(good)
    change(bad)
    errors = schemas.validate(bad)
    assert errors and errors[0].startswith(f"{schemas.title(bad)}: {expected}"), errors


@pytest.mark.parametrize("thing", [None, [], "text", {}, {"kind": []}, {"metadata": 1}])
def test_what_is_no_object_at_all(thing: Any) -> None:
    assert len(schemas.validate(thing)) == 1


def test_dates_are_text_and_lists_are_taken_apart() -> None:
    text = f"kind: List\nitems:\n- {json.dumps(BUILT[4])}\n---\n# nothing\n---\na: 2026-01-31T12:00:00Z\n"
    assert schemas.documents(text) == [BUILT[4], {"a": "2026-01-31T12:00:00Z"}]


# The schemas themselves


def rules(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [rule for item in schema for rule in rules(item)]
    if not isinstance(schema, dict):
        return []
    own = [item["rule"] for item in schema.get("x-kubernetes-validations", []) if isinstance(item, dict)]
    return own + [rule for item in schema.values() for rule in rules(item)]


def test_the_rules_of_all_schemas_can_be_read() -> None:
    found = {rule for crd in schemas.crds().values() for rule in rules(crd["schema"])}
    assert len(found) > 50
    for rule in found:
        program(rule)


def test_the_schemas_are_all_there_and_small() -> None:
    kinds = {f"{version}/{kind}" for version, kind in schemas.crds()}
    assert {
        f"{POOLS}/v1/InferencePool", f"{EXPERIMENTAL}/v1alpha2/InferencePool", f"{EXPERIMENTAL}/v1alpha2/InferenceModel",
        f"{EXPERIMENTAL}/v1alpha2/InferenceObjective", f"{EXPERIMENTAL}/v1alpha2/InferenceModelRewrite",
        "llm-d.ai/v1alpha2/InferenceObjective", "llm-d.ai/v1alpha2/InferenceModelRewrite", f"{ROUTES}/v1/Gateway",
        f"{ROUTES}/v1/HTTPRoute", f"{ROUTES}/v1beta1/ReferenceGrant", "keda.sh/v1alpha1/ScaledObject",
        "monitoring.coreos.com/v1/PodMonitor", "monitoring.coreos.com/v1/ServiceMonitor",
    } <= kinds  # fmt: skip
    assert sum(path.stat().st_size for path in schemas.FOLDER.iterdir()) < 500_000
    assert '"description"' not in (schemas.FOLDER / "inference.networking.k8s.io_inferencepools_v1.json").read_text()
    assert yaml.safe_load((schemas.FOLDER / "kubernetes.json").read_text())["kinds"]["v1/Pod"].endswith("v1.Pod")
