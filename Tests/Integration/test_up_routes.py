"""HTTPRoutes at the front door: matches, mirrors, header filters, timeouts and namespaces (Gateway API v1.4)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.fleet import Fleet, FleetPool, deployment_of, error_of
from support.manifests import (
    EXPERIMENTAL,
    Manifest,
    backend,
    base_model,
    deployment,
    gateway,
    grant,
    headers,
    metadata,
    pool,
    remote_pod,
    rewrite,
    route,
    rule,
    to,
)
from support.recorder import Recorder
from support.waiting import eventually

pytest_plugins = ["support.fleets"]


def served_by(answer: httpx.Response) -> str:
    """The Deployment whose replica answered."""
    assert answer.status_code == 200, answer.text
    return deployment_of(answer.headers.get("x-inference-pod"))


def path(value: str, kind: str) -> Manifest:
    return {"path": {"type": kind, "value": value}}


# Matches

POOLS = ("red", "green", "blue")
SERVERS = [
    gateway(),
    *(deployment(name, "shared", adapters=[f"{name}-adapter"]) for name in POOLS),
    *(pool(name) for name in POOLS),
]


@pytest.fixture(scope="module")
def matching(up_for_module: FleetPool) -> Fleet:
    """Three pools that serve one model, so that nothing but the route decides."""
    rules = [
        to("red", matches=[headers(x_colour="red"), headers(x_shade="crimson")]),
        to("green", matches=[headers(x_colour="green") | path("/v1/chat", "PathPrefix")]),
        to("blue", matches=[path("/v1/completions", "Exact") | headers(x_colour="blue")]),
        to("green", matches=[{"headers": [{"type": "RegularExpression", "name": "X-Number", "value": "[0-9]+"}]}]),
        to("blue", matches=[{"queryParams": [{"type": "Exact", "name": "colour", "value": "blue"}]}]),
        to("red", matches=[headers(x_method="yes") | {"method": "PUT"}]),
        to("blue", matches=[headers(x_method="yes") | {"method": "POST"}]),
    ]
    return up_for_module({"servers.yaml": SERVERS, "route.yaml": [route("colours", *rules)]})


CHAT = "/v1/chat/completions"
MATCHES: list[tuple[str, dict[str, str], str | None]] = [
    ("/v1/completions", {"x-colour": "red"}, "red"),
    ("/v1/completions", {"X-Colour": "red"}, "red"),
    ("/v1/completions", {"x-shade": "crimson"}, "red"),
    ("/v1/completions", {"x-colour": "Red"}, None),
    ("/v1/completions", {"x-colour": "reddish"}, None),
    ("/v1/completions", {"x-colour": "green"}, None),
    (CHAT, {"x-colour": "green"}, "green"),
    (CHAT, {"x-colour": "blue"}, None),
    ("/v1/completions", {"x-colour": "blue"}, "blue"),
    ("/v1/completions", {"x-number": "42"}, "green"),
    ("/v1/completions", {"x-number": "42a"}, None),
    ("/v1/completions", {"x-number": ""}, None),
    ("/v1/completions?colour=blue", {}, "blue"),
    ("/v1/completions?colour=blues", {}, None),
    ("/v1/completions", {"x-method": "yes"}, "blue"),
    ("/v1/completions", {}, None),
]


@pytest.mark.parametrize(("url", "sent", "expected"), MATCHES)
def test_match(matching: Fleet, url: str, sent: dict[str, str], expected: str | None) -> None:
    answer = matching.ask("shared", path=url, headers=sent)
    if expected is None:
        error_of(answer, 404)
    else:
        assert served_by(answer) == expected


def test_which_match_counts(up: FleetPool) -> None:
    """The exact path, the longest prefix, the method, the most headers, then the older route, then the first rule."""
    rules = [
        to("red"),
        to("green", matches=[path("/v1/chat", "PathPrefix")]),
        to("blue", matches=[path("/v1/completions", "Exact")]),
        to("green", matches=[path("/v1", "PathPrefix") | {"method": "POST"} | headers(x_many="1")]),
        to("red", matches=[path("/v1/completions", "Exact") | headers(x_many="1", x_more="1")]),
        to("green", matches=[path("/v1/completions", "Exact") | headers(x_more="1")]),
        to("blue", matches=[path("/v1/completions", "Exact") | headers(x_more="1")]),
    ]
    fleet = up({"servers.yaml": SERVERS, "route.yaml": [route("colours", *rules)]})
    cases: list[tuple[str, dict[str, str], str]] = [
        (CHAT, {}, "green"),
        ("/v1/completions", {}, "blue"),
        ("/v1/completions", {"x-many": "1", "x-more": "1"}, "red"),
        ("/v1/completions", {"x-many": "1"}, "blue"),
        ("/v1/completions", {"x-more": "1"}, "green"),
    ]
    for url, sent, expected in cases:
        assert served_by(fleet.ask("shared", path=url, headers=sent)) == expected, (url, sent)


def test_prefixes_are_of_whole_elements(up: FleetPool) -> None:
    rules = [to("red", matches=[path("/v1/chat", "PathPrefix")]), to("green", matches=[path("/v1/comp", "PathPrefix")])]
    fleet = up({"servers.yaml": SERVERS, "route.yaml": [route("paths", *rules)]})
    assert served_by(fleet.ask("shared", path=CHAT)) == "red"
    error_of(fleet.ask("shared"), 404)


def test_without_a_match_the_message_names_the_model(matching: Fleet) -> None:
    assert "nobody" in error_of(matching.ask("nobody"), 404)["message"]


def test_a_model_that_the_pool_does_not_have(matching: Fleet) -> None:
    """The route decides, and then the server says that it has no such model."""
    error = error_of(matching.ask("nobody", headers={"x-colour": "red"}), 404)
    assert "nobody" in error["message"]


# The model as a header


@pytest.fixture(scope="module")
def by_model(up_for_module: FleetPool) -> Fleet:
    servers = [
        gateway(),
        *(deployment(name, f"org/{name}", adapters=[f"{name}-adapter"]) for name in POOLS),
        *(pool(name) for name in POOLS),
        rewrite("alias", rule("org/green", "grass"), pool="green"),
    ]
    rules = [
        to("red", matches=[headers(X_Gateway_Model_Name="org/red")]),
        to("green", matches=[base_model("org/green")]),
        to("blue", matches=[headers(X_Gateway_Model_Name="not in a body")]),
    ]
    return up_for_module({"servers.yaml": servers, "route.yaml": [route("models", *rules)]})


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("org/red", "red"),
        ("red-adapter", None),
        ("org/green", "green"),
        ("green-adapter", "green"),
        ("grass", "green"),
        ("org/blue", None),
        ("nobody", None),
    ],
)
def test_routes_by_the_model_of_the_body(by_model: Fleet, model: str, expected: str | None) -> None:
    answer = by_model.ask(model)
    if expected is None:
        error_of(answer, 404)
    else:
        assert served_by(answer) == expected
        assert answer.json()["model"] == model


@pytest.mark.parametrize("name", ["X-Gateway-Model-Name", "x-gateway-model-name", "X-Gateway-Base-Model-Name"])
@pytest.mark.parametrize("value", ["org/red", "org/green", "not in a body", ""])
def test_what_the_client_says_there_does_not_count(by_model: Fleet, name: str, value: str) -> None:
    assert served_by(by_model.ask("org/green", headers={name: value})) == "green"
    assert served_by(by_model.ask("org/red", headers={name: value})) == "red"
    error_of(by_model.ask("org/blue", headers={name: value}), 404)


def test_both_at_once_do_not_count_either(by_model: Fleet) -> None:
    with by_model.connect() as connection:
        body = b'{"model":"org/blue","prompt":"x","max_tokens":1}'
        lines = [b"POST /v1/completions HTTP/1.1", b"Host: t", b"Content-Length: %d" % len(body)]
        lines += [b"X-Gateway-Model-Name: org/red", b"X-Gateway-Model-Name: org/red"]
        connection.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        assert connection.read_answer("POST").status == 404


# What servers get: a recorder behind the route


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    recorder = Recorder("recorded")
    yield recorder
    recorder.close()


def modifier(kind: str, **changes: Any) -> Manifest:
    """A filter; `set` and `add` are given as name to value."""
    lists = {
        verb: [{"name": name, "value": value} for name, value in change.items()] if isinstance(change, dict) else change
        for verb, change in changes.items()
    }
    return {"type": f"{kind}HeaderModifier", f"{kind[0].lower()}{kind[1:]}HeaderModifier": lists}


@pytest.fixture(scope="module")
def recorded(up_for_module: FleetPool, recorder: Recorder) -> Fleet:
    filters = [
        modifier("Request", set={"x-set": "by the route"}, add={"x-added": "more"}, remove=["x-removed"]),
        modifier("Response", set={"x-tier": "gold"}, add={"x-also": "yes"}, remove=["x-recorder"]),
    ]
    objects = [
        gateway(),
        remote_pod("recorder", "recorder"),
        pool("recorder", port=recorder.port),
        route("all", to("recorder", filters=filters)),
    ]
    return up_for_module({"objects.yaml": objects})


def test_request_headers(recorded: Fleet, recorder: Recorder) -> None:
    sent = {"X-Set": "by the client", "x-added": "some", "X-Removed": "secret", "x-kept": "kept"}
    answer = recorded.ask("recorded", headers=sent)
    assert answer.status_code == 200, answer.text
    last = recorder.last
    assert last.all("x-set") == ["by the route"]
    assert ", ".join(last.all("x-added")) == "some, more"
    assert last.all("x-removed") == []
    assert last.all("x-kept") == ["kept"]


def test_response_headers(recorded: Fleet) -> None:
    answer = recorded.ask("recorded")
    assert answer.headers.get_list("x-tier") == ["gold"]
    assert answer.headers.get_list("x-also") == ["yes"]
    assert "x-recorder" not in answer.headers


def test_the_model_headers_as_servers_get_them(recorded: Fleet, recorder: Recorder) -> None:
    recorded.ask("recorded", headers={"X-Gateway-Model-Name": "spoofed", "x-gateway-base-model-name": "spoofed"})
    assert recorder.last.all("x-gateway-model-name") == ["recorded"]
    assert "spoofed" not in recorder.last.all("x-gateway-base-model-name")


def test_what_servers_get_besides(recorded: Fleet, recorder: Recorder) -> None:
    """The body as it was sent, the client's authorization, an id for the request; not what steers the picker."""
    body = b'{ "model":"recorded",\n"prompt" : "H\\u00e9llo", "max_tokens":1, "unknown": [1.50, 1e3] }'
    sent = {
        "Authorization": "Bearer secret",
        "Content-Type": "application/json",
        "x-gateway-inference-objective": "none",
        "x-gateway-inference-fairness-id": "tenant",
        "x-understudy-explain": "true",
    }
    answer = recorded.http.post("/v1/completions?a=b", content=body, headers=sent)
    assert answer.status_code == 200, answer.text
    last = recorder.last
    assert last.path == "/v1/completions?a=b"
    assert last.body == body
    assert last.all("authorization") == ["Bearer secret"]
    assert len(last.all("x-request-id")) == 1
    assert last.all("x-request-id") != [""]
    for name in ("x-gateway-inference-objective", "x-gateway-inference-fairness-id", "x-understudy-explain"):
        assert last.all(name) == []


