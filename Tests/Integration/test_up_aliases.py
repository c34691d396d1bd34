"""Names that only a rewrite knows, and whose name the answer shows (GIE v1.5, InferenceModelRewrite)."""

import json
from typing import Any

import pytest

from support import sse
from support.fleet import Fleet, FleetPool, error_of
from support.manifests import deployment, pool, rewrite, rule

pytest_plugins = ["support.fleets"]

BASE = "facebook/opt-125m"
SERVERS = [
    deployment("sim", BASE, "--mode", "echo", replicas=2, adapters=["adapter-a", "adapter-b"]),
    pool("gaie-sim", "sim"),
]
ALIAS = rewrite("opt-stable", rule(BASE, "opt-stable"), pool="gaie-sim")


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    """Answers show the client's name, which is the default."""
    return up_for_module({"servers.yaml": SERVERS, "alias.yaml": [ALIAS]})


@pytest.fixture(scope="module")
def showing_backend(up_for_module: FleetPool) -> Fleet:
    return up_for_module({"servers.yaml": SERVERS, "alias.yaml": [ALIAS]}, "--response-model", "backend")


PATHS = ["/v1/completions", "/v1/chat/completions"]


@pytest.mark.parametrize("path", PATHS)
def test_the_answer_has_the_name_that_was_asked_for(fleet: Fleet, path: str) -> None:
    answer = fleet.ask("opt-stable", path=path)
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == "opt-stable"
    assert answer.headers["x-inference-pod"] in ("sim-0", "sim-1")


@pytest.mark.parametrize("path", PATHS)
def test_the_answer_has_the_servers_name_on_request(showing_backend: Fleet, path: str) -> None:
    answer = showing_backend.ask("opt-stable", path=path)
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == BASE


@pytest.mark.parametrize("path", PATHS)
def test_every_frame_of_a_stream_has_the_name(fleet: Fleet, showing_backend: Fleet, path: str) -> None:
    for server, expected in ((fleet, "opt-stable"), (showing_backend, BASE)):
        answer = server.ask("opt-stable", path=path, stream=True, max_tokens=20)
        assert answer.status_code == 200, answer.text
        frames = sse.chunks(answer.content)
        assert frames
        assert {frame["model"] for frame in frames} == {expected}


@pytest.mark.parametrize("stream", [False, True])
def test_names_inside_of_texts_stay(fleet: Fleet, stream: bool) -> None:
    """Echoed text that looks like the field is no field."""
    prompt = f'a "model":"{BASE}" and {BASE} once more'
    answer = fleet.ask("opt-stable", prompt=prompt, max_tokens=100, stream=stream)
    assert answer.status_code == 200, answer.text
    if stream:
        assert sse.text_of(sse.chunks(answer.content)) == prompt
    else:
        assert answer.json()["choices"][0]["text"] == prompt


def test_the_servers_own_names_stay(fleet: Fleet) -> None:
    for name in (BASE, "adapter-a"):
        answer = fleet.ask(name)
        assert answer.status_code == 200, answer.text
        assert answer.json()["model"] == name


def test_the_list_has_models_adapters_and_aliases(fleet: Fleet) -> None:
    cards = {card["id"]: card for card in fleet.http.get("/v1/models").json()["data"]}
    assert sorted(cards) == sorted([BASE, "adapter-a", "adapter-b", "opt-stable"])
    assert cards["adapter-a"]["parent"] == BASE
    for card in cards.values():
        assert card["object"] == "model"
        assert card["owned_by"] == "vllm"
    assert fleet.http.get("/v1/models/opt-stable").json()["id"] == "opt-stable"
    error_of(fleet.http.get("/v1/models/nobody"), 404)


def test_a_request_that_the_server_refuses(fleet: Fleet) -> None:
    error = error_of(fleet.ask("opt-stable", max_tokens=0), 400)
    assert "max_tokens" in json.dumps(error)


