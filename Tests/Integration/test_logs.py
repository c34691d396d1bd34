"""Logs: text or JSON, levels, one line per request at debug with its id, nothing for health checks and scrapes."""

import json
from typing import Any

import pytest

from support.fleet import Fleet, FleetPool
from support.manifests import deployment, pool, rewrite, rule
from support.server import Server, ServerPool
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

PROBES = ("/health", "/health/ready", "/ready", "/ping", "/metrics")
ASK = {"prompt": "Hello", "max_tokens": 2, "ignore_eos": True}


def lines(server: Server | Fleet) -> list[dict[str, Any]]:
    """The complete lines of a log in JSON."""
    return [json.loads(line) for line in server.log.split("\n")[:-1]]


def requests(server: Server | Fleet) -> list[dict[str, Any]]:
    return [line for line in lines(server) if line["message"] == "request"]


def request(server: Server | Fleet, identity: str) -> dict[str, Any]:
    """The one line of the request of that id."""
    found = eventually(
        lambda: [line for line in requests(server) if line.get("request-id") == identity], lambda found: len(found) > 0
    )
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module")
def server(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--seed", "1", "--log-level", "debug", "--log-format", "json")


@pytest.mark.parametrize("stream", [False, True])
def test_a_line_per_request(server: Server, stream: bool) -> None:
    name = f"mine-{stream}"
    answer = server.post("/v1/completions", ASK | {"stream": stream}, headers={"x-request-id": name})
    assert answer.status_code == 200
    line = request(server, name)
    assert (line["level"], line["method"], line["path"], line["status"]) == ("debug", "POST", "/v1/completions", "200")
    assert float(line["milliseconds"]) > 0
    assert int(line["response-bytes"]) >= len(answer.content)


def test_the_id_is_that_of_the_answer(server: Server) -> None:
    answer = server.complete(**ASK)
    assert request(server, answer["id"].removeprefix("cmpl-"))["status"] == "200"


def test_refusals_have_a_line(server: Server) -> None:
    headers = {"x-request-id": "refused"}
    assert server.post("/v1/completions", {"prompt": "x", "max_tokens": -1}, headers=headers).status_code == 400
    assert request(server, "refused")["status"] == "400"


def test_probes_have_none(server: Server) -> None:
    for path in PROBES:
        server.get(path)
    server.post("/v1/completions", ASK, headers={"x-request-id": "after-probes"})
    request(server, "after-probes")
    assert not [line for line in requests(server) if line["path"] in PROBES]


def test_a_client_cannot_forge_lines(serve: ServerPool) -> None:
    server = serve("--log-level", "debug")
    server.get("/a%0A2026-01-01T00:00:00.000Z%20INFO%20forged")
    eventually(lambda: server.log, lambda log: "forged" in log)
    assert not [line for line in server.log.splitlines() if line.startswith("2026-01-01T00:00:00.000Z")]


def test_no_lines_at_info(serve: ServerPool) -> None:
    server = serve("--log-format", "json")
    server.complete(**ASK)
    # What the end of the process logs comes after any line of the request.
    server.terminate()
    assert server.wait() == 0
    assert lines(server)[-1]["message"] == "draining"
    assert requests(server) == []


def test_bodies_without_probes(serve: ServerPool) -> None:
    server = serve("--log-http", "--log-format", "json")
    for path in PROBES:
        server.get(path)
    server.complete(**ASK)
    logged = eventually(
        lambda: [line for line in lines(server) if line["message"].startswith("http ")], lambda found: len(found) >= 2
    )
    assert [(line["message"], line["path"]) for line in logged] == [
        ("http request", "/v1/completions"),
        ("http response", "/v1/completions"),
    ]


# Fleets


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    objects = [deployment("sim", "base"), pool("pool", "sim"), rewrite("alias", rule("base", "alias"), pool="pool")]
    return up_for_module({"objects.yaml": objects}, "--log-level", "debug", "--log-format", "json", replica_ports=1)


def test_a_line_at_the_front_door_and_none_behind_it(fleet: Fleet) -> None:
    body = {"model": "alias"} | ASK
    assert fleet.http.post("/v1/completions", json=body, headers={"x-request-id": "front"}).status_code == 200
    line = request(fleet, "front")
    assert (line["model"], line["target-model"], line["status"]) == ("alias", "base", "200")
    assert line["endpoint"].startswith("sim-0")


def test_no_endpoint_no_target(fleet: Fleet) -> None:
    body = {"model": "nobody"} | ASK
    assert fleet.http.post("/v1/completions", json=body, headers={"x-request-id": "nowhere"}).status_code == 404
    line = request(fleet, "nowhere")
    assert (line["model"], line["status"]) == ("nobody", "404")
    assert "endpoint" not in line and "target-model" not in line


def test_probes_of_a_fleet_have_none(fleet: Fleet) -> None:
    for path in ("/health", "/healthz", "/ready"):
        fleet.http.get(path)
    fleet.metrics()
    fleet.admin.get("/healthz")
    fleet.admin.get("/debug/picks")
    body = {"model": "base"} | ASK
    fleet.http.post("/v1/completions", json=body, headers={"x-request-id": "last"})
    request(fleet, "last")
    quiet = {"/health", "/healthz", "/ready", "/metrics", "/debug/picks"}
    assert not [line for line in requests(fleet) if line["path"] in quiet]