def test_the_clients_own_request_id(recorded: Fleet, recorder: Recorder) -> None:
    recorded.ask("recorded", headers={"x-request-id": "mine-1"})
    assert recorder.last.all("x-request-id") == ["mine-1"]


def test_filters_of_a_backend(up: FleetPool) -> None:
    gold = backend("red", 1) | {"filters": [modifier("Response", set={"x-backend": "red"})]}
    plain = backend("green", 1) | {"filters": [modifier("Response", set={"x-backend": "green"})]}
    fleet = up({"servers.yaml": SERVERS, "route.yaml": [route("split", to(gold, plain))]}, "--split", "smooth")
    answers = [fleet.ask("shared") for _ in range(10)]
    seen = Counter((served_by(answer), answer.headers["x-backend"]) for answer in answers)
    assert seen == Counter({("red", "red"): 5, ("green", "green"): 5})


# URLs


def other_url(prefix: str | None = None, **changes: Any) -> Manifest:
    if prefix is not None:
        changes["path"] = {"type": "ReplacePrefixMatch", "replacePrefixMatch": prefix}
    return {"type": "URLRewrite", "urlRewrite": changes}


def redirect(**changes: Any) -> Manifest:
    return {"type": "RequestRedirect", "requestRedirect": changes}


@pytest.fixture(scope="module")
def renamed(up_for_module: FleetPool, recorder: Recorder) -> Fleet:
    """Three ways to other URLs; requests for the recorder come under its own host name."""
    recorded = other_url("/", hostname="recorder.example")
    rules = [
        to("red", matches=[path("/team-red", "PathPrefix")], filters=[other_url("/")]),
        to("recorder", matches=[path("/recorded", "PathPrefix")], filters=[recorded]),
        {
            "matches": [path("/old", "PathPrefix")],
            "filters": [redirect(path={"type": "ReplacePrefixMatch", "replacePrefixMatch": "/team-red"}, statusCode=308)],
        },
        {"matches": [path("/away", "Exact")], "filters": [redirect(scheme="https", hostname="away.example")]},
        to("green"),
    ]
    objects = [
        *SERVERS,
        remote_pod("recorder", "recorder"),
        pool("recorder", port=recorder.port),
        route("urls", *rules),
    ]
    return up_for_module({"objects.yaml": objects})


