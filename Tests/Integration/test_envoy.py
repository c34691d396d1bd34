"""A real Envoy with the picker as its external processor, as Gateway API gateways have it."""

import base64
import json
import re
import shlex
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import yaml
from google.protobuf.struct_pb2 import Value

from support import sse
from support.envoy import SUBSET_TEXT, SUBSET_VALUE, Envoy, EnvoyPool
from support.epp import Picker, PickerPool, pods
from support.exposition import Page
from support.fake_metrics import GAP, FakeServers
from support.fleet import free_base_port
from support.manifests import deployment, objective, pool, rewrite, rule
from support.waiting import eventually

pytest_plugins = ["support.epps"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "epp.md"
MODEL = "base"
REPLICAS = 3
SLOW = ("--time-to-first-token", "1ms", "--inter-token-latency", "50ms")
RUNNING = "inference_objective_running_requests"
LARGE = 10 << 20


@pytest.fixture(scope="module")
def envoys() -> Iterator[EnvoyPool]:
    pool = EnvoyPool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def fleet(epp_for_module: PickerPool) -> Picker:
    """Replicas of our own, with their ports and the picker's."""
    objects = [
        deployment("sim", MODEL, replicas=REPLICAS, adapters=["adapter"], latency=SLOW),
        pool("sim"),
        rewrite("aliases", rule(MODEL, "alias"), rule({MODEL: 90, "adapter": 10}, "canary"), pool="sim"),
        objective("sheddable", -1, "sim"),
    ]
    flags = ("--split", "smooth", "--max-request-body-bytes", str(32 << 20))
    return epp_for_module({"objects.yaml": objects}, *flags, command="up", replica_ports=REPLICAS)


@pytest.fixture(scope="module")
def gateway(envoys: EnvoyPool, fleet: Picker) -> Envoy:
    return envoys(fleet.ports[0])


@pytest.fixture(scope="module")
def scraping(epp_for_module: PickerPool, fakes: FakeServers) -> Picker:
    """A picker of servers elsewhere."""
    objects = [pool("pool", port=fakes.port), *pods(fakes), rewrite("aliases", rule("target", "alias"))]
    return epp_for_module({"objects.yaml": objects}, "--max-request-body-bytes", str(32 << 20))


def upstream(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.headers["x-test-upstream"]


def replicas(fleet: Picker) -> list[str]:
    assert fleet.base_port is not None
    return [f"127.0.0.1:{fleet.base_port + index}" for index in range(REPLICAS)]


# Routing


def test_requests_go_where_the_header_says(gateway: Envoy, fleet: Picker) -> None:
    found = Counter(upstream(gateway.ask()) for _ in range(40))
    assert set(found) == set(replicas(fleet))


def test_what_clients_see(gateway: Envoy) -> None:
    answer = gateway.ask()
    assert answer.headers["x-went-into-resp-headers"] == "true"
    assert answer.headers["x-inference-pod"].startswith("sim-")
    assert "x-gateway-destination-endpoint" not in answer.headers
    assert answer.json()["model"] == MODEL


def test_chats(gateway: Envoy) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 2}
    answer = gateway.http.post("/v1/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"]


def test_requests_without_a_body(gateway: Envoy, fleet: Picker) -> None:
    found = set()
    for _ in range(30):
        answer = gateway.http.get("/v1/models")
        found.add(upstream(answer))
        assert MODEL in {card["id"] for card in answer.json()["data"]}
    assert found == set(replicas(fleet))


def test_an_alias(gateway: Envoy) -> None:
    answer = gateway.ask("alias")
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == "alias"


def test_an_aliass_stream(gateway: Envoy) -> None:
    frames = sse.chunks(gateway.ask("alias", stream=True, max_tokens=4).content)
    assert {frame["model"] for frame in frames} == {"alias"}


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"{", 400, "inference error: BadRequest - error unmarshaling request bodyMap: "),
        (b'{"prompt":"x"}', 400, "inference error: BadRequest - model not found in request body"),
        (b'{"model":"base"}', 400, "inference error: BadRequest - invalid completions request: must have prompt field"),
    ],
)
def test_refusals(gateway: Envoy, body: bytes, status: int, text: str) -> None:
    answer = gateway.http.post("/v1/completions", content=body)
    assert answer.status_code == status
    assert answer.text.startswith(text)


