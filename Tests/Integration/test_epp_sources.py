"""Where the picker's pools and endpoints come from: files, an API server; and its commands that start nothing."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.epp import NOT_SERVING, Picker, PickerPool, pods
from support.ext_proc import completion, response_body, response_headers
from support.fake_kubernetes import EXPERIMENTAL_RESOURCES, POOL_RESOURCES, FakeKubernetes
from support.fake_metrics import FakeServers, Gauges
from support.manifests import (
    EXPERIMENTAL,
    POOLS,
    Manifest,
    deployment,
    objective,
    pool,
    remote_pod,
    rewrite,
    rule,
    text,
)
from support.process import binary, clean_environment, run_to_exit
from support.waiting import eventually

pytest_plugins = ["support.epps"]

FREE_PORTS = ("--grpc-port", "0", "--grpc-health-port", "0", "--metrics-port", "0", "--admin-port", "0")


def endpoints_of(picker: Picker, count: int = 30, gateway: Any = None) -> set[str]:
    """Where requests go: endpoints, or the status of a refusal."""
    found = set()
    for index in range(count):
        with (gateway or picker.gateway).stream(*completion("base", f"{index}")) as stream:
            answer = stream._incoming.get(timeout=10)
            if answer.WhichOneof("response") == "immediate_response":
                found.add(str(answer.immediate_response.status.code))
                break
            routed = {
                option.header.key: option.header.raw_value.decode()
                for option in answer.request_headers.response.header_mutation.set_headers
            }
            found.add(routed["x-gateway-destination-endpoint"])
    return found


# Files


def test_pods_come_and_go(epp: PickerPool, fakes: FakeServers) -> None:
    picker = epp({"pool.yaml": [pool("pool", port=fakes.port)]})
    assert endpoints_of(picker) == {"503"}
    picker.write("pods.yaml", pods(fakes, 2))
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[:2]))
    picker.write("pods.yaml", pods(fakes)[1:])
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[1:]))
    (picker.folder / "pods.yaml").unlink()
    picker.becomes(lambda: endpoints_of(picker), {"503"})


def unready(pod: Manifest) -> Manifest:
    return pod | {"status": pod["status"] | {"conditions": [{"type": "Ready", "status": "False"}]}}


def without_status(pod: Manifest) -> Manifest:
    return {key: value for key, value in pod.items() if key != "status"}


def going(pod: Manifest) -> Manifest:
    return pod | {"metadata": pod["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z"}}


def elsewhere(pod: Manifest) -> Manifest:
    return pod | {"metadata": pod["metadata"] | {"namespace": "other"}}


def unselected(pod: Manifest) -> Manifest:
    return pod | {"metadata": pod["metadata"] | {"labels": {"app": "other"}}}


@pytest.mark.parametrize(
    "change",
    [
        unready,
        without_status,
        going,
        elsewhere,
        unselected,
    ],
)
def test_pods_that_are_no_endpoints(epp: PickerPool, fakes: FakeServers, change: Any) -> None:
    one, other, _ = pods(fakes)
    picker = epp({"objects.yaml": [pool("pool", port=fakes.port), change(one), other]})
    assert endpoints_of(picker) == {fakes[1].endpoint}
    picker.write("objects.yaml", [pool("pool", port=fakes.port), one, other])
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[:2]))


def test_deployments_are_not_simulated(epp: PickerPool, fakes: FakeServers) -> None:
    picker = epp({"objects.yaml": [pool("sim"), deployment("sim", "base", replicas=2)]})
    assert endpoints_of(picker) == {"503"}


def test_active_ports_of_a_pod(epp: PickerPool, fakes: FakeServers) -> None:
    the_pool = pool("pool", port=fakes.port)
    the_pool["spec"]["targetPorts"] += [{"number": fakes.port + 1}]
    pod = remote_pod("pod-0", "pool", fakes[0].address)
    pod["metadata"]["annotations"] = {"inference.networking.k8s.io/active-ports": str(fakes.port)}
    picker = epp({"objects.yaml": [the_pool, pod]})
    assert endpoints_of(picker) == {fakes[0].endpoint}


def test_ipv6(epp: PickerPool) -> None:
    pod = remote_pod("pod-0", "pool", "fd00::7")
    picker = epp({"objects.yaml": [pool("pool", port=8000), pod]})
    assert endpoints_of(picker, 3) == {"[fd00::7]:8000"}
    with picker.gateway.stream(*completion("base", subset=["[fd00::7]:8000"])) as stream:
        assert stream.routed().endpoint == "[fd00::7]:8000"


def test_an_older_pool(epp: PickerPool, fakes: FakeServers) -> None:
    old = {
        "apiVersion": f"{EXPERIMENTAL}/v1alpha2",
        "kind": "InferencePool",
        "metadata": {"name": "pool"},
        "spec": {"selector": {"app": "pool"}, "targetPortNumber": fakes.port, "extensionRef": {"name": "epp"}},
    }
    flags = ("--pool-name", "pool", "--pool-group", EXPERIMENTAL)
    picker = epp({"objects.yaml": [old, *pods(fakes)]}, *flags)
    assert endpoints_of(picker) == set(fakes.endpoints)


def test_a_broken_file_leaves_what_was(epp: PickerPool, fakes: FakeServers) -> None:
    picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes, 1)]})
    picker.write("objects.yaml", "kind: [")
    eventually(lambda: picker.log, lambda log: "objects.yaml" in log)
    assert endpoints_of(picker) == {fakes[0].endpoint}


def discovery(fakes: FakeServers, *indexes: int, app: str = "pool") -> str:
    """A file of llm-d's file-discovery plugin; ports are texts there."""
    entries = [
        {"name": f"m{index}", "address": fakes[index].address, "port": str(fakes.port), "labels": {"app": app}}
        for index in indexes
    ]
    return yaml.safe_dump({"endpoints": entries})


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_file_discovery(epp: PickerPool, fakes: FakeServers, form: str) -> None:
    def content(*indexes: int) -> str:
        entries = discovery(fakes, *indexes)
        return entries if form == "yaml" else json.dumps(yaml.safe_load(entries))

    # The entries' own ports count, whatever the pool's.
    files = {"pool.yaml": [pool("pool", port=1)], f"endpoints.{form}": content(0, 1)}
    picker = epp(files)
    assert endpoints_of(picker) == set(fakes.endpoints[:2])
    picker.write(f"endpoints.{form}", content(1, 2))
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[1:]))