@pytest.mark.parametrize("end", ["/v1/completions", "/v1/chat/completions"])
def test_a_rewritten_path(renamed: Fleet, end: str) -> None:
    assert served_by(renamed.ask("shared", path=f"/team-red{end}")) == "red"
    assert served_by(renamed.ask("shared", path=end)) == "green"


def test_a_rewritten_path_without_a_body(renamed: Fleet) -> None:
    answer = renamed.http.get("/team-red/v1/models")
    assert served_by(answer) == "red"
    assert "red-adapter" in answer.text


def test_a_rewritten_url_as_servers_get_it(renamed: Fleet, recorder: Recorder) -> None:
    answer = renamed.ask("recorded", path="/recorded/v1/completions?a=b%20c")
    assert answer.status_code == 200, answer.text
    assert recorder.last.path == "/v1/completions?a=b%20c"
    assert recorder.last.all("host") == ["recorder.example"]


def test_a_redirect_is_followed(renamed: Fleet) -> None:
    answer = renamed.ask("shared", path="/old/v1/completions")
    assert answer.status_code == 308
    assert answer.headers["location"] == f"{renamed.url}/team-red/v1/completions"
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        body = {"model": "shared", "prompt": "Hello", "max_tokens": 1}
        assert served_by(client.post(f"{renamed.url}/old/v1/completions", json=body)) == "red"


