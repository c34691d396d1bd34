"""Manifests that are wrong are refused with file, line and reason; what only leads nowhere is kept and warned about."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.fleet import Fleet, FleetPool, deployment_of, error_of
from support.manifests import (
    Manifest,
    backend,
    base_model,
    deployment,
    gateway,
    metadata,
    objective,
    pool,
    rewrite,
    route,
    rule,
    text,
    to,
)
from support.process import run_to_exit

pytest_plugins = ["support.fleets"]

MODEL = "base"
PORTS = ("--port", "0", "--admin-port", "0", "--metrics-port", "0")


def refusal(folder: Path, files: Mapping[str, str]) -> str:
    """The one line with which a start is refused."""
    for name, content in files.items():
        (folder / name).write_text(content)
    result = run_to_exit("up", "-f", str(folder), *PORTS)
    assert result.returncode in (1, 2), result.stderr
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if line.startswith("understudy: error: ")]
    assert len(lines) == 1, result.stderr
    assert result.stderr.splitlines()[-1] == lines[0]
    return lines[0]


# Refused. Each is a good manifest in which one text is replaced; the line is where that text was.

DEPLOYMENT = text(deployment("sim", MODEL, replicas=2))
POOL = text(pool("pool", "sim"))
REWRITE = text(rewrite("alias", rule({"t": 90}, "alias")))
OBJECTIVE = text(objective("batch", -1))
GATEWAY = text(gateway())
ROUTE = text(route("r", to(backend("pool", 7), matches=[base_model(MODEL)], timeouts={"request": "10s"})))
MODEL_V1ALPHA2 = text(
    {
        "apiVersion": "inference.networking.x-k8s.io/v1alpha2",
        "kind": "InferenceModel",
        "metadata": metadata("m"),
        "spec": {
            "modelName": "m",
            "criticality": "Critical",
            "poolRef": {"name": "pool"},
            "targetModels": [{"name": "a", "weight": 55}],
        },
    }
)

WRONG: list[tuple[str, str, str, str]] = [
    (DEPLOYMENT, "replicas: 2", "replicas: two", "replicas"),
    (DEPLOYMENT, "replicas: 2", "replicas: -1", "-1"),
    (DEPLOYMENT, "replicas: 2", "replicas: 2.5", "replicas"),
    (DEPLOYMENT, "replicas: 2", "replicas: [2]", "replicas"),
    (DEPLOYMENT, "apps/v1", "apps/v7", "apps/v7"),
    (DEPLOYMENT, "name: sim", "name: Not_A_Name", "Not_A_Name"),
    (DEPLOYMENT, "containerPort: 8000", "containerPort: 800000", "800000"),
    (POOL, "number: 8000", "number: http", "targetPorts"),
    (POOL, "number: 8000", "number: 0", "targetPorts"),
    (POOL, "inference.networking.k8s.io/v1", "inference.networking.k8s.io/v3", "v3"),
    (POOL, "app: sim", "app: 5", "matchLabels"),
    (REWRITE, "weight: 90", "weight: 0", "0"),
    (REWRITE, "weight: 90", "weight: -5", "-5"),
    (REWRITE, "weight: 90", "weight: 1000001", "1000001"),
    (REWRITE, "weight: 90", "weight: heavy", "weight"),
    (REWRITE, "modelRewrite: t", "modelRewrite: ''", "modelRewrite"),
    (REWRITE, "modelRewrite: t", "modelRewrite: 5", "modelRewrite"),
    (REWRITE, "type: Exact", "type: Prefix", "Prefix"),
    (REWRITE, "v1alpha2", "v1", "inference.networking.x-k8s.io/v1"),
    (REWRITE, "kind: InferencePool", "kind: Service", "Service"),
    (OBJECTIVE, "priority: -1", "priority: high", "priority"),
    (OBJECTIVE, "priority: -1", "priority: 99999999999", "priority"),
    (GATEWAY, "port: 80", "port: 0", "port"),
    (GATEWAY, "from: Same", "from: Everywhere", "Everywhere"),
    (ROUTE, "weight: 7", "weight: -7", "-7"),
    (ROUTE, "weight: 7", "weight: much", "weight"),
    (ROUTE, "request: 10s", "request: ten seconds", "ten seconds"),
    (ROUTE, "type: Exact", "type: Roughly", "Roughly"),
    (ROUTE, "gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v0", "v0"),
    (MODEL_V1ALPHA2, "criticality: Critical", "criticality: Vital", "Vital"),
    (MODEL_V1ALPHA2, "weight: 55", "weight: 0", "weight"),
]


@pytest.mark.parametrize(("good", "old", "new", "reason"), WRONG, ids=[new for _, _, new, _ in WRONG])
def test_refused_with_file_line_and_reason(tmp_path: Path, good: str, old: str, new: str, reason: str) -> None:
    assert old in good
    line = good[: good.index(old)].count("\n") + 1
    kind = re.search("^kind: (.*)$", good, re.MULTILINE)
    assert kind is not None
    error = refusal(tmp_path, {"wrong.yaml": good.replace(old, new, 1)})
    assert f"wrong.yaml:{line}:" in error
    assert kind[1] in error
    assert reason in error


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: [", 1),
        ("kind: Pod\nmetadata: {name: x\n", 2),
        ("\n\nkind: Deployment\n\tspec: x\n", 4),
        ("just words", 1),
        ("[1, 2]", 1),
        ("kind: 5\napiVersion: v1\n", 1),
        ("apiVersion: v1\nmetadata: {name: x}\n", 1),
        ("kind: Pod\nkind: Pod\n", 2),
        ('{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x"}}', 1),
    ],
)  # fmt: skip
def test_what_is_no_manifest(tmp_path: Path, content: str, line: int) -> None:
    error = refusal(tmp_path, {"servers.yaml": DEPLOYMENT, "wrong.yaml": content})
    found = re.search(r"wrong\.yaml:(\d+)", error)
    assert found is not None, error
    # Parsers differ in where they notice.
    assert abs(int(found[1]) - line) <= 1, error


def test_the_first_line_of_a_later_object(tmp_path: Path) -> None:
    """Lines are those of the file, not of the document within it."""
    wrong = REWRITE.replace("weight: 90", "weight: -90")
    content = f"# a comment\n{DEPLOYMENT}---\n{wrong}"
    line = content[: content.index("weight: -90")].count("\n") + 1
    assert f"wrong.yaml:{line}:" in refusal(tmp_path, {"wrong.yaml": content})


def test_a_name_twice_in_a_file(tmp_path: Path) -> None:
    error = refusal(tmp_path, {"wrong.yaml": f"{REWRITE}---\n{REWRITE}"})
    assert re.search(r"wrong\.yaml:\d+: InferenceModelRewrite default/alias", error)
    assert "wrong.yaml:1" in error


def test_a_name_twice_in_two_files(tmp_path: Path) -> None:
    error = refusal(tmp_path, {"a.yaml": REWRITE, "b.yaml": REWRITE})
    assert re.search(r"b\.yaml:\d+: InferenceModelRewrite default/alias", error)
    assert "a.yaml:1" in error


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["--no-such-flag", "1"], "no-such-flag"),
        (["--max-num-seqs", "many"], "max-num-seqs"),
        (["--max-num-seqs", "-3"], "max-num-seqs"),
        (["--lora-modules", "{broken"], "lora-modules"),
        (["--time-to-first-token", "soon"], "time-to-first-token"),
    ],
)
def test_flags_of_a_container(tmp_path: Path, flags: list[str], reason: str) -> None:
    error = refusal(tmp_path, {"wrong.yaml": text(deployment("sim", MODEL, *flags))})
    assert re.search(r"wrong\.yaml:\d+", error)
    assert "Deployment default/sim" in error
    assert reason in error


def test_more_replicas_than_a_process_can_have(tmp_path: Path) -> None:
    error = refusal(tmp_path, {"wrong.yaml": DEPLOYMENT.replace("replicas: 2", "replicas: 100000000")})
    assert re.search(r"wrong\.yaml:\d+", error)
    assert "replicas" in error
    assert "100000000" in error


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    result = run_to_exit("up", "-f", str(tmp_path / "nowhere.yaml"), *PORTS)
    assert result.returncode in (1, 2)
    assert "nowhere.yaml" in result.stderr.splitlines()[-1]


def test_no_sources() -> None:
    result = run_to_exit("up", *PORTS)
    assert result.returncode in (1, 2)
    assert "-f" in result.stderr or "filename" in result.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--split", "even"], "split"),
        (["--response-model", "both"], "response-model"),
        (["--port", "65536"], "port"),
        (["--port", "http"], "port"),
        (["--staleness", "old"], "staleness"),
        (["--replica-base-port", "-1"], "replica-base-port"),
        (["--config-text", "kind: Other"], "config-text"),
        (["--config-text", "{plugins: [{type: no-such-scorer}]}"], "config-text"),
        (["--config-file", "/nowhere.yaml"], "config-file"),
        (["--no-such-flag"], "no-such-flag"),
    ],
)
def test_flags_of_up(tmp_path: Path, words: list[str], named: str) -> None:
    (tmp_path / "servers.yaml").write_text(DEPLOYMENT)
    ports = [] if "--port" in words else ["--port", "0"]
    result = run_to_exit("up", "-f", str(tmp_path), *ports, "--admin-port", "0", "--metrics-port", "0", *words)
    assert result.returncode not in (0, None)
    assert result.returncode > 0
    assert named in result.stderr


# Kept, without an effect, and warned about


def warning(fleet: Fleet, *words: str) -> bool:
    """A warning that has all of these words."""
    lines = [line for line in fleet.log.splitlines() if "WARNING" in line]
    return any(all(word in line for word in words) for line in lines)


SERVERS = [deployment("sim", MODEL, adapters=["t1", "t2"]), pool("pool", "sim")]

DANGLING: dict[str, tuple[Manifest, tuple[str, ...]]] = {
    "a rewrite": (rewrite("lost", rule("t1", "alias"), pool="missing"), ("extra.yaml", "lost", "missing")),
    "an objective": (objective("lost", 5, pool="missing"), ("extra.yaml", "lost", "missing")),
    "a selector": (pool("lost", "nobody"), ("extra.yaml", "lost")),
    "a route's gateway": (route("lost", to("pool")), ("lost", "inference-gateway")),
}


@pytest.mark.parametrize("extra", DANGLING.values(), ids=DANGLING.keys())
def test_dangling_references(up: FleetPool, extra: tuple[Manifest, tuple[str, ...]]) -> None:
    other, words = extra
    fleet = up({"servers.yaml": SERVERS, "extra.yaml": [other]})
    assert warning(fleet, *words), fleet.log
    if other["kind"] != "HTTPRoute":
        assert fleet.ask(MODEL).status_code == 200
        error_of(fleet.ask("alias"), 404)
    assert "lost" in fleet.run("get", other["kind"]).stdout


def test_a_rewrite_takes_effect_when_its_pool_comes(up: FleetPool) -> None:
    lost = rewrite("lost", rule("t1", "alias"), pool="later")
    fleet = up({"servers.yaml": SERVERS, "extra.yaml": [lost]}, "--response-model", "backend")
    error_of(fleet.ask("alias"), 404)
    fleet.apply(deployment("later", "other", adapters=["t1"]), pool("later"))
    fleet.status_becomes("alias", 200)
    assert fleet.ask("alias").headers["x-inference-pod"] == "later-0"


def test_a_route_to_a_pool_that_is_not_there(up: FleetPool) -> None:
    lost = route("lost", to("missing", matches=[base_model("t1")]), to("pool"))
    fleet = up({"servers.yaml": [gateway(), *SERVERS], "extra.yaml": [lost]})
    assert warning(fleet, "lost", "missing"), fleet.log
    # Requests go by the base model, which adapters do not change.
    assert fleet.ask(MODEL).status_code == 200
    fleet.apply(route("lost", to("missing", matches=[base_model(MODEL)])))
    fleet.status_becomes(MODEL, 500)


def test_cycles_of_rewrites(up: FleetPool) -> None:
    cycle = [rewrite("one", rule("t2", "t1")), rewrite("two", rule("t1", "t2")), rewrite("self", rule(MODEL, MODEL))]
    fleet = up({"servers.yaml": SERVERS, "cycle.yaml": cycle}, "--response-model", "backend")
    assert warning(fleet, "cycle.yaml", "t1"), fleet.log
    for asked, target in (("t1", "t2"), ("t2", "t1"), (MODEL, MODEL)):
        assert fleet.ask(asked).json()["model"] == target


def test_a_rewrite_to_a_model_that_nobody_has(up: FleetPool) -> None:
    fleet = up({"servers.yaml": SERVERS, "extra.yaml": [rewrite("lost", rule("nobody", "alias"))]})
    error = error_of(fleet.ask("alias"), 404)
    assert "nobody" in error["message"] or "alias" in error["message"]


def test_all_weights_zero(up: FleetPool) -> None:
    zero = route("r", to(backend("pool", 0)))
    fleet = up({"servers.yaml": [gateway(), *SERVERS], "extra.yaml": [zero]})
    assert warning(fleet, "extra.yaml"), fleet.log
    error_of(fleet.ask(MODEL), 500)


def test_two_pools_that_claim_one_port(up: FleetPool) -> None:
    """Each picks among the same pods as if the other's were not there."""
    routes = route("r", to("pool", matches=[base_model(MODEL)]), to("second", matches=[{"method": "POST"}]))
    fleet = up({"servers.yaml": [gateway(), *SERVERS, routes], "second.yaml": [pool("second", "sim")]})
    assert warning(fleet, "8000", "second"), fleet.log
    answer = fleet.ask(MODEL)
    assert deployment_of(answer.headers["x-inference-pod"]) == "sim"