def test_file_discovery_with_rewrites(epp: PickerPool, fakes: FakeServers) -> None:
    """Upstream has neither rewrites nor objectives there."""
    files = {
        "pool.yaml": [pool("pool", port=1), rewrite("alias", rule("target", "alias"))],
        "endpoints.yaml": discovery(fakes, 0),
    }
    picker = epp(files)
    routed = picker.gateway.route(*completion("alias"))
    assert routed.endpoint == fakes[0].endpoint
    assert json.loads(routed.body)["model"] == "target"


def test_file_discovery_by_configuration(epp: PickerPool, fakes: FakeServers, tmp_path: Path) -> None:
    """llm-d's plugin: its file makes the endpoints of a pool named epp, and no API server is asked."""
    file = tmp_path / "endpoints.yaml"
    file.write_text(discovery(fakes, 0, 1))
    config = f"""\
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: queue-scorer
- type: file-discovery
  parameters: {{path: {file}, watchFile: true}}
dataLayer:
  discovery: {{pluginRef: file-discovery}}
"""
    picker = epp(None, "--config-text", config)
    assert endpoints_of(picker) == set(fakes.endpoints[:2])
    picker.becomes(picker.ready_endpoints, 2)
    file.write_text(discovery(fakes, 1, 2))
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[1:]))


