"""Values that the charts refuse: typing errors by the schema, the rest by one line that says what to do."""

import json
from pathlib import Path
from typing import Any

import helm_python
import pytest

from support.charts import PICKER, PICKER_VALUES, SERVERS, STANDALONE, VALUES
from support.helm import render
from support.manifests import Manifest


def with_(base: Manifest, path: str, value: Any) -> Manifest:
    """`base` with another value at the dotted path."""
    changed = json.loads(json.dumps(base))
    *folders, last = path.split(".")
    place = changed
    for folder in folders:
        place = place.setdefault(folder, {})
    place[last] = value
    return changed


REFUSED: list[tuple[Path, Manifest, str, Any, str]] = [
    # What only a template can see: one line that says what to do.
    (SERVERS, VALUES, "image", {}, "image.tag is empty: name the image to run"),
    (SERVERS, VALUES, "config.model", "", "config.model is empty: name the model"),
    (SERVERS, STANDALONE, "config.model", "", "config.model is empty: name the model"),
    (SERVERS, STANDALONE, "replicaCount", 2, "replicaCount is 2, but standalone.enabled runs all replicas in one pod"),
    (SERVERS, STANDALONE, "autoscaling.enabled", True, "autoscaling.enabled scales pods, and standalone.enabled has"),
    (SERVERS, STANDALONE, "workloadKind", "StatefulSet", "leave it at Deployment with standalone.enabled"),
    (SERVERS, STANDALONE, "standalone.port", 9090, "standalone.port and standalone.metricsPort are both 9090"),
    (SERVERS, STANDALONE, "standalone.metricsPort", 8081, "port 8081 is the admin API's"),
    (SERVERS, STANDALONE, "extraArgs", ["--x"], "use standalone.flags with standalone.enabled"),
    (
        SERVERS,
        with_(STANDALONE, "standalone.modelsJson", "{}"),
        "standalone.models",
        [{"model": "m"}],
        "standalone.modelsJson is a whole file",
    ),
    (
        SERVERS,
        with_(STANDALONE, "standalone.models", [{"model": "m"}]),
        "config.loraModules",
        ["a=b"],
        "put them into the entries of standalone.models",
    ),
    (SERVERS, VALUES, "standalone.models", [{"model": "m"}], "need standalone.enabled=true"),
    (
        SERVERS,
        VALUES,
        "podDisruptionBudget",
        {"enabled": True, "minAvailable": 1, "maxUnavailable": 1},
        "leave one of them away",
    ),
    (SERVERS, VALUES, "autoscaling", {"enabled": True, "kind": "ScaledObject"}, "keda.serverAddress is empty"),
    (SERVERS, VALUES, "autoscaling", {"enabled": True, "minReplicas": 9}, "minReplicas is 9, more than maxReplicas 5"),
    (SERVERS, VALUES, "autoscaling", {"enabled": True, "minReplicas": 0}, "needs autoscaling.kind=ScaledObject"),
    (PICKER, PICKER_VALUES, "inferenceExtension.image", {}, "inferenceExtension.image.tag is empty: name the image"),
    (PICKER, PICKER_VALUES, "inferencePool.modelServers", {}, "matchLabels is empty: name a label"),
    (
        PICKER,
        PICKER_VALUES,
        "inferencePool.name",
        "x",
        "inferencePool.name is x, but the pool is named after the release",
    ),
    (
        PICKER,
        PICKER_VALUES,
        "inferenceExtension.pluginsConfigFile",
        "x.yaml",
        "which pluginsCustomConfig does not have",
    ),
    (
        PICKER,
        PICKER_VALUES,
        "inferenceExtension.monitoring.prometheus.auth.enabled",
        True,
        "/metrics needs no token; set it to false",
    ),
    (PICKER, PICKER_VALUES, "inferenceGateway.create", True, "className is empty: name the GatewayClass"),
    (
        PICKER,
        with_(PICKER_VALUES, "inferenceGateway", {"create": True, "className": "x"}),
        "experimentalHttpRoute.inferenceGatewayNamespace",
        "other",
        "makes a Gateway in ns, but experimentalHttpRoute.inferenceGatewayNamespace is other",
    ),
    (PICKER, PICKER_VALUES, "bbr.enabled", True, "bbr.enabled needs provider.name=agentgateway, got none"),
    (PICKER, with_(PICKER_VALUES, "provider.name", "agentgateway"), "bbr.enabled", True, "bbr.models is empty"),
    (
        PICKER,
        with_(PICKER_VALUES, "provider.name", "istio"),
        "inferenceExtension.secureServing",
        False,
        "istio speaks TLS to pickers; set it to true",
    ),
    (PICKER, PICKER_VALUES, "inferenceExtension.serviceAccount", {"create": False}, "serviceAccount.name is empty"),
    (PICKER, PICKER_VALUES, "inferenceExtension.flags", {"pool-name": "x"}, "the chart sets this flag itself"),
    # What the schema refuses.
    (SERVERS, VALUES, "replicaCount", "two", "at '/replicaCount': got string, want integer"),
    (SERVERS, VALUES, "replicaCount", -1, "at '/replicaCount': minimum: got -1, want 0"),
    (SERVERS, VALUES, "replicas", 2, "additional properties 'replicas' not allowed"),
    (SERVERS, VALUES, "config.modle", "x", "at '/config': additional properties 'modle' not allowed"),
    (SERVERS, VALUES, "config.port", "8000", "at '/config/port': got string, want integer"),
    (SERVERS, VALUES, "config.port", 70000, "at '/config/port': maximum: got 70,000, want 65,535"),
    (SERVERS, VALUES, "config.timeToFirstToken", "fast", "at '/config/timeToFirstToken'"),
    (SERVERS, VALUES, "config.loraModules", [{"path": "/x"}], "missing property 'name'"),
    (SERVERS, VALUES, "workloadKind", "DaemonSet", "value must be one of 'Deployment', 'StatefulSet'"),
    (SERVERS, VALUES, "image.tag", 1.0, "at '/image/tag': got number, want string"),
    (SERVERS, VALUES, "image.tags", "x", "additional properties 'tags' not allowed"),
    (SERVERS, VALUES, "resources.requests", {"cpu": "many"}, "at '/resources/requests/cpu'"),
    (SERVERS, VALUES, "podLabels", {"a": True}, "at '/podLabels/a': got boolean, want string"),
    (SERVERS, VALUES, "autoscaling.metrics", [], "at '/autoscaling/metrics': minItems: got 0, want 1"),
    (SERVERS, VALUES, "topologySpreadConstraints", [{"maxSkew": 1}], "missing properties 'topologyKey'"),
    (SERVERS, STANDALONE, "standalone.models", [{"replicas": 1}], "missing property 'model'"),
    (SERVERS, STANDALONE, "standalone.models", [{"model": "m", "port": 1}], "additional properties 'port' not allowed"),
    (SERVERS, STANDALONE, "standalone.manifests", {"a.txt": "x"}, "additional properties 'a.txt' not allowed"),
    (PICKER, PICKER_VALUES, "inferencePool.targetPorts", [], "minItems: got 0, want 1"),
    (PICKER, PICKER_VALUES, "inferencePool.targetPorts", [{"number": 1}, {"number": 1}], "items at 0 and 1 are equal"),
    (PICKER, PICKER_VALUES, "inferencePool.targetPorts", [8000], "at '/inferencePool/targetPorts/0': got number"),
    (PICKER, PICKER_VALUES, "inferencePool.targetPortNumber", 8000, "additional properties 'targetPortNumber'"),
    (PICKER, PICKER_VALUES, "inferenceExtension.failureMode", "Open", "value must be one of 'FailOpen', 'FailClose'"),
    (PICKER, PICKER_VALUES, "inferenceExtension.replicas", 0, "minimum: got 0, want 1"),
    (PICKER, PICKER_VALUES, "provider.name", "gke", "value must be one of 'agentgateway', 'istio', 'none'"),
    (PICKER, PICKER_VALUES, "inferenceObjectives", [{"name": "x"}], "missing property 'priority'"),
    (PICKER, PICKER_VALUES, "inferenceModelRewrites", [{"name": "x", "rules": []}], "minItems: got 0, want 1"),
    (
        PICKER,
        PICKER_VALUES,
        "inferenceModelRewrites",
        [{"name": "x", "rules": [{"targets": [{"model": "m", "weight": 0}]}]}],
        "minimum: got 0, want 1",
    ),
    (PICKER, PICKER_VALUES, "experimentalHttpRoute.requestTimeout", "5 minutes", "does not match pattern"),
]


@pytest.mark.parametrize(
    ("chart", "base", "path", "value", "message"),
    REFUSED,
    ids=[f"{row[2]}-{index}" for index, row in enumerate(REFUSED)],
)
def test_refused(chart: Path, base: Manifest, path: str, value: Any, message: str) -> None:
    render(chart, base)
    with pytest.raises(helm_python.HelmError) as refusal:
        render(chart, with_(base, path, value))
    lines = [line for line in str(refusal.value).splitlines() if message in line]
    assert len(lines) == 1, f"{message!r} is not in: {refusal.value}"
    assert len(lines[0]) < 320
