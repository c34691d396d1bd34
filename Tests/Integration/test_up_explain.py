"""Every pick can be explained, and its scores follow from its inputs (GIE v1.5, scorers)."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.fleet import Fleet, FleetPool
from support.manifests import Manifest, deployment, gateway, pool, rewrite, route, rule, text, to
from support.process import run_to_exit
from support.raw import Connection
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

MODEL = "base"
HEADER = "x-understudy-explain"
KEYS = ["request_id", "pool", "model", "target_model", "profile", "filters", "chosen", "candidates"]
INPUTS = [
    "waiting", "running", "kv_usage", "active_loras", "waiting_loras", "max_loras", "prefix_matched", "prefix_total",
]  # fmt: skip
# One slot and adapter, so that some wait, and answers that take 20 s.
SLOW = deployment(
    "slow", MODEL, "--max-num-seqs", "1", "--max-loras", "1", "--max-cpu-loras", "4",
    "--lora-modules", '{"name": "adapter-a"}', '{"name": "adapter-b"}',
    replicas=4, latency=("--time-to-first-token", "5ms", "--inter-token-latency", "100ms"),
)  # fmt: skip
OBJECTS = [SLOW, pool("gaie-sim", "slow"), rewrite("alias", rule("adapter-a", "alias"), pool="gaie-sim")]


def explanation(fleet: Fleet, model: str = MODEL, **fields: Any) -> dict[str, Any]:
    """The explanation of one short request, from its response's header."""
    answer = fleet.ask(model, headers={HEADER: "true"}, max_tokens=1, **fields)
    assert answer.status_code == 200, answer.text
    (line,) = answer.headers.get_list(HEADER)
    pick = json.loads(line)
    assert answer.headers["x-inference-pod"] == pick["chosen"]
    assert isinstance(pick, dict)
    return pick


# Formulas


def spread(value: float, values: list[float]) -> float:
    low, high = min(values), max(values)
    return 1.0 if low == high else (high - value) / (high - low)


def lora(pick: dict[str, Any], inputs: dict[str, Any]) -> float:
    target = pick["target_model"]
    if target in inputs["active_loras"]:
        return 1.0
    if len(inputs["active_loras"]) + len(inputs["waiting_loras"]) < inputs["max_loras"]:
        return 0.8
    return 0.6 if target in inputs["waiting_loras"] else 0.0


def score(scorer: str, pick: dict[str, Any], inputs: dict[str, Any]) -> float:
    everyone = [candidate["inputs"] for candidate in pick["candidates"]]
    match scorer:
        case "queue-scorer":
            return spread(inputs["waiting"], [other["waiting"] for other in everyone])
        case "running-requests-size-scorer":
            return spread(inputs["running"], [other["running"] for other in everyone])
        case "kv-cache-utilization-scorer":
            return float(1 - inputs["kv_usage"])
        case "prefix-cache-scorer":
            return inputs["prefix_matched"] / inputs["prefix_total"] if inputs["prefix_total"] else 0.0
        case "lora-affinity-scorer":
            return lora(pick, inputs)
    raise AssertionError(f"no formula for {scorer}")


def check(pick: dict[str, Any], weights: Mapping[str, float]) -> None:
    """All that the scores promise."""
    assert list(pick) == KEYS
    best = max(candidate["total"] for candidate in pick["candidates"])
    for candidate in pick["candidates"]:
        assert list(candidate) == ["pod", "endpoint", "total", "scores", "inputs"]
        assert list(candidate["inputs"]) == INPUTS
        assert {part["scorer"]: part["weight"] for part in candidate["scores"]} == weights
        for part in candidate["scores"]:
            assert part["score"] == pytest.approx(score(part["scorer"], pick, candidate["inputs"]), abs=1e-9)
            assert 0 <= part["score"] <= 1
        total = sum(part["weight"] * part["score"] for part in candidate["scores"])
        assert candidate["total"] == pytest.approx(total, abs=1e-9)
        if candidate["pod"] == pick["chosen"]:
            assert candidate["total"] == pytest.approx(best, abs=1e-9)
    assert pick["chosen"] in [candidate["pod"] for candidate in pick["candidates"]]


DEFAULT = {"queue-scorer": 2, "kv-cache-utilization-scorer": 2, "prefix-cache-scorer": 3}
ALL = {
    "queue-scorer": 1,
    "kv-cache-utilization-scorer": 0.5,
    "prefix-cache-scorer": 3,
    "lora-affinity-scorer": 2.25,
    "running-requests-size-scorer": 1,
}


def configuration(weights: Mapping[str, float]) -> str:
    return json.dumps(
        {
            "apiVersion": "inference.networking.x-k8s.io/v1alpha1",
            "kind": "EndpointPickerConfig",
            "plugins": [{"type": name} for name in (*weights, "max-score-picker")],
            "schedulingProfiles": [
                {
                    "name": "mine",
                    "plugins": [{"pluginRef": name, "weight": weight} for name, weight in weights.items()]
                    + [{"pluginRef": "max-score-picker"}],
                }
            ],
        }
    )


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    """With the default profile; nothing is running."""
    return up_for_module({"objects.yaml": OBJECTS})