def test_manifests_from_standard_input() -> None:
    objects = text(pool("pool"), remote_pod("pod-0", "pool", "127.0.0.1"))
    result = subprocess.run(
        [binary(), "epp", "validate", "-f", "-"], input=objects, env=clean_environment(), capture_output=True,
        text=True, timeout=10, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "pod-0-rank-0  127.0.0.1:8000" in result.stdout or "pod-0  127.0.0.1:8000" in result.stdout


# Several pools


def test_several_pools_by_ports(epp: PickerPool, fakes: FakeServers) -> None:
    objects = [
        pool("one", port=fakes.port), pool("two", port=fakes.port, namespace="other"),
        remote_pod("a", "one", fakes[0].address), elsewhere(remote_pod("b", "two", fakes[1].address)),
        rewrite("alias", rule("target", "alias"), pool="one"),
    ]  # fmt: skip
    picker = epp({"objects.yaml": objects}, "--pool", "default/one=0", "--pool", "other/two=0")
    first, second = (picker.connect(port) for port in picker.ports)
    assert endpoints_of(picker, gateway=first) == {fakes[0].endpoint}
    assert endpoints_of(picker, gateway=second) == {fakes[1].endpoint}
    assert json.loads(first.route(*completion("alias")).body)["model"] == "target"
    assert json.loads(second.route(*completion("alias")).body)["model"] == "alias"


def test_one_of_several_pools(epp: PickerPool, fakes: FakeServers) -> None:
    objects = [
        pool("one", port=fakes.port), pool("two", port=fakes.port),
        remote_pod("a", "one", fakes[0].address), remote_pod("b", "two", fakes[1].address),
    ]  # fmt: skip
    assert endpoints_of(epp({"objects.yaml": objects}, "--pool-name", "two")) == {fakes[1].endpoint}


def test_a_pool_in_the_environments_namespace(epp: PickerPool, fakes: FakeServers) -> None:
    objects = [
        pool("pool", port=fakes.port), pool("pool", port=fakes.port, namespace="mine"),
        remote_pod("a", "pool", fakes[0].address), remote_pod("b", "pool", fakes[1].address),
    ]  # fmt: skip
    objects[3]["metadata"]["namespace"] = "mine"
    picker = epp({"objects.yaml": objects}, "--pool-name", "pool", env={"NAMESPACE": "mine"})
    assert endpoints_of(picker) == {fakes[1].endpoint}


# An API server


@pytest.fixture
def kubernetes() -> Iterator[FakeKubernetes]:
    server = FakeKubernetes(POOL_RESOURCES | EXPERIMENTAL_RESOURCES)
    yield server
    server.close()


def test_an_api_server(epp: PickerPool, fakes: FakeServers, kubernetes: FakeKubernetes, tmp_path: Path) -> None:
    the_pool = pool("pool", port=fakes.port)
    members = pods(fakes)
    kubernetes.apply(the_pool, *members[:2], unready(members[2]))
    picker = epp(None, "--pool-name", "pool", "--kubeconfig", kubernetes.kubeconfig(tmp_path))
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[:2]))
    kubernetes.apply(members[2])
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints))
    kubernetes.delete(members[0])
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[1:]))
    kubernetes.apply(rewrite("alias", rule("target", "alias")))
    picker.becomes(lambda: json.loads(picker.gateway.route(*completion("alias")).body)["model"], "target")
    # Another selector: nobody has these labels.
    kubernetes.apply(pool("pool", "other", port=fakes.port))
    picker.becomes(lambda: endpoints_of(picker), {"503"})
    kubernetes.apply(the_pool)
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[1:]))


@pytest.mark.parametrize("failure", [401, 403, 500])
def test_an_api_server_that_goes_away(
    epp: PickerPool, fakes: FakeServers, kubernetes: FakeKubernetes, tmp_path: Path, failure: int
) -> None:
    """What is known stays in force, and a log line and a metric tell."""

    def failing() -> float:
        return picker.metrics().value("understudy_kubernetes_watches_failing")

    kubernetes.apply(pool("pool", port=fakes.port), *pods(fakes, 2))
    picker = epp(None, "--pool-name", "pool", "--kubeconfig", kubernetes.kubeconfig(tmp_path))
    picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints[:2]))
    before = failing()
    kubernetes.fail(failure)
    eventually(lambda: picker.log, lambda log: "what is known stays in force" in log, within=6)
    assert endpoints_of(picker) == set(fakes.endpoints[:2])
    eventually(failing, lambda seen: seen > before)
    if failure == 500:
        kubernetes.apply(*pods(fakes)[2:])
        kubernetes.fail(None)
        picker.becomes(lambda: endpoints_of(picker), set(fakes.endpoints), within=8)
        picker.becomes(failing, before, within=8)