def test_a_redirect_of_what_is_not_json(renamed: Fleet) -> None:
    assert renamed.http.post("/old/v1/audio", content=b"--boundary").status_code == 308
    assert renamed.http.post("/v1/audio", content=b"--boundary").status_code == 400


def test_bodiless_requests_do_not_count_as_scheduled(renamed: Fleet) -> None:
    name = "llm_d_epp_request_total"
    before = renamed.metrics().total(name)
    assert renamed.http.get("/team-red/v1/models").status_code == 200
    assert renamed.metrics().total(name) == before
    renamed.ask("shared")
    assert renamed.metrics().total(name) == before + 1


def test_keys_guard_the_path_that_servers_see(up: FleetPool) -> None:
    """An open path in front does not open a guarded one behind it, nor the other way round."""
    rules = [
        to("red", matches=[path("/team", "PathPrefix")], filters=[other_url("/")]),
        to("red", matches=[path("/v1/alive", "Exact")], filters=[
            other_url(path={"type": "ReplaceFullPath", "replaceFullPath": "/health"})
        ]),
        to("red"),
    ]  # fmt: skip
    guarded = deployment("red", "shared", "--api-key", "secret")
    fleet = up({"objects.yaml": [gateway(), guarded, pool("red"), route("all", *rules)]})
    for prefix in ("", "/team"):
        assert fleet.ask("shared", path=f"{prefix}/v1/completions").status_code == 401
        key = {"authorization": "Bearer secret"}
        assert fleet.ask("shared", path=f"{prefix}/v1/completions", headers=key).status_code == 200
    assert fleet.http.get("/v1/alive").status_code == 200