def test_target_weights_that_are_mixed(up: FleetPool) -> None:
    mixed = rewrite("mixed", rule({"t1": 5, "t2": None}, "alias"))
    fleet = up({"servers.yaml": SERVERS, "mixed.yaml": [mixed]}, "--response-model", "backend")
    assert warning(fleet, "mixed.yaml", "weight"), fleet.log
    assert fleet.models_of("alias", 30) == {"t1": 30}


def test_unknown_fields_are_warned_about(up: FleetPool) -> None:
    slip = rewrite("slip", rule("t1", "alias"))
    slip["spec"]["priorty"] = 5
    fleet = up({"servers.yaml": SERVERS, "slip.yaml": [slip]})
    assert warning(fleet, "slip.yaml:", "priorty"), fleet.log
    assert fleet.ask("alias").status_code == 200


def test_a_container_that_is_no_model_server(up: FleetPool) -> None:
    web = deployment("web", MODEL)
    web["spec"]["template"]["spec"]["containers"] = [{"name": "web", "image": "nginx:1.29"}]
    fleet = up({"servers.yaml": [*SERVERS, web]})
    assert fleet.ask(MODEL).status_code == 200
    assert "web-0" not in fleet.run("get", "pods").stdout


def test_nothing_but_a_gateway(up: FleetPool) -> None:
    fleet = up({"gateway.yaml": [gateway()]})
    assert fleet.model_names == []
    error_of(fleet.ask(MODEL), 404)