def test_objects_that_are_wrong(
    epp: PickerPool, fakes: FakeServers, kubernetes: FakeKubernetes, tmp_path: Path
) -> None:
    """They are named in the log; the others count."""
    bare = {"apiVersion": f"{EXPERIMENTAL}/v1alpha2", "kind": "InferenceModelRewrite", "metadata": {"name": "bare"}}
    broken = remote_pod("broken", "pool")
    broken["status"] = "what"
    kubernetes.apply(pool("pool", port=fakes.port), broken, *pods(fakes, 1), bare)
    picker = epp(None, "--pool-name", "pool", "--kubeconfig", kubernetes.kubeconfig(tmp_path))
    picker.becomes(lambda: endpoints_of(picker), {fakes[0].endpoint})
    eventually(lambda: picker.log, lambda log: "broken" in log and "bare" in log)


def test_files_beside_an_api_server(
    epp: PickerPool, fakes: FakeServers, kubernetes: FakeKubernetes, tmp_path: Path
) -> None:
    kubernetes.apply(pool("pool", port=fakes.port), *pods(fakes, 1))
    config = kubernetes.kubeconfig(tmp_path)
    files = {"alias.yaml": [rewrite("alias", rule("target", "alias"))]}
    picker = epp(files, "--pool-name", "pool", "--kubeconfig", config)
    picker.becomes(lambda: endpoints_of(picker), {fakes[0].endpoint})
    assert json.loads(picker.gateway.route(*completion("alias")).body)["model"] == "target"


# validate


def validate(tmp_path: Path, *objects: Manifest | str, flags: tuple[str, ...] = ()) -> Any:
    content = objects[0] if objects and isinstance(objects[0], str) else text(*objects)  # type: ignore[arg-type]
    (tmp_path / "objects.yaml").write_text(content)
    return run_to_exit("epp", "validate", "-f", str(tmp_path), *flags)