def test_a_redirect_to_another_host(renamed: Fleet) -> None:
    answer = renamed.http.get("/away?x=y")
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://away.example/away?x=y"
    assert answer.content == b""


# Mirrors


def mirror(name: str, **share: Any) -> Manifest:
    return {"type": "RequestMirror", "requestMirror": {"backendRef": backend(name)} | share}


def answered(fleet: Fleet, index: int) -> float:
    """Requests that a replica has finished."""
    return fleet.replica_metrics(index).total("vllm:request_success_total")


def test_a_mirror_gets_a_copy(up: FleetPool) -> None:
    servers = [gateway(), deployment("live", "m"), deployment("shadow", "m"), pool("live"), pool("shadow")]
    routed = route("r", to("live", filters=[mirror("shadow")]))
    fleet = up({"servers.yaml": servers, "route.yaml": [routed]}, replica_ports=2)
    for _ in range(10):
        assert served_by(fleet.ask("m")) == "live"
    assert answered(fleet, 0) == 10
    eventually(lambda: answered(fleet, 1), lambda count: count == 10)


def test_a_share_is_mirrored(up: FleetPool) -> None:
    servers = [gateway(), deployment("live", "m"), deployment("shadow", "m"), pool("live"), pool("shadow")]
    filters = [mirror("shadow", percent=20)]
    fleet = up(
        {"servers.yaml": servers, "route.yaml": [route("r", to("live", filters=filters))]},
        "--split", "smooth", replica_ports=2,
    )  # fmt: skip
    assert fleet.deployments_of("m", 50) == Counter(live=50)
    eventually(lambda: answered(fleet, 1), lambda count: count >= 10)
    assert answered(fleet, 1) == 10


def test_what_becomes_of_a_copy_does_not_matter(up: FleetPool) -> None:
    """A mirror that does not know the model, is slow, has no endpoint, or is not there."""
    slow = ("--time-to-first-token", "3s")
    servers = [
        gateway(),
        deployment("live", "m"),
        deployment("other", "other-model"),
        deployment("slow", "m", latency=slow),
        *(pool(name) for name in ("live", "other", "slow", "empty")),
    ]
    filters = [mirror(name) for name in ("other", "slow", "empty", "missing")]
    fleet = up(
        {"servers.yaml": servers, "route.yaml": [route("r", to("live", filters=filters))]}, "--shutdown-timeout", "0"
    )
    for _ in range(5):
        answer = fleet.ask("m")
        assert served_by(answer) == "live"
        assert answer.elapsed.total_seconds() < 2


# Timeouts


def test_timeouts(up: FleetPool) -> None:
    slow = deployment("slow", "slow", "--max-num-seqs", "1", latency=("--time-to-first-token", "20s"))
    rules = [
        to("slow", matches=[base_model("slow")], timeouts={"request": "150ms"}),
        to("fast", matches=[base_model("fast")], timeouts={"request": "10s", "backendRequest": "5s"}),
    ]
    objects = [gateway(), slow, deployment("fast", "fast"), pool("slow"), pool("fast"), route("r", *rules)]
    fleet = up({"objects.yaml": objects}, replica_ports=2)
    answer = fleet.ask("slow")
    error_of(answer, 504)
    assert 0.1 < answer.elapsed.total_seconds() < 5
    # The server has stopped working for it.
    eventually(lambda: fleet.replica_metrics(0).running, lambda running: running == 0)
    assert fleet.ask("fast").status_code == 200


# Backends that are none


def test_a_pool_without_endpoints(up: FleetPool) -> None:
    objects = [gateway(), pool("empty"), route("r", to("empty"))]
    fleet = up({"objects.yaml": objects})
    answer = fleet.ask("m")
    error = error_of(answer, 503)
    assert (
        "inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request"
        in error["message"]
    )
    assert answer.headers["x-llm-d-request-dropped-reason"] == "rejected-no-endpoints"
    fleet.apply(deployment("empty", "m"))
    fleet.status_becomes("m", 200)


def test_a_backend_that_is_not_there_fails_its_share(up: FleetPool) -> None:
    objects = [gateway(), deployment("live", "m"), pool("live")]
    rules = to(backend("live", 3), backend("missing", 1))
    fleet = up({"objects.yaml": objects, "route.yaml": [route("r", rules)]}, "--split", "smooth")
    statuses = Counter(fleet.ask("m").status_code for _ in range(8))
    assert statuses == Counter({200: 6, 500: 2})
    assert any("route.yaml" in line and "missing" in line for line in fleet.log.splitlines()), fleet.log