def test_errors_of_the_server_come_through(gateway: Envoy) -> None:
    assert gateway.ask("nobody").status_code == 404
    assert gateway.ask(max_tokens=0).status_code == 400


def test_a_split_of_1000(gateway: Envoy, fleet: Picker) -> None:
    """Ten of a hundred, exactly, whatever comes in between."""
    rewrites = "inference_extension_model_rewrite_decisions_total"

    def decided() -> dict[str, float]:
        page = fleet.metrics()
        return {target: page.total(rewrites, model_name="canary", target_model=target) for target in (MODEL, "adapter")}

    before = decided()

    def ask(index: int) -> int:
        return gateway.ask("canary", client=clients[index % 8], max_tokens=1).status_code

    clients = [httpx.Client(base_url=f"http://127.0.0.1:{gateway.port}", trust_env=False) for _ in range(8)]
    try:
        with ThreadPoolExecutor(8) as threads:
            statuses = Counter(threads.map(ask, range(1000)))
    finally:
        for client in clients:
            client.close()
    assert statuses == {200: 1000}, gateway.log[-2000:]
    after = decided()
    assert {name: after[name] - before[name] for name in after} == {MODEL: 900, "adapter": 100}


def test_many_refusals(gateway: Envoy) -> None:
    """The picker ends the streams of requests that it answers itself, before Envoy does."""
    found = Counter(gateway.http.post("/v1/completions", content=b"{" + b" " * 70_000).status_code for _ in range(250))
    assert found == {400: 250}
    assert gateway.ask().status_code == 200