def test_validate(tmp_path: Path) -> None:
    result = validate(
        tmp_path,
        pool("pool", port=8000),
        remote_pod("b", "pool", "10.0.0.2"),
        remote_pod("a", "pool", "10.0.0.1"),
        rewrite("canary", rule({"old": 90, "new": 10}, "alias"), rule("base")),
        rewrite("even", rule(["left", "right"], "both"), created="2020-01-01T00:00:00Z"),
        objective("low", -1),
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == f"InferencePool default/pool ({POOLS})"
    assert [line.split()[-1] for line in lines if "10.0.0." in line] == ["10.0.0.1:8000", "10.0.0.2:8000"]
    rewrites = [line.strip() for line in lines if " -> " in line]
    assert [line.split(" (")[0] for line in rewrites] == [
        "both -> left 50 %, right 50 %", "alias -> old 90 %, new 10 %", "any other model -> base",
    ]  # fmt: skip
    assert "low: priority -1" in result.stdout
    assert "doubtful" not in result.stdout


def test_validate_names_what_leads_nowhere(tmp_path: Path) -> None:
    result = validate(tmp_path, pool("pool"), rewrite("lost", rule("target", "alias"), pool="other"))
    assert result.returncode == 0, result.stderr
    assert "no endpoints: requests get 503" in result.stdout
    doubts = result.stdout.split("doubtful:")[1]
    assert "InferenceModelRewrite" in doubts
    assert "lost" in doubts
    assert "spec.poolRef" in doubts
    assert "spec.selector" in doubts


def test_validate_refuses(tmp_path: Path) -> None:
    broken = pool("pool")
    broken["spec"]["targetPorts"] = [{"number": 0}]
    result = validate(tmp_path, broken)
    assert result.returncode == 1
    assert not result.stdout
    for part in ("objects.yaml", "InferencePool", "pool", "spec.targetPorts[0].number"):
        assert part in result.stderr


def test_validate_takes_the_charts_flags(tmp_path: Path) -> None:
    flags = (
        "--pool-name", "pool", "--pool-namespace", "default", "--zap-encoder", "json", "--tracing=false", "-v", "1",
        "--ha-enable-leader-election",
    )  # fmt: skip
    assert validate(tmp_path, pool("pool"), flags=flags).returncode == 0


# dry-run


def dry_run(tmp_path: Path, body: Any, *flags: str, objects: tuple[Manifest, ...] = ()) -> Any:
    (tmp_path / "objects").mkdir(exist_ok=True)
    given = objects or (pool("pool"), remote_pod("a", "pool", "10.0.0.1"), remote_pod("b", "pool", "10.0.0.2"))
    (tmp_path / "objects" / "objects.yaml").write_text(text(*given))
    request = tmp_path / "body.json"
    request.write_text(body if isinstance(body, str) else json.dumps(body))
    return run_to_exit("epp", "dry-run", "-f", str(tmp_path / "objects"), "--request", str(request), *flags)


CHAT = {"model": "base", "messages": [{"role": "user", "content": "x"}]}


def test_dry_run(tmp_path: Path) -> None:
    result = dry_run(tmp_path, CHAT)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("\n") == 1
    pick = result.stdout
    json.loads(pick)
    for part in ("queue-scorer", "10.0.0.1:8000", "10.0.0.2:8000"):
        assert part in pick, pick


def test_dry_run_of_a_rewrite_and_a_subset(tmp_path: Path) -> None:
    objects = (
        pool("pool"), remote_pod("a", "pool", "10.0.0.1"), remote_pod("b", "pool", "10.0.0.2"),
        rewrite("alias", rule("target", "base")), objective("low", -2),
    )  # fmt: skip
    flags = (
        "--header", "x-gateway-destination-endpoint-subset: 10.0.0.2:8000",
        "-H", "x-gateway-inference-objective: low", "--path", "/v1/chat/completions",
    )  # fmt: skip
    result = dry_run(tmp_path, CHAT, *flags, objects=objects)
    assert result.returncode == 0, result.stderr
    for part in ("target", "10.0.0.2:8000"):
        assert part in result.stdout
    assert json.loads(result.stdout)


@pytest.mark.parametrize(
    ("body", "flags", "reason"),
    [
        ("{", (), "400"),
        ({"messages": []}, (), "400"),
        (
            CHAT,
            ("--header", "x-gateway-destination-endpoint-subset: 10.9.9.9:1"),
            "503: inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request",
        ),
        (CHAT, ("--pool-name", "other"), "other"),
        (CHAT, ("--header", "nothing"), "header"),
        (CHAT, ("--path", "v1"), "path"),
    ],
)
def test_dry_run_refuses(tmp_path: Path, body: Any, flags: tuple[str, ...], reason: str) -> None:
    result = dry_run(tmp_path, body, *flags)
    assert result.returncode != 0
    assert not result.stdout
    assert reason in result.stderr


# Refusals at the start


REFUSED: list[tuple[tuple[str, ...], str]] = [
    ((), "--pool-name"),
    (("--pool-name", "Not A Name"), "pool-name"),
    (("--pool-name", "a", "--endpoint-selector", "app=x"), "endpoint-selector"),
    (("--endpoint-selector", "app", "--endpoint-target-ports", "1"), "endpoint-selector"),
    (("--endpoint-selector", "app=x", "--endpoint-target-ports", "0"), "endpoint-target-ports"),
    (("--endpoint-selector", "app=x", "--endpoint-target-ports", "1,2,3,4,5,6,7,8,9"), "endpoint-target-ports"),
    (("--pool", "one=1"), "pool"),
    (("--pool", "a/b=1", "--pool", "a/b=2"), "pool"),
    (("--pool-name", "a", "--pool-group", "example.com"), "pool-group"),
    (("--pool-name", "a", "--grpc-port", "65536"), "grpc-port"),
    (("--pool-name", "a", "--grpc-port", "9003"), "grpc-health-port"),
    (("--pool-name", "a", "--refresh-metrics-interval", "50"), "refresh-metrics-interval"),
    (("--pool-name", "a", "--secure-serving=maybe"), "secure-serving"),
    (("--pool-name", "a", "--model-server-metrics-scheme", "ftp"), "model-server-metrics-scheme"),
    (("--pool-name", "a", "--total-queued-requests-metric", "{"), "total-queued-requests-metric"),
    (("--pool-name", "a", "--config-text", "kind: Other"), "apiVersion"),
    (("--pool-name", "a", "--config-file", "/nowhere"), "/nowhere"),
    (("--pool-name", "a", "--poolname", "b"), "poolname"),
    (("--pool-name", "a", "--kubeconfig", "/nowhere"), "/nowhere"),
    (("--pool-name", "a", "--max-request-body-bytes", "0"), "max-request-body-bytes"),
    (("--pool-name", "a", "word"), "word"),
]


@pytest.mark.parametrize(("flags", "named"), REFUSED)
def test_refusals(flags: tuple[str, ...], named: str) -> None:
    result = run_to_exit("epp", *flags)
    assert result.returncode not in (0, None)
    assert result.returncode > 0, result.stderr
    assert named in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(("names", "part"), [((), "0 InferencePools"), (("one", "two"), "2 InferencePools")])
def test_files_that_do_not_say_which_pool(tmp_path: Path, names: tuple[str, ...], part: str) -> None:
    (tmp_path / "objects.yaml").write_text(text(*[pool(name) for name in names]))
    result = run_to_exit("epp", "-f", str(tmp_path), *FREE_PORTS)
    assert result.returncode == 1
    assert part in result.stderr


def test_no_api_server_to_be_found(tmp_path: Path) -> None:
    result = run_to_exit("epp", "--pool-name", "a", *FREE_PORTS, env={"HOME": str(tmp_path)})
    assert result.returncode == 1
    assert "kubeconfig" in result.stderr.lower()


@pytest.mark.parametrize("flag", ["--grpc-port", "--grpc-health-port", "--metrics-port", "--admin-port"])
def test_a_port_that_is_taken(epp: PickerPool, flag: str) -> None:
    first = epp({"pool.yaml": [pool("pool")]})
    ports = {
        "--grpc-port": first.ports[0],
        "--grpc-health-port": first.health_port,
        "--metrics-port": int(first.ready["metrics_url"].removesuffix("/metrics").rpartition(":")[2]),
        "--admin-port": int(first.ready["admin_url"].rpartition(":")[2]),
    }
    words = ["epp", "-f", str(first.folder), *FREE_PORTS]
    words[words.index(flag) + 1] = str(ports[flag])
    result = run_to_exit(*words)
    assert result.returncode == 1
    assert str(ports[flag]) in result.stderr


# The process


def test_flags_without_effect_are_logged(epp: PickerPool) -> None:
    flags = ("--tracing=false", "--enable-pprof", "--refresh-prometheus-metrics-interval=5s", "--zap-devel")
    picker = epp({"pool.yaml": [pool("pool")]}, *flags)
    line = next(line for line in picker.log.splitlines() if "accepted without effect" in line)
    assert all(flag.partition("=")[0] in line for flag in flags)


def test_metrics_without_authentication_are_told(epp: PickerPool) -> None:
    picker = epp({"pool.yaml": [pool("pool")]}, "--metrics-endpoint-auth=true")
    assert "--metrics-endpoint-auth has no effect" in picker.log


def test_logs_as_json(epp: PickerPool) -> None:
    picker = epp({"pool.yaml": [pool("pool")]}, "--zap-encoder", "json", "-v", "1")
    assert all(json.loads(line) for line in picker.log.splitlines())


def test_a_stream_ends_before_the_process_does(epp: PickerPool, fakes: FakeServers) -> None:
    """What runs when SIGTERM comes goes on to its end; meanwhile gateways are told to go elsewhere, and served."""
    picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]})
    fakes.set(*[Gauges()] * 3)
    with picker.gateway.stream(*completion("base")) as stream:
        stream.routed()
        picker.terminate()
        picker.becomes(picker.health, NOT_SERVING)
        # Longer than it takes to end when nothing runs.
        time.sleep(1.5)
        assert picker.gateway.route(*completion("base")).endpoint in fakes.endpoints
        stream.send(response_headers({":status": "200"}), response_body(b"x", end=True))
        stream.response_head()
        assert stream.chunks("response_body") == [b"x"]
        stream.close()
    assert picker.wait() == 0


def test_a_stream_that_does_not_end_is_cut(epp: PickerPool, fakes: FakeServers) -> None:
    picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]}, "--drain-timeout", "500ms")
    with picker.gateway.stream(*completion("base")) as stream:
        stream.routed()
        picker.terminate()
        assert picker.wait(within=5) == 0
    assert "grace period is over open-requests=1" in picker.log