@pytest.fixture(scope="module")
def busy(up_for_module: FleetPool) -> Iterator[Fleet]:
    """With all scorers, and long streams that run and wait unevenly."""
    fleet = up_for_module(
        {"objects.yaml": OBJECTS}, "--config-text", configuration(ALL), "--shutdown-timeout", "0", replica_ports=4
    )
    streams: list[Connection] = []
    # Straight to the replicas, past the picker, which would spread them evenly.
    for index, models in enumerate([["adapter-a", "adapter-b", MODEL], ["adapter-b"], [MODEL, MODEL], []]):
        for model in models:
            connection = Connection(fleet.replica_address(index))
            body = {"model": model, "prompt": "Hello " * 40, "max_tokens": 200, "ignore_eos": True, "stream": True}
            connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
            assert connection.read_head().status == 200
            streams.append(connection)
    eventually(lambda: [in_hand(fleet, index) for index in range(4)], lambda counts: counts == [3, 1, 2, 0])
    yield fleet
    for connection in streams:
        connection.close()


def in_hand(fleet: Fleet, index: int) -> float:
    page = fleet.replica_metrics(index)
    return page.running + page.waiting


# The header


def test_without_the_header_there_is_none(fleet: Fleet) -> None:
    assert HEADER not in fleet.ask(MODEL).headers
    assert HEADER not in fleet.ask(MODEL, headers={HEADER: "false"}).headers


def test_scores_of_idle_replicas(fleet: Fleet) -> None:
    pick = explanation(fleet)
    check(pick, DEFAULT)
    assert pick["pool"].endswith("gaie-sim")
    assert (pick["model"], pick["target_model"], pick["profile"]) == (MODEL, MODEL, "default")
    assert sorted(candidate["pod"] for candidate in pick["candidates"]) == [f"slow-{index}" for index in range(4)]
    endpoints = {candidate["endpoint"] for candidate in pick["candidates"]}
    assert len(endpoints) == 4
    assert all(endpoint.rpartition(":")[2].isdigit() for endpoint in endpoints)


@pytest.mark.parametrize("model", [MODEL, "adapter-a", "adapter-b", "alias"])
def test_scores_of_busy_replicas(busy: Fleet, model: str) -> None:
    body = {"model": model, "prompt": "Hello", "max_tokens": 1, "stream": True}
    with busy.http.stream("POST", "/v1/completions", json=body, headers={HEADER: "true"}) as response:
        pick = json.loads(response.headers[HEADER])
    check(pick, ALL)
    assert pick["profile"] == "mine"
    waiting = {candidate["pod"]: candidate["inputs"]["waiting"] for candidate in pick["candidates"]}
    assert waiting["slow-0"] >= 2
    assert waiting["slow-0"] > waiting["slow-3"]


def test_a_rewrite_shows_both_names(fleet: Fleet) -> None:
    pick = explanation(fleet, "alias")
    assert (pick["model"], pick["target_model"]) == ("alias", "adapter-a")


def test_prefixes_that_were_sent_before(fleet: Fleet) -> None:
    prompt = "The same words again and again, long enough for some blocks. " * 8
    first = explanation(fleet, prompt=prompt)
    assert {candidate["inputs"]["prefix_matched"] for candidate in first["candidates"]} == {0}
    total = {candidate["inputs"]["prefix_total"] for candidate in first["candidates"]}
    assert len(total) == 1
    assert total.pop() >= 4
    second = explanation(fleet, prompt=prompt)
    check(second, DEFAULT)
    matched = {candidate["pod"]: candidate["inputs"]["prefix_matched"] for candidate in second["candidates"]}
    assert matched[first["chosen"]] == second["candidates"][0]["inputs"]["prefix_total"]
    assert second["chosen"] == first["chosen"]


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [False, True])
def test_on_every_kind_of_answer(fleet: Fleet, path: str, stream: bool) -> None:
    check(explanation(fleet, path=path, stream=stream), DEFAULT)


def test_on_an_answer_of_the_servers_refusal(fleet: Fleet) -> None:
    answer = fleet.ask(MODEL, headers={HEADER: "true"}, temperature=-1)
    assert answer.status_code == 400
    assert json.loads(answer.headers[HEADER])["chosen"] == answer.headers["x-inference-pod"]


def test_odd_names_stay_one_line(fleet: Fleet) -> None:
    name = 'ali"as\n{é}'
    fleet.apply(rewrite("odd", rule("adapter-b", name), pool="gaie-sim"))
    fleet.status_becomes(name, 200)
    assert explanation(fleet, name)["model"] == name


# The last picks


def test_picks_newest_first(fleet: Fleet) -> None:
    for number in range(60):
        fleet.ask(MODEL, headers={"x-request-id": f"request-{number}"}, max_tokens=1)
    picks = fleet.picks()
    assert len(picks) >= 50
    assert [pick["request_id"] for pick in picks[:50]] == [f"request-{number}" for number in range(59, 9, -1)]
    for pick in picks:
        check(pick, DEFAULT)