# Through the admin port


@pytest.fixture(scope="module")
def shared(up_for_module: FleetPool) -> Fleet:
    return up_for_module({"servers.yaml": SERVERS})


@pytest.mark.parametrize(("good", "old", "new", "reason"), WRONG, ids=[new for _, _, new, _ in WRONG])
def test_apply_refuses_the_same(shared: Fleet, good: str, old: str, new: str, reason: str) -> None:
    result = shared.run("apply", "-f", "-", stdin=good.replace(old, new, 1))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("error")
    assert reason in result.stderr
    assert shared.ask(MODEL).status_code == 200


ODD: dict[str, Callable[[Fleet], int]] = {
    "no kind": lambda fleet: fleet.admin.get("/api/get").status_code,
    "no such path": lambda fleet: fleet.admin.get("/api/nothing").status_code,
    "another method": lambda fleet: fleet.admin.put("/debug/picks").status_code,
    "no text": lambda fleet: fleet.admin.post("/api/apply", content=b"\xff\xfe").status_code,
    "too much": lambda fleet: fleet.admin.post("/api/apply", content=b" " * (40 << 20)).status_code,
    "deep": lambda fleet: fleet.admin.post("/api/apply", content=b"[" * 100_000).status_code,
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_admin_requests(shared: Fleet, odd: Callable[[Fleet], int]) -> None:
    assert 400 <= odd(shared) < 500
    shared.assert_healthy()


def test_the_admin_port_is_for_this_machine_only(shared: Fleet) -> None:
    """It takes no requests at addresses that others can reach."""
    port = shared.admin.base_url.port
    assert port is not None
    listening = [
        line.split()[1] for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]  # fmt: skip
    assert listening == [f"0100007F:{port:04X}"], json.dumps(listening)
