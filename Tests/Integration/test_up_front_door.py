"""Through the front door everything is as it is at the server: answers, streams, errors, and clients that leave."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openai
import pytest

from support import sse
from support.fleet import Fleet, FleetPool, error_of
from support.manifests import FAST, deployment, gateway, objective, pool, route, to
from support.process import run_to_exit
from support.raw import Connection
from support.shapes import differences
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

MODEL = "org/model"
LIMIT = 4 << 20
OBJECTS = [
    deployment("sim", MODEL, "--mode", "echo", "--max-model-len", "512", adapters=["adapter"]),
    pool("pool", "sim"),
]


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Fleet:
    """One replica that echoes, reachable directly too."""
    return up_for_module({"objects.yaml": OBJECTS}, replica_ports=1)


@pytest.fixture(scope="module")
def slow(up_for_module: FleetPool) -> Fleet:
    """One slot, and tokens that take 200 ms."""
    latency = ("--time-to-first-token", "200ms", "--inter-token-latency", "200ms")
    objects = [deployment("slow", MODEL, "--max-num-seqs", "1", latency=latency), pool("pool", "slow")]
    return up_for_module({"objects.yaml": objects}, replica_ports=1)


# Answers


BODIES: list[tuple[str, dict[str, Any]]] = [
    ("/v1/completions", {"prompt": "Hello there", "max_tokens": 5}),
    ("/v1/completions", {"prompt": ["one", "two"], "n": 2, "max_tokens": 3, "logprobs": 2}),
    ("/v1/completions", {"prompt": "Hello", "max_tokens": 3, "echo": True}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "logprobs": True, "n": 2}),
    ("/tokenize", {"prompt": "Hello there"}),
]


def without_chance(answer: Any) -> Any:
    """Without what is another value each time."""
    if isinstance(answer, dict):
        chance = ("id", "created", "metrics")
        return {key: without_chance(value) for key, value in answer.items() if key not in chance}
    return [without_chance(value) for value in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_the_same_answer(fleet: Fleet, path: str, body: dict[str, Any]) -> None:
    body = {"model": MODEL} | body
    direct = fleet.replica(0, "POST", path, body)
    answer = fleet.http.post(path, json=body)
    assert (answer.status_code, direct.status) == (200, 200), answer.text
    assert answer.headers["content-type"] == direct.header("content-type")
    assert without_chance(answer.json()) == without_chance(direct.json)


@pytest.mark.parametrize("usage", [False, True])
@pytest.mark.parametrize(("path", "body"), [body for body in BODIES if body[0] != "/tokenize"])
def test_the_same_stream(fleet: Fleet, path: str, body: dict[str, Any], usage: bool) -> None:
    body = {"model": MODEL, "stream": True, "stream_options": {"include_usage": usage}} | body
    direct = fleet.replica(0, "POST", path, body)
    with fleet.connect() as connection:
        answer = connection.post(path, body)
    assert (answer.status, direct.status) == (200, 200), answer.body
    assert answer.header("content-type") == direct.header("content-type")
    frames, expected = sse.chunks(answer.body), sse.chunks(direct.body)
    for index in range(2):
        assert sse.text_of(frames, index) == sse.text_of(expected, index)
    assert sse.finish_reasons(frames) == sse.finish_reasons(expected)
    assert not list(differences(expected[0], frames[0]))
    assert frames[-1].get("usage") == expected[-1].get("usage")


def test_messages_have_both_generations_of_names(fleet: Fleet) -> None:
    message = fleet.ask(MODEL, path="/v1/chat/completions").json()["choices"][0]["message"]
    assert {"reasoning", "reasoning_content", "tool_calls"} <= set(message)


def test_whole_headers_of_a_replica(fleet: Fleet) -> None:
    answer = fleet.ask(MODEL)
    assert answer.headers.get_list("x-inference-pod") == ["sim-0"]
    assert answer.headers["x-inference-namespace"] == "default"
    assert answer.headers["x-inference-port"].isdigit()


def test_streams_arrive_as_they_are_made(slow: Fleet) -> None:
    with slow.connect() as connection:
        body = {"model": MODEL, "prompt": "x", "max_tokens": 3, "ignore_eos": True, "stream": True}
        started = time.monotonic()
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        head = connection.read_head()
        assert head.status == 200
        arrivals = []
        while connection.read_chunk():
            arrivals.append(time.monotonic() - started)
    assert arrivals[-1] - arrivals[0] > 0.2
    assert head.arrived - started < arrivals[0]
    eventually(lambda: slow.replica_metrics(0).running, lambda running: running == 0)


def test_many_requests_on_one_connection(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        for number in range(50):
            answer = connection.post("/v1/completions", {"model": MODEL, "prompt": f"number {number}"})
            assert answer.status == 200
            assert answer.json["choices"][0]["text"].strip() == f"number {number}"


def test_many_connections_at_once(fleet: Fleet) -> None:
    def ask(number: int) -> str:
        with fleet.connect() as connection:
            answer = connection.post("/v1/completions", {"model": MODEL, "prompt": f"number {number}", "stream": True})
            return sse.text_of(sse.chunks(answer.body)).strip()

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(ask, range(64))) == [f"number {number}" for number in range(64)]


def test_a_chunked_body(fleet: Fleet) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"model":"org/mo'
        yield b'del","prompt":"in two'
        yield b' pieces"}'

    answer = fleet.http.post("/v1/completions", content=pieces())
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["text"].strip() == "in two pieces"


# Errors


REFUSED: list[tuple[str, Any, dict[str, str]]] = [
    ("/v1/completions", {"prompt": "x", "max_tokens": 0}, {}),
    ("/v1/completions", {"prompt": "x", "max_tokens": "many"}, {}),
    ("/v1/completions", {"prompt": "x", "temperature": -1}, {}),
    ("/v1/completions", {"prompt": "word " * 600}, {}),
    ("/v1/completions", {}, {}),
    ("/v1/chat/completions", {}, {}),
    ("/v1/chat/completions", {"messages": []}, {}),
    ("/v1/chat/completions", {"messages": "Hello"}, {}),
    ("/v1/completions", {"prompt": "x"}, {"X-Return-Error": "429"}),
    ("/v1/completions", {"prompt": "x", "stream": True}, {"X-Return-Error": "500"}),
    ("/v1/nothing/here", {"prompt": "x"}, {}),
    ("/detokenize", {"tokens": "x"}, {}),
]


@pytest.mark.parametrize(("path", "body", "sent"), REFUSED)
def test_the_same_error(fleet: Fleet, path: str, body: Any, sent: dict[str, str]) -> None:
    body = {"model": MODEL} | body
    direct = fleet.replica(0, "POST", path, body, headers=sent)
    answer = fleet.http.post(path, json=body, headers=sent)
    assert direct.status >= 400
    assert answer.status_code == direct.status
    assert answer.json() == direct.json
    assert answer.headers["content-type"] == direct.header("content-type")


@pytest.mark.parametrize("body", [{"prompt": "x"}, {"model": None, "prompt": "x"}])
def test_without_a_model(fleet: Fleet, body: Any) -> None:
    error = error_of(fleet.http.post("/v1/completions", json=body), 400)
    assert "inference error: BadRequest - model not found in request body" in error["message"]


@pytest.mark.parametrize("model", [5, 1.5, True, [], ["org/model"], {}, {"name": "org/model"}])
def test_a_model_that_is_no_text(fleet: Fleet, model: Any) -> None:
    assert "model" in error_of(fleet.ask(model), 400)["message"]


@pytest.mark.parametrize(
    "body",
    [b"x", b"{", b'{"model":"org/model"', b"[]", b'"org/model"', b"null", b'{"model":"org/model"}}', b"\xff", b"\0"],
)
def test_a_body_that_is_no_object(fleet: Fleet, body: bytes) -> None:
    error_of(fleet.http.post("/v1/completions", content=body), 400)


@pytest.mark.parametrize("model", ["nobody", "", "org", "ORG/MODEL", "org/model ", "x" * 10_000, "\n", "modèle"])
def test_an_unknown_model(fleet: Fleet, model: str) -> None:
    error_of(fleet.ask(model), 404)


def test_a_body_that_is_too_large(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        length = b"Content-Length: %d" % (LIMIT + 1)
        connection.send(b"POST /v1/completions HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n" + length + b"\r\n\r\n")
        assert connection.read_head().status == 413
    answer = fleet.http.post("/v1/completions", content=b" " * (LIMIT + 1))
    assert str(LIMIT) in error_of(answer, 413)["message"]


def test_a_body_as_large_as_allowed(fleet: Fleet) -> None:
    body = json.dumps({"model": MODEL, "prompt": "x"}).encode()
    assert fleet.http.post("/v1/completions", content=body + b" " * (LIMIT - len(body))).status_code == 200


def test_the_fleet_lives_after_all_this(fleet: Fleet) -> None:
    fleet.assert_healthy()
    assert fleet.ask(MODEL).status_code == 200


# Clients that leave


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("after_a_token", [False, True])
def test_a_client_that_leaves_frees_the_slot(slow: Fleet, stream: bool, after_a_token: bool) -> None:
    aborted = slow.replica_metrics(0).value("vllm:request_success_total", finished_reason="abort")
    connection = slow.connect()
    body = {"model": MODEL, "prompt": "x", "max_tokens": 100, "ignore_eos": True, "stream": stream}
    connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
    eventually(lambda: slow.replica_metrics(0).running, lambda running: running == 1)
    if after_a_token and stream:
        connection.read_head()
        connection.read_chunk()
    connection.close()
    eventually(lambda: slow.replica_metrics(0).running, lambda running: running == 0, within=2)
    page = slow.replica_metrics(0)
    assert page.kv_usage == 0
    assert page.value("vllm:request_success_total", finished_reason="abort") == aborted + 1
    eventually(lambda: slow.metrics().total("inference_objective_running_requests"), lambda running: running == 0)


def test_a_client_that_leaves_the_queue(slow: Fleet) -> None:
    body = {"model": MODEL, "prompt": "x", "max_tokens": 100, "ignore_eos": True, "stream": True}
    first, second = slow.connect(), slow.connect()
    for connection in (first, second):
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert connection.read_head().status == 200
    eventually(lambda: slow.replica_metrics(0).waiting, lambda waiting: waiting == 1)
    second.close()
    eventually(lambda: slow.replica_metrics(0).waiting, lambda waiting: waiting == 0, within=2)
    assert slow.replica_metrics(0).running == 1
    first.close()
    eventually(lambda: slow.replica_metrics(0).running, lambda running: running == 0, within=2)


# Keys


def test_authorization_reaches_the_server(up: FleetPool) -> None:
    objects = [deployment("locked", MODEL, "--api-key", "secret"), pool("pool", "locked")]
    fleet = up({"objects.yaml": objects})
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = fleet.ask(MODEL, headers=headers)
        assert answer.status_code == 401
        assert answer.json() == {"error": "Unauthorized"}
    answer = fleet.ask(MODEL, headers={"Authorization": "Bearer secret"})
    assert answer.status_code == 200, answer.text
    assert fleet.model_names == [MODEL]


# The list of models


def test_one_list_of_all_models(up: FleetPool) -> None:
    objects = [
        deployment("a", "org/a", replicas=3, adapters=["adapter-1"]),
        deployment("b", "org/b", "--served-model-name", "b", "bee"),
        pool("a"),
        pool("b"),
    ]
    fleet = up({"objects.yaml": objects})
    assert sorted(fleet.model_names) == ["adapter-1", "b", "bee", "org/a"]
    card = fleet.http.get("/v1/models/b").json()
    assert (card["id"], card["object"], card["root"]) == ("b", "model", "org/b")
    # What goes away is no longer listed.
    fleet.apply(deployment("b", "org/b", "--served-model-name", "b", "bee", replicas=0))
    fleet.becomes(lambda: sorted(fleet.model_names), ["adapter-1", "org/a"])


# Priorities


def test_shedding(up: FleetPool) -> None:
    """Only requests of negative priority are refused while the pool is saturated."""
    latency = ("--time-to-first-token", "1ms", "--inter-token-latency", "50ms")
    objects = [
        deployment("small", MODEL, "--max-num-seqs", "2", latency=latency),
        pool("pool", "small"),
        objective("batch", -1),
        objective("interactive", 10),
    ]
    fleet = up({"objects.yaml": objects}, "--shutdown-timeout", "0", replica_ports=1)
    names = ("x-gateway-inference-objective", "x-llm-d-inference-objective")
    for name in names:
        assert fleet.ask(MODEL, headers={name: "batch"}).status_code == 200
    body = {"model": MODEL, "prompt": "x", "max_tokens": 400, "ignore_eos": True, "stream": True}
    streams: list[Connection] = []
    for _ in range(9):
        connection = fleet.connect()
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert connection.read_head().status == 200
        streams.append(connection)
    eventually(lambda: fleet.replica_metrics(0).waiting, lambda waiting: waiting == 7)
    for name in names:
        answer = fleet.ask(MODEL, headers={name: "batch"})
        error = error_of(answer, 429)
        assert "inference error: ResourceExhausted - system saturated, sheddable request dropped" in error["message"]
        assert answer.headers["x-llm-d-request-dropped-reason"] == "rejected-saturated"
    for headers in ({}, {names[0]: "interactive"}, {names[0]: "nobody"}):
        connection = fleet.connect()
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode(), headers)
        assert connection.read_head().status == 200
        streams.append(connection)
    for connection in streams:
        connection.close()
    fleet.becomes(lambda: fleet.ask(MODEL, headers={names[0]: "batch"}).status_code, 200)


# Subset hints


def test_a_subset_of_the_endpoints(up: FleetPool) -> None:
    objects = [deployment("sim", MODEL, replicas=4), pool("pool", "sim")]
    fleet = up({"objects.yaml": objects})
    header = "x-understudy-explain"
    candidates = json.loads(fleet.ask(MODEL, headers={header: "true"}).headers[header])["candidates"]
    endpoints = {candidate["pod"]: candidate["endpoint"] for candidate in candidates}
    hint = "x-gateway-destination-endpoint-subset"
    for pod, endpoint in endpoints.items():
        for _ in range(3):
            answer = fleet.ask(MODEL, headers={hint: endpoint})
            assert answer.headers["x-inference-pod"] == pod
    pair = sorted(endpoints)[:2]
    both = ",".join(endpoints[pod] for pod in pair)
    seen = {fleet.ask(MODEL, headers={hint: both}).headers["x-inference-pod"] for _ in range(30)}
    assert seen == set(pair)
    answer = fleet.ask(MODEL, headers={hint: "192.0.2.1:8000"})
    assert "failed to find endpoint candidates" in error_of(answer, 503)["message"]


# The official client


def test_the_official_client(fleet: Fleet) -> None:
    with openai.OpenAI(base_url=f"{fleet.url}/v1", api_key="none", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == [MODEL, "adapter"]
        chat = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Hello there"}])
        assert chat.model == MODEL
        assert chat.choices[0].message.content
        pieces = []
        for chunk in client.completions.create(model="adapter", prompt="Hello there", stream=True):
            assert chunk.model == "adapter"
            pieces.append(chunk.choices[0].text)
        assert "".join(pieces).strip() == "Hello there"
        raw = client.completions.with_raw_response.create(model=MODEL, prompt="Hello")
        assert raw.headers["x-inference-pod"] == "sim-0"
        with pytest.raises(openai.NotFoundError):
            client.completions.create(model="nobody", prompt="Hello")
        with pytest.raises(openai.BadRequestError):
            client.completions.create(model=MODEL, prompt="Hello", max_tokens=-1)


# Routes do not change any of this


def test_behind_a_route_too(up: FleetPool) -> None:
    fleet = up({"objects.yaml": [*OBJECTS, gateway(), route("all", to("pool"))]}, replica_ports=1)
    for path, body in BODIES:
        whole = {"model": MODEL} | body
        direct = fleet.replica(0, "POST", path, whole)
        answer = fleet.http.post(path, json=whole)
        assert answer.status_code == 200, answer.text
        assert without_chance(answer.json()) == without_chance(direct.json)
    error_of(fleet.http.post("/v1/completions", json={"prompt": "x"}), 400)
    error_of(fleet.http.post("/v1/completions", content=b"{"), 400)
    error_of(fleet.ask("nobody"), 404)


# The end


def test_running_streams_finish_before_the_end(up: FleetPool) -> None:
    latency = ("--time-to-first-token", "10ms", "--inter-token-latency", "10ms")
    fleet = up({"objects.yaml": [deployment("sim", MODEL, latency=latency), pool("pool", "sim")]})
    with fleet.connect() as connection:
        body = {"model": MODEL, "prompt": "x", "max_tokens": 50, "ignore_eos": True, "stream": True}
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert connection.read_head().status == 200
        text = connection.read_chunk()
        fleet.terminate()
        while chunk := connection.read_chunk():
            text += chunk
    frames = sse.chunks(text)
    assert sse.finish_reasons(frames) == {0: ["length"]}
    assert fleet.wait() == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_both_signals_end_it(up: FleetPool, stop: signal.Signals) -> None:
    fleet = up({"objects.yaml": OBJECTS})
    fleet.process.send_signal(stop)
    assert fleet.wait() == 0


def test_ports_that_are_taken(up: FleetPool, fleet: Fleet) -> None:
    taken: list[tuple[str, Callable[[], str]]] = [
        ("--port", lambda: fleet.url),
        ("--admin-port", lambda: fleet.admin_url),
        ("--metrics-port", lambda: fleet.metrics_url),
    ]
    for flag, url in taken:
        port = str(httpx.URL(url()).port)
        ports = {"--port": "0", "--admin-port": "0", "--metrics-port": "0"} | {flag: port}
        words = [word for pair in ports.items() for word in pair]
        result = run_to_exit("up", "-f", str(fleet.folder), *words)
        assert result.returncode == 1, result.stderr
        last = result.stderr.splitlines()[-1]
        assert port in last, result.stderr


def test_latencies_of_the_manifest_hold(up: FleetPool) -> None:
    assert FAST[1] == "1ms"
    latency = ("--time-to-first-token", "150ms", "--inter-token-latency", "1ms")
    fleet = up({"objects.yaml": [deployment("sim", MODEL, latency=latency), pool("pool", "sim")]})
    started = time.monotonic()
    assert fleet.ask(MODEL, max_tokens=1).status_code == 200
    assert 0.14 < time.monotonic() - started < 5
