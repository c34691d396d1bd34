"""Kubernetes objects as dictionaries, as small as their definitions allow."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

Manifest = dict[str, Any]

POOLS = "inference.networking.k8s.io"
EXPERIMENTAL = "inference.networking.x-k8s.io"
ROUTES = "gateway.networking.k8s.io"
IMAGE = "ghcr.io/llm-d/llm-d-inference-sim:v0.8.2"
GATEWAY = "inference-gateway"
# Answers that no test has to wait for.
FAST = ("--time-to-first-token", "1ms", "--inter-token-latency", "1ms")


def text(*objects: Manifest) -> str:
    """The objects as one file."""
    return yaml.safe_dump_all(objects, sort_keys=False)


def metadata(name: str, namespace: str | None = None, created: str | None = None) -> Manifest:
    given = {"name": name, "namespace": namespace, "creationTimestamp": created}
    return {key: value for key, value in given.items() if value is not None}


# Pods


def container(*args: str, port: int = 8000) -> Manifest:
    """The simulator's image, started with arguments only, as its users write it."""
    env = [
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
    ]
    ports = [{"name": "http", "containerPort": port}]
    return {"name": "vllm", "image": IMAGE, "args": list(args), "env": env, "ports": ports}


def deployment(
    name: str,
    model: str,
    *flags: str,
    replicas: int = 1,
    adapters: Sequence[str] = (),
    latency: Sequence[str] = FAST,
    labels: Mapping[str, str] | None = None,
    namespace: str | None = None,
    port: int = 8000,
) -> Manifest:
    """Simulators of `model`; their pods carry the label `app: NAME` unless `labels` are given."""
    args = ["--model", model, "--port", str(port), *latency, *flags]
    if adapters:
        args += ["--max-loras", str(len(adapters)), "--lora-modules"]
        args += [f'{{"name": "{adapter}"}}' for adapter in adapters]
    own = dict(labels) if labels is not None else {"app": name}
    template = {"metadata": {"labels": own}, "spec": {"containers": [container(*args, port=port)]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": own}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(name, namespace), "spec": spec}


def remote_pod(name: str, app: str, address: str = "127.0.0.1", ready: bool = True) -> Manifest:
    """A pod that runs elsewhere: its status tells where."""
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata(name) | {"labels": {"app": app}},
        "spec": {"containers": [{"name": "vllm", "image": "vllm/vllm-openai:v0.9.1"}]},
        "status": {"podIP": address, "conditions": conditions},
    }


# Pools and what refers to them


def pool(name: str, app: str | None = None, *, port: int = 8000, namespace: str | None = None) -> Manifest:
    """A pool of the pods with the label `app`, which is the pool's name unless given."""
    spec = {
        "selector": {"matchLabels": {"app": app or name}},
        "targetPorts": [{"number": port}],
        "endpointPickerRef": {"name": f"{name}-epp", "port": {"number": 9002}},
    }
    return {
        "apiVersion": f"{POOLS}/v1",
        "kind": "InferencePool",
        "metadata": metadata(name, namespace),
        "spec": spec,
    }


Targets = str | Sequence[str] | Mapping[str, int | None]


def rule(targets: Targets, *models: str) -> Manifest:
    """A rewrite rule: to one target, to several alike, or to targets with weights; without models it is generic."""
    if isinstance(targets, str):
        targets = [targets]
    weights = targets if isinstance(targets, Mapping) else dict.fromkeys(targets)
    return {
        "matches": [{"model": {"type": "Exact", "value": model}} for model in models],
        "targets": [
            {"modelRewrite": name} | ({} if weight is None else {"weight": weight}) for name, weight in weights.items()
        ],
    }


def rewrite(
    name: str, *rules: Manifest, pool: str = "pool", created: str | None = None, group: str = EXPERIMENTAL
) -> Manifest:
    return {
        "apiVersion": f"{group}/v1alpha2",
        "kind": "InferenceModelRewrite",
        "metadata": metadata(name, created=created),
        "spec": {"poolRef": {"group": POOLS, "kind": "InferencePool", "name": pool}, "rules": list(rules)},
    }


def objective(name: str, priority: int, pool: str = "pool") -> Manifest:
    return {
        "apiVersion": f"{EXPERIMENTAL}/v1alpha2",
        "kind": "InferenceObjective",
        "metadata": metadata(name),
        "spec": {"priority": priority, "poolRef": {"group": POOLS, "name": pool}},
    }


# Gateways and routes


def gateway(port: int = 80, routes_from: str = "Same") -> Manifest:
    listener = {
        "name": "http",
        "protocol": "HTTP",
        "port": port,
        "allowedRoutes": {"namespaces": {"from": routes_from}},
    }
    return {
        "apiVersion": f"{ROUTES}/v1",
        "kind": "Gateway",
        "metadata": metadata(GATEWAY),
        "spec": {"gatewayClassName": "agentgateway", "listeners": [listener]},
    }


def route(name: str, *rules: Manifest, namespace: str | None = None) -> Manifest:
    """A route that is attached to the gateway, which is in the namespace `default`."""
    parent: Manifest = {"group": ROUTES, "kind": "Gateway", "name": GATEWAY}
    if namespace is not None:
        parent["namespace"] = "default"
    return {
        "apiVersion": f"{ROUTES}/v1",
        "kind": "HTTPRoute",
        "metadata": metadata(name, namespace),
        "spec": {"parentRefs": [parent], "rules": list(rules)},
    }


def backend(name: str, weight: int | None = None, namespace: str | None = None) -> Manifest:
    reference: Manifest = {"group": POOLS, "kind": "InferencePool", "name": name}
    if weight is not None:
        reference["weight"] = weight
    if namespace is not None:
        reference["namespace"] = namespace
    return reference


def headers(**values: str) -> Manifest:
    """A match of headers by their exact values; `_` in names stands for `-`."""
    return {
        "headers": [{"type": "Exact", "name": name.replace("_", "-"), "value": value} for name, value in values.items()]
    }


def base_model(name: str) -> Manifest:
    """The match of the guides: by the header that the front door takes from the body."""
    return headers(X_Gateway_Base_Model_Name=name)


def to(*backends: Manifest | str, **fields: Any) -> Manifest:
    """A route's rule; a backend that is text is a pool's name."""
    return fields | {"backendRefs": [backend(item) if isinstance(item, str) else item for item in backends]}


def grant(namespace: str, from_namespace: str = "default") -> Manifest:
    return {
        "apiVersion": f"{ROUTES}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": metadata("allow-routes", namespace),
        "spec": {
            "from": [{"group": ROUTES, "kind": "HTTPRoute", "namespace": from_namespace}],
            "to": [{"group": POOLS, "kind": "InferencePool"}],
        },
    }
