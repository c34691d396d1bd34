"""examples/kind/demo with stand-ins for docker, kind, kubectl and helm: see support/fake_cluster.py. There is no cluster here."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.kind_demo import KIND, ROOT, Demo, Outcome
from support.waiting import eventually


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Outcome]]:
    """What `demo` does from beginning to end, once for all who look at it."""
    made = Demo(tmp_path_factory.mktemp("demo"))
    yield made, made.run()
    made.close()


def in_order(calls: list[str], *patterns: str) -> None:
    position = 0
    for pattern in patterns:
        found = next((index for index in range(position, len(calls)) if re.search(pattern, calls[index])), None)
        assert found is not None, f"no {pattern!r} after {calls[position - 1] if position else 'the start'!r}"
        position = found + 1


# From beginning to end


def test_everything_in_order(whole: tuple[Demo, Outcome]) -> None:
    demo, outcome = whole
    outcome.succeeds()
    in_order(
        demo.calls,
        rf"^docker build --tag localhost/understudy:demo {re.escape(str(ROOT))}$",
        r"^kind create cluster --name understudy --config \S+ --wait 180s$",
        r"^docker save --output \S+ localhost/understudy:demo$",
        r"^kind load image-archive \S+ --name understudy$",
        r"^kubectl --context kind-understudy apply --server-side --force-conflicts -f \S+/gateway-api/releases/download/v[\d.]+/",
        r"^kubectl \S+ \S+ apply --server-side --force-conflicts -f \S+-inference-extension/releases/download/v1\.5\.\d+/manifests",
        r"wait --for condition=Established .* crd/inferencepools.inference.networking.k8s.io",
        r"^helm --kube-context kind-understudy upgrade --install agentgateway-crds oci://\S+ .*--version v[\d.]+$",
        r"upgrade --install agentgateway oci://\S+ .*--set inferenceExtension.enabled=true$",
        r"rollout status deployment/agentgateway --namespace agentgateway-system",
        r"get gatewayclass agentgateway",
        r"apply -f \S+/gateway.yaml$",
        r"apply -f \S+/body-routing.yaml$",
        r"rollout status deployment/inference-gateway ",
        r"upgrade --install gaie-sim \S+/charts/understudy-epp .*provider.name=agentgateway",
        r"rollout status deployment/gaie-sim-epp ",
        r"apply -f \S+/1-model-aliasing/rewrite.yaml$",
        r"apply -f \S+/4-three-pools/manifests/routes.yaml$",
        r"^kind delete cluster --name understudy$",
    )


def test_the_walkthroughs_show_what_they_are_for(whole: tuple[Demo, Outcome]) -> None:
    _, outcome = whole
    assert len(outcome.steps) == 22
    for shown in (
        "with the rewrite it answers under its own name",
        "of 100 requests for opt 90 go to facebook/opt-125m and 10 to facebook/opt-125m-canary",
        "deepseek-r1 answers from its own pool",
        "in a saturated pool batch is dropped with 429",
        "a route into another namespace is refused",
    ):
        assert any(shown in step for step in outcome.steps), shown


def test_only_its_own_cluster_is_touched(whole: tuple[Demo, Outcome]) -> None:
    demo, _ = whole
    for call in demo.calls:
        tool, *words = call.split()
        assert tool != "kubectl" or words[:2] == ["--context", "kind-understudy"], call
        assert tool != "helm" or words[:2] == ["--kube-context", "kind-understudy"], call


def test_without_a_gateway_and_run_again(demo: Demo) -> None:
    """No CRD, no controller; what failed half-way can be run again, and down removes everything, twice if asked to."""
    demo.goes_wrong("exec .* apply ", error="error: not now")
    demo.run("--gateway", "none").fails("applying rewrite.yaml failed: error: not now", "front-door", left=True)
    assert not [call for call in demo.calls if "--server-side" in call or "understudy-epp" in call]
    demo.goes_well()
    again = demo.run("--gateway=none", "--keep")
    again.succeeds()
    assert again.out.splitlines()[-1].startswith(f"ok: the cluster 'understudy' answers at http://127.0.0.1:{demo.port}; ")
    assert len(again.steps) == 22
    assert sum(call.startswith("kind create") for call in demo.calls) == 1
    demo.goes_wrong("--install front-door", error="Error: no")
    demo.run("walkthroughs", "--gateway", "none").fails("installing the front door failed: Error: no")
    demo.run("down").succeeds()
    demo.run("down").succeeds()
    assert sum(call.startswith("kind delete") for call in demo.calls) == 1


def test_istio(demo: Demo) -> None:
    demo.goes_wrong("install gaie-sim", error="Error: enough")
    demo.run("--gateway", "istio").fails("installing the pool gaie-sim", left=True)
    in_order(
        demo.calls,
        r"upgrade --install istio-base base --namespace istio-system --create-namespace --version [\d.]+ --repo \S+$",
        r"upgrade --install istiod istiod .*pilot.env.ENABLE_GATEWAY_API_INFERENCE_EXTENSION=true",
        r"get gatewayclass istio",
        r"rollout status deployment/inference-gateway-istio ",
        r"upgrade --install gaie-sim .*provider.name=istio",
    )
    assert not any("body-routing" in call for call in demo.calls)


def test_with_podman_and_an_image(demo: Demo) -> None:
    demo.remove("docker")
    demo.add("podman")
    demo.goes_wrong("upgrade --install agentgateway-crds", error="Error: enough")
    demo.run("--image", "registry.test/me/understudy:1.2").fails("agentgateway's CRDs failed: Error: enough", left=True)
    in_order(demo.calls, "^podman pull registry.test/me/understudy:1.2$", "^podman save", "^kind load image-archive")
    assert not any("build" in call for call in demo.calls)


# What goes wrong


@pytest.mark.parametrize("tool", ["kind", "kubectl", "helm", "curl", "docker"])
def test_a_tool_is_missing(demo: Demo, tool: str) -> None:
    demo.remove(tool)
    demo.run().fails(tool, "on the PATH; install")
    assert not any(call.startswith("kind create") for call in demo.calls)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--colour"], ["unknown argument '--colour'", "--help"]),
        (["up", "down"], ["'down' after 'up'"]),
        (["--gateway", "nginx"], ["--gateway is 'nginx'", "agentgateway, istio or none"]),
        (["--port", "80o"], ["--port is '80o'", "from 1 to 65535"]),
        (["--port=65536"], ["--port is '65536'"]),
        (["--port"], ["--port needs a value"]),
        (["--name", "Not_A_Name"], ["--name is 'Not_A_Name'"]),
        (["--image", "registry.test:5000/understudy"], ["has no tag", "NAME:TAG"]),
        (["--image", "understudy:latest"], ["latest", "another tag"]),
    ],
)
def test_bad_arguments(demo: Demo, words: list[str], parts: list[str]) -> None:
    demo.run(*words).fails(*parts, status=2)
    assert demo.calls == []


def test_the_port_is_busy(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        demo.run("--port", port).fails(f"port {port} of this machine is in use", "give another --port")
    assert not any(re.match("kind create|docker build", call) for call in demo.calls)


@pytest.mark.parametrize(
    ("call", "error", "parts", "left"),
    [
        ("docker info", "", ["docker does not answer", "start it"], False),
        ("docker build", "ERROR: no such base", ["building the image", "ERROR: no such base", "--image"], False),
        ("kind create", "ERROR: failed to create cluster", ["making the cluster", "ERROR: failed to create"], True),
        ("kind load", "ERROR: disk full", ["loading the image", "ERROR: disk full"], True),
        ("gateway-api/releases", "error: no route to host", ["Gateway API", "no route to host", "GATEWAY_API_CRDS"], True),
        ("extension/releases", "error: no route to host", ["CRDs of GIE", "no route to host", "GIE_CRDS"], True),
        ("crd/inferencemodelrewrites", "error: timed out", ["waiting for the CRDs", "GIE_VERSION"], True),
        ("install agentgateway oci", "Error: 403", ["installing agentgateway failed", "AGENTGATEWAY_CHARTS"], True),
        ("condition=Accepted", "error: timed out", ["Gateway is accepted", "describe gateway"], True),
    ],
)  # fmt: skip
def test_a_step_fails(demo: Demo, call: str, error: str, parts: list[str], left: bool) -> None:
    demo.goes_wrong(call, error=error)
    demo.run().fails(*parts, left=left)


def test_the_class_is_made_by_the_controller(demo: Demo) -> None:
    demo.goes_wrong("get gatewayclass", status=0)
    demo.run().fails("no accepted GatewayClass agentgateway", "logs --namespace agentgateway-system", left=True)


@pytest.mark.parametrize(
    ("waiting", "parts"),
    [
        ("0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1", ["Insufficient cpu", "resources.requests"]),
        (" ErrImagePull", ["image cannot be pulled"]),
        (" CrashLoopBackOff", ["again and again", "logs --previous"]),
        ("", ["timed out", "describe pods"]),
    ],
)
def test_a_picker_is_not_ready(demo: Demo, waiting: str, parts: list[str]) -> None:
    demo.has_a_cluster()
    demo.goes_wrong("rollout status deployment/gaie-sim-epp", error="error: timed out")
    demo.goes_wrong("get pods", status=0, out=waiting)
    demo.run("walkthroughs").fails("deployment/gaie-sim-epp is not ready", *parts)


@pytest.mark.parametrize(
    ("call", "out", "parts"),
    [
        ("get inferencepool gaie-sim", "", ["made no InferencePool gaie-sim", "release's name"]),
        ("get httproute llm-d-sim", "BackendNotFound", ["refers to a pool that is not there", "release"]),
        ("get httproute llm-d-sim", "RefNotPermitted", ["into another namespace", "beside its pool"]),
        ("get httproute llm-d-sim", "", ["not looked at", "describe httproute"]),
    ],
)
def test_references(demo: Demo, call: str, out: str, parts: list[str]) -> None:
    demo.has_a_cluster()
    demo.goes_wrong(call, status=0, out=out)
    demo.run("walkthroughs", ROUTE_LIMIT="0").fails(*parts)


def test_a_rewrite_of_a_pool_that_is_not_there(demo: Demo) -> None:
    demo.has_a_cluster()
    demo.goes_wrong("get -f .*/rewrite.yaml", status=0, out="InferenceModelRewrite opt-stable default gaie-sum")
    demo.run("walkthroughs").fails("refers to the InferencePool gaie-sum", "install charts/understudy-epp as gaie-sum")


def test_a_walkthrough_shows_something_else(demo: Demo) -> None:
    """A rewrite that is said to be applied, and is not."""
    demo.has_a_cluster()
    demo.goes_wrong("apply -f .*/rewrite.yaml", status=0)
    demo.run("walkthroughs", ANSWER_LIMIT="0").fails("opt-stable is answered 404 instead of 200", "logs deployment/gaie-sim-epp")


@pytest.mark.parametrize(
    ("call", "state", "parts"),
    [
        ("get nodes -l", {"status": 0}, ["was not made by this script", "--name"]),
        ("get nodes", {"error": "refused"}, ["does not answer", "down --name understudy"]),
        ("docker port", {"status": 0, "out": "127.0.0.1:81"}, ["answers at port 81", "--port 81"]),
    ],
)
def test_a_cluster_of_that_name_is_not_this_one(demo: Demo, call: str, state: dict[str, Any], parts: list[str]) -> None:
    (demo.state / "clusters").mkdir()
    (demo.state / "clusters" / "understudy").write_text(str(demo.port))
    demo.goes_wrong(call, **state)
    demo.run().fails(*parts)


def test_walkthroughs_need_a_cluster_with_that_gateway(demo: Demo) -> None:
    demo.run("walkthroughs").fails("there is no kind cluster 'understudy'", "--keep")
    demo.has_a_cluster()
    demo.run("walkthroughs", "--gateway", "istio").fails("was not made with --gateway istio")


@pytest.mark.parametrize(
    ("call", "sent", "status", "left"),
    [
        ("docker build", signal.SIGTERM, 143, None),
        ("kind create", signal.SIGTERM, 143, "half made"),
        ("install agentgateway-crds", signal.SIGINT, 130, "is left as it is"),
    ],
)
def test_interrupted(demo: Demo, call: str, sent: signal.Signals, status: int, left: str | None) -> None:
    demo.goes_wrong(call, seconds=60)
    process = demo.start()
    eventually(lambda: demo.calls, lambda calls: any(call in each for each in calls), within=30)
    os.kill(process.pid, sent)
    outcome = demo.outcome(process, within=10)
    assert outcome.status == status, outcome.out + outcome.error
    first, *rest = outcome.error.splitlines()
    assert first.startswith("demo: interrupted while "), first
    assert [left in line and "down --name understudy" in line for line in rest] == ([True] if left else [])


def test_help(demo: Demo) -> None:
    outcome = demo.run("--help")
    assert (outcome.status, outcome.error) == (0, "")
    for flag in ("--gateway", "--image", "--name", "--port", "--keep"):
        assert flag in outcome.out
        assert flag in (KIND / "README.md").read_text()