def test_all_weights_zero(up: FleetPool) -> None:
    fleet = up({"objects.yaml": [gateway(), deployment("live", "m"), pool("live"), route("r", to(backend("live", 0)))]})
    error_of(fleet.ask("m"), 500)


def test_a_route_without_an_effect_is_still_a_route(up: FleetPool) -> None:
    """Where there are routes nothing gets in but by them."""
    objects = [gateway(), deployment("live", "m"), pool("live"), route("r", to("live", matches=[base_model("nobody")]))]
    fleet = up({"objects.yaml": objects})
    error_of(fleet.ask("m"), 404)
    fleet.delete("httproute", "r")
    fleet.status_becomes("m", 200)


def test_a_service_as_backend(up: FleetPool) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata("plain"),
        "spec": {"selector": {"app": "live"}, "ports": [{"port": 80, "targetPort": 8000}]},
    }
    reference = {"name": "plain", "port": 80}
    fleet = up({"objects.yaml": [gateway(), deployment("live", "m"), service, route("r", to(reference))]})
    assert served_by(fleet.ask("m")) == "live"


def test_pools_of_v1alpha2(up: FleetPool) -> None:
    old_pool = {
        "apiVersion": f"{EXPERIMENTAL}/v1alpha2",
        "kind": "InferencePool",
        "metadata": metadata("old"),
        "spec": {"targetPortNumber": 8000, "selector": {"app": "live"}, "extensionRef": {"name": "old-ext-proc"}},
    }
    reference = {"group": EXPERIMENTAL, "kind": "InferencePool", "name": "old"}
    fleet = up({"objects.yaml": [gateway(), deployment("live", "m"), old_pool, route("r", to(reference))]})
    assert served_by(fleet.ask("m")) == "live"


# Namespaces

ELSEWHERE = [deployment("team", "m", namespace="team"), pool("team", namespace="team")]


def test_a_pool_in_another_namespace_needs_a_grant(up: FleetPool) -> None:
    fleet = up({"objects.yaml": [gateway(), *ELSEWHERE, route("r", to(backend("team", namespace="team")))]})
    error_of(fleet.ask("m"), 500)
    fleet.apply(grant("team"))
    fleet.status_becomes("m", 200)
    assert served_by(fleet.ask("m")) == "team"
    fleet.delete("referencegrant", "allow-routes", "-n", "team")
    fleet.status_becomes("m", 500)


def test_a_grant_for_somebody_else(up: FleetPool) -> None:
    objects = [gateway(), *ELSEWHERE, grant("team", from_namespace="other")]
    fleet = up({"objects.yaml": [*objects, route("r", to(backend("team", namespace="team")))]})
    error_of(fleet.ask("m"), 500)


@pytest.mark.parametrize(("routes_from", "status"), [("All", 200), ("Same", 404)])
def test_a_route_in_another_namespace(up: FleetPool, routes_from: str, status: int) -> None:
    """It stays beside its pool and is attached to the shared gateway, if that lets it."""
    objects = [gateway(routes_from=routes_from), *ELSEWHERE, route("r", to("team"), namespace="team")]
    fleet = up({"objects.yaml": objects})
    answer = fleet.ask("m")
    assert answer.status_code == status, answer.text
    if status == 200:
        assert served_by(answer) == "team"
        assert answer.headers["x-inference-namespace"] == "team"


def test_equal_names_in_two_namespaces(up: FleetPool) -> None:
    here = [deployment("same", "here"), pool("same"), route("r", to("same", matches=[base_model("here")]))]
    there = [
        deployment("same", "there", namespace="team"),
        pool("same", namespace="team"),
        route("r", to("same", matches=[base_model("there")]), namespace="team"),
    ]
    fleet = up({"objects.yaml": [gateway(routes_from="All"), *here, *there]})
    for model, namespace in (("here", "default"), ("there", "team")):
        answer = fleet.ask(model)
        assert served_by(answer) == "same"
        assert answer.headers["x-inference-namespace"] == namespace