def test_what_the_document_shows(envoys: EnvoyPool, epp: PickerPool) -> None:
    """The command and the configuration of docs/epp.md, at other ports."""
    section = DOCUMENT.read_text().split("## With Envoy", 1)[1]
    words = shlex.split(re.search(r"^\$ understudy (up .*)$", section, re.MULTILINE)[1])
    assert words[-4:] == ["--ext-proc-port", "9002", "--replica-base-port", "9100"]
    flags = [str(DOCUMENT.parents[1] / word) if word.endswith(".json") else word for word in words[1:-4]]
    picker = epp(None, *flags, command=words[0], replica_ports=4)
    text = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)[1]
    for port, used in (("10000", 0), ("9901", 0), ("9002", picker.ports[0])):
        assert text.count(f"port_value: {port}") == 1
        text = text.replace(f"port_value: {port}", f"port_value: {used}")
    gateway = envoys(picker.ports[0], config=yaml.safe_load(text))
    body = re.search(r"-d '(.*?)'", section)[1]
    for _ in range(8):
        answer = gateway.http.post("/v1/completions", content=body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-went-into-resp-headers"] == "true"
        assert answer.json()["model"] == json.loads(body)["model"]


# Subset hints


def as_value(*endpoints: str) -> str:
    value = Value()
    value.list_value.extend(endpoints)
    return base64.b64encode(value.SerializeToString()).decode()


@pytest.mark.parametrize("form", ["text", "list"])
def test_subset_hints(gateway: Envoy, fleet: Picker, form: str) -> None:
    def headers(*endpoints: str) -> dict[str, str]:
        if form == "text":
            return {SUBSET_TEXT: ",".join(endpoints)}
        return {SUBSET_VALUE: as_value(*endpoints)}

    one, two, three = replicas(fleet)
    assert {upstream(gateway.ask(headers=headers(two))) for _ in range(8)} == {two}
    assert {upstream(gateway.ask(headers=headers(one, three))) for _ in range(20)} == {one, three}
    answer = gateway.ask(headers=headers("10.0.0.1:8000"))
    assert answer.status_code == 503
    assert answer.text == (
        "inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request"
    )


# Bodies


def test_streams_are_not_buffered(gateway: Envoy) -> None:
    """Each token arrives when it has been made, 50 ms after the one before."""
    body = {"model": "alias", "prompt": "x", "max_tokens": 8, "ignore_eos": True, "stream": True}
    with gateway.connect() as client:
        client.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert client.read_head().status == 200
        times = []
        while client.read_chunk():
            times.append(time.monotonic())
    gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
    assert len([gap for gap in gaps if gap > 0.03]) >= 6, gaps
    assert 0.3 < times[-1] - times[0] < 2


def test_a_large_body(envoys: EnvoyPool, scraping: Picker, fakes: FakeServers) -> None:
    gateway = envoys(scraping.ports[0])
    for model, target in (("base", "base"), ("alias", "target")):
        body = json.dumps({"model": model, "prompt": "many words " * (LARGE // 11)}).encode()
        assert len(body) > LARGE - 100
        answer = gateway.http.post("/v1/completions", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 200, answer.text[:500]
        received = next(server for server in fakes.servers if server.address == answer.headers["x-fake-server"])
        assert received.bodies[-1] == body.replace(f'"{model}"'.encode(), f'"{target}"'.encode())
        assert answer.json()["model"] == model


def test_a_body_over_the_limit(gateway: Envoy) -> None:
    body = b'{"model":"base","prompt":"' + b"x" * (33 << 20) + b'"}'
    answer = gateway.http.post("/v1/completions", content=body)
    assert answer.status_code == 413
    assert gateway.ask().status_code == 200


def test_headers_that_reach_the_server(envoys: EnvoyPool, scraping: Picker, fakes: FakeServers) -> None:
    gateway = envoys(scraping.ports[0])
    sent = {"authorization": "Bearer x", "traceparent": "00-1-2-03", "x-request-id": "mine"}
    answer = gateway.ask(headers=sent)
    received = next(server for server in fakes.servers if server.address == answer.headers["x-fake-server"]).headers
    assert received.items() >= sent.items()
    assert received["x-gateway-destination-endpoint"] == upstream(answer)


# Clients and pickers that go


def test_a_client_that_leaves(gateway: Envoy, fleet: Picker) -> None:
    def running() -> tuple[float, float]:
        servers = (Page(httpx.get(f"http://{address}/metrics", trust_env=False).text) for address in replicas(fleet))
        return fleet.metrics().total(RUNNING), sum(page.running for page in servers)

    eventually(running, lambda seen: seen == (0, 0))
    body = {"model": MODEL, "prompt": "x", "max_tokens": 400, "ignore_eos": True, "stream": True}
    clients = [gateway.connect() for _ in range(4)]
    try:
        for client in clients:
            client.send_request("POST", "/v1/completions", json.dumps(body).encode())
            assert client.read_head().status == 200
            client.read_chunk()
        eventually(running, lambda seen: seen == (4, 4))
    finally:
        for client in clients:
            client.close()
    eventually(running, lambda seen: seen == (0, 0))


def test_a_stream_survives_that_others_leave(gateway: Envoy) -> None:
    """Envoy carries all its streams to the picker on one connection."""
    lasting = {"model": MODEL, "prompt": "x", "max_tokens": 60, "ignore_eos": True, "stream": True}
    with gateway.connect() as client:
        client.send_request("POST", "/v1/completions", json.dumps(lasting).encode())
        assert client.read_head().status == 200
        for _ in range(300):
            assert gateway.ask(max_tokens=1).status_code == 200
        pieces = []
        while piece := client.read_chunk():
            pieces.append(piece)
    assert b"".join(pieces).endswith(b"data: [DONE]\n\n")


@pytest.fixture
def lonely(epp: PickerPool, fakes: FakeServers) -> Picker:
    """A picker that tests may kill."""
    return start_lonely(epp, fakes, free_base_port(1))


def start_lonely(epp: PickerPool, fakes: FakeServers, port: int) -> Picker:
    return epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]}, grpc_port=port)


def test_a_picker_that_is_killed_fail_close(
    envoys: EnvoyPool, epp: PickerPool, fakes: FakeServers, lonely: Picker
) -> None:
    gateway = envoys(lonely.ports[0])
    assert gateway.ask().status_code == 200
    body = {"model": MODEL, "prompt": "x", "stream": True}
    with gateway.connect() as client:
        client.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert client.read_head().status == 200
        client.read_chunk()
        lonely.kill()
        with pytest.raises(ConnectionError):
            while client.read_chunk():
                pass
    assert gateway.ask().status_code in (500, 503)
    start_lonely(epp, fakes, lonely.ports[0])
    eventually(lambda: gateway.ask().status_code, lambda status: status == 200, within=8, every=0.05)


def test_a_picker_that_is_killed_fail_open(envoys: EnvoyPool, fakes: FakeServers, lonely: Picker) -> None:
    """Without the picker Envoy chooses in turn. It does so only before a body is on its way to the picker."""
    gateway = envoys(lonely.ports[0], fail_open=True, backends=fakes.endpoints)
    assert upstream(gateway.ask()) in fakes.endpoints
    lonely.kill()
    answers = [gateway.http.get("/nothing") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert {answer.headers["x-test-upstream"] for answer in answers} == set(fakes.endpoints)


def test_the_choice_in_metadata(envoys: EnvoyPool, scraping: Picker, fakes: FakeServers) -> None:
    """Istio and others read the metadata: the served endpoint is then told, too."""
    gateway = envoys(scraping.ports[0], backends=fakes.endpoints)
    for endpoint in fakes.endpoints:
        assert {upstream(gateway.ask(headers={SUBSET_TEXT: endpoint})) for _ in range(6)} == {endpoint}


def test_an_endpoint_that_is_down(envoys: EnvoyPool, epp: PickerPool, fakes: FakeServers) -> None:
    objects = [pool("pool", port=fakes.port), *pods(fakes)]
    picker = epp({"objects.yaml": objects}, "--metrics-staleness-threshold", "300ms")
    gateway = envoys(picker.ports[0])
    picker.becomes(picker.ready_endpoints, 3)
    fakes.stop(0)
    try:
        # First it is tried in vain, then it is avoided.
        time.sleep(0.6)
        found = {upstream(gateway.ask()) for _ in range(30)}
        assert found == set(fakes.endpoints[1:])
    finally:
        fakes.start(0)


# TLS to the picker


@pytest.mark.parametrize("command", ["epp", "up"])
def test_tls_to_the_picker(envoys: EnvoyPool, epp: PickerPool, fakes: FakeServers, command: str) -> None:
    if command == "up":
        objects = [deployment("sim", MODEL), pool("sim")]
        picker = epp({"objects.yaml": objects}, command="up", secure=True, replica_ports=1)
    else:
        picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]}, secure=True)
    gateway = envoys(picker.ports[0], tls=True)
    # Enough resets of streams for a library that counts them.
    assert Counter(gateway.ask(max_tokens=1).status_code for _ in range(220)) == {200: 220}
    assert envoys(picker.ports[0]).ask().status_code in (500, 503)


def test_events_of_a_server_elsewhere(envoys: EnvoyPool, scraping: Picker) -> None:
    """A chunk that arrives at Envoy leaves it at once."""
    gateway = envoys(scraping.ports[0])
    with gateway.connect() as client:
        body = json.dumps({"model": "alias", "stream": True, "prompt": "x"})
        client.send_request("POST", "/v1/completions", body.encode())
        assert client.read_head().status == 200
        pieces, times = [], []
        while piece := client.read_chunk():
            pieces.append(piece)
            times.append(time.monotonic())
    assert {frame["model"] for frame in sse.chunks(b"".join(pieces))} == {"alias"}
    assert times[-1] - times[0] > 8 * GAP