def test_names_compare_with_case(fleet: Fleet) -> None:
    error_of(fleet.ask("Opt-Stable"), 404)


@pytest.mark.parametrize("name", ['na"me', "na\\me", "näme", "a/b/c", "x" * 300, "{}"])
def test_any_text_can_be_an_alias(up_aliases: Fleet, name: str) -> None:
    up_aliases.apply(rewrite("odd", rule(BASE, name), pool="gaie-sim"))
    up_aliases.status_becomes(name, 200)
    assert up_aliases.ask(name).json()["model"] == name
    frames = sse.chunks(up_aliases.ask(name, stream=True).content)
    assert {frame["model"] for frame in frames} == {name}


@pytest.fixture(scope="module")
def up_aliases(up_for_module: FleetPool) -> Fleet:
    """For tests that change what there is."""
    return up_for_module({"servers.yaml": SERVERS})


def test_from_apply_to_delete(up_aliases: Fleet) -> None:
    alias = rewrite("walk", rule("adapter-b", "walk"), pool="gaie-sim")
    error_of(up_aliases.ask("walk"), 404)
    up_aliases.apply(alias)
    up_aliases.status_becomes("walk", 200)
    assert "walk" in up_aliases.model_names
    up_aliases.delete("inferencemodelrewrite", "walk")
    up_aliases.status_becomes("walk", 404)
    assert "walk" not in up_aliases.model_names


@pytest.mark.parametrize("group", ["inference.networking.x-k8s.io", "llm-d.ai", "inference.networking.k8s.io"])
def test_all_groups_that_people_write(up_aliases: Fleet, group: str) -> None:
    alias = rewrite("grouped", rule(BASE, group), pool="gaie-sim", group=group)
    result = up_aliases.run("apply", "-f", "-", stdin=json.dumps(alias))
    assert result.returncode == 0, result.stderr
    up_aliases.status_becomes(group, 200)
    up_aliases.delete("inferencemodelrewrite", "grouped")


def test_the_group_that_no_release_serves_is_warned_about(up: FleetPool) -> None:
    alias = rewrite("odd-group", rule(BASE, "x"), pool="gaie-sim", group="inference.networking.k8s.io")
    fleet = up({"servers.yaml": SERVERS, "alias.yaml": [alias]})
    assert fleet.ask("x").status_code == 200
    assert any("alias.yaml" in line and "WARNING" in line for line in fleet.log.splitlines()), fleet.log


# The header that presets a target

PRESETS = ["x-gateway-model-name-rewrite", "x-llm-d-model-name-rewrite"]


@pytest.mark.parametrize("header", PRESETS)
def test_a_preset_without_a_rule(showing_backend: Fleet, header: str) -> None:
    answer = showing_backend.ask(BASE, headers={header: "adapter-a"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == "adapter-a"


@pytest.mark.parametrize("header", PRESETS)
def test_a_rule_goes_before_a_preset(showing_backend: Fleet, header: str) -> None:
    answer = showing_backend.ask("opt-stable", headers={header: "adapter-a"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == BASE


# Rewrites are not chained


def test_the_result_is_not_matched_again(showing_backend: Fleet) -> None:
    """A cycle does one step, and so does a chain."""
    cycle = [
        rewrite("cycle-a", rule("adapter-b", "adapter-a"), pool="gaie-sim"),
        rewrite("cycle-b", rule("adapter-a", "adapter-b"), pool="gaie-sim"),
    ]
    showing_backend.apply(*cycle)
    try:
        showing_backend.becomes(lambda: model_of(showing_backend, "adapter-a"), "adapter-b")
        showing_backend.becomes(lambda: model_of(showing_backend, "adapter-b"), "adapter-a")
    finally:
        for name in ("cycle-a", "cycle-b"):
            showing_backend.delete("inferencemodelrewrite", name)


def model_of(fleet: Fleet, model: str) -> Any:
    answer = fleet.ask(model)
    return answer.json()["model"] if answer.status_code == 200 else answer.status_code