def test_the_log_of_picks_is_bounded(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        body = {"model": MODEL, "prompt": "x" * 2000, "max_tokens": 1}
        for _ in range(200):
            assert connection.post("/v1/completions", body).status == 200
    assert 50 <= len(fleet.picks()) <= 1000


# Filters


def test_filters_say_how_many_they_kept(up: FleetPool) -> None:
    config = {
        "apiVersion": "inference.networking.x-k8s.io/v1alpha1",
        "kind": "EndpointPickerConfig",
        "plugins": [
            {"type": "decode-filter"},
            {"name": "gold", "type": "by-label-selector", "parameters": {"matchLabels": {"tier": "gold"}}},
            {"type": "queue-scorer"},
        ],
        "schedulingProfiles": [
            {
                "name": "default",
                "plugins": [{"pluginRef": "decode-filter"}, {"pluginRef": "gold"}, {"pluginRef": "queue-scorer"}],
            }
        ],
    }
    pods = [
        deployment("gold", MODEL, replicas=2, labels={"app": "x", "tier": "gold"}),
        deployment("tin", MODEL, replicas=3, labels={"app": "x", "tier": "tin"}),
        deployment("prefill", MODEL, labels={"app": "x", "tier": "gold", "llm-d.ai/role": "prefill"}),
    ]
    fleet = up({"objects.yaml": [*pods, pool("p", "x")]}, "--config-text", json.dumps(config))
    pick = explanation(fleet)
    assert pick["filters"] == [{"name": "decode-filter", "kept": 5}, {"name": "gold", "kept": 2}]
    assert sorted(candidate["pod"] for candidate in pick["candidates"]) == ["gold-0", "gold-1"]


# Offline


def explain(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return run_to_exit("explain", "-f", str(folder), "--request", str(folder / "request" / "body.txt"), *flags)


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    """Manifests, and a request for the alias."""
    routed = [gateway(), route("all", to("gaie-sim"))]
    (tmp_path / "objects.yaml").write_text(text(*OBJECTS, *routed))
    (tmp_path / "request").mkdir()
    body = {"model": "alias", "messages": [{"role": "user", "content": "Hello " * 100}]}
    (tmp_path / "request" / "body.txt").write_text(json.dumps(body))
    return tmp_path


def test_offline(offline: Path) -> None:
    result = explain(offline)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 1
    pick = json.loads(result.stdout)
    check(pick, DEFAULT)
    assert (pick["model"], pick["target_model"]) == ("alias", "adapter-a")
    assert sorted(candidate["pod"] for candidate in pick["candidates"]) == [f"slow-{index}" for index in range(4)]
    for candidate in pick["candidates"]:
        assert candidate["inputs"]["waiting"] == candidate["inputs"]["running"] == 0
        assert candidate["inputs"]["prefix_total"] > 0


def test_offline_with_a_configuration(offline: Path) -> None:
    result = explain(offline, "--config-text", configuration(ALL))
    assert result.returncode == 0, result.stderr
    check(json.loads(result.stdout), ALL)


def test_offline_with_other_urls(offline: Path) -> None:
    """The path as the route leaves it says how the body is read; a redirect is no pick."""
    kinds = ("PathPrefix", "ReplacePrefixMatch")
    rules = [
        to("gaie-sim", matches=[{"path": {"type": kinds[0], "value": "/team"}}], filters=[
            {"type": "URLRewrite", "urlRewrite": {"path": {"type": kinds[1], "replacePrefixMatch": "/"}}}
        ]),
        {"filters": [{"type": "RequestRedirect", "requestRedirect": {"hostname": "away.example", "statusCode": 307}}]},
    ]  # fmt: skip
    (offline / "objects.yaml").write_text(text(*OBJECTS, gateway(), route("all", *rules)))
    result = explain(offline, "--path", "/team/v1/chat/completions")
    assert result.returncode == 0, result.stderr
    assert all(candidate["inputs"]["prefix_total"] > 0 for candidate in json.loads(result.stdout)["candidates"])
    result = explain(offline, "--path", "/v1%20x?a=b%20c")
    assert result.returncode == 1
    assert "307: the route default/all redirects to http://away.example/v1%20x?a=b%20c" in result.stderr


def request_of(folder: Path, body: Any) -> None:
    (folder / "request" / "body.txt").write_text(body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("not JSON", "JSON"),
        ({"prompt": "x"}, "model"),
        ({"model": 5, "prompt": "x"}, "model"),
    ],
)
def test_offline_refusals(offline: Path, body: Any, reason: str) -> None:
    request_of(offline, body)
    result = explain(offline)
    assert result.returncode != 0
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert reason in result.stderr


def test_offline_without_the_request(offline: Path) -> None:
    (offline / "request" / "body.txt").unlink()
    result = explain(offline)
    assert result.returncode != 0
    assert "body.txt" in result.stderr


def test_offline_with_a_bad_manifest(offline: Path) -> None:
    broken: Manifest = rewrite("broken", rule({"x": -1}, "y"))
    (offline / "broken.yaml").write_text(text(broken))
    result = explain(offline)
    assert result.returncode != 0
    assert "broken.yaml:" in result.stderr
