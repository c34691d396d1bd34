"""Servers that run elsewhere: named by a flag, by a pod's status, or by a file-discovery file."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import yaml

from support import sse
from support.fleet import Fleet, FleetPool, error_of, free_base_port
from support.manifests import EXPERIMENTAL, POOLS, deployment, gateway, pool, remote_pod, rewrite, route, rule, to
from support.process import run_to_exit
from support.recorder import Recorder
from support.server import Server, ServerPool
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

MODEL = "org/model"


def server(serve: ServerPool, *flags: str, model: str = MODEL, pod: str = "real-0") -> Server:
    return serve("--mode", "echo", *flags, model=model, env={"POD_NAME": pod, "POD_NAMESPACE": "default"})


@pytest.fixture(scope="module")
def remote(serve_for_module: ServerPool) -> Server:
    return server(serve_for_module)


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool, remote: Server) -> Fleet:
    fleet = up_for_module(None, "--endpoint", remote.url)
    fleet.status_becomes(MODEL, 200)
    return fleet


def port_of(remote: Server | Recorder) -> int:
    return httpx.URL(remote.url).port or 0


# Answers


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions"])
def test_an_answer(fleet: Fleet, path: str) -> None:
    answer = fleet.ask(MODEL, path=path, max_tokens=10)
    assert answer.status_code == 200, answer.text
    choice = answer.json()["choices"][0]
    assert (choice.get("text") or choice["message"]["content"]).strip() == "Hello"
    assert len(answer.headers.get_list("x-inference-pod")) == 1


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions"])
def test_a_stream(fleet: Fleet, path: str) -> None:
    answer = fleet.ask(MODEL, path=path, max_tokens=10, stream=True)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert sse.text_of(sse.chunks(answer.content)).strip() == "Hello"


def test_a_large_prompt_and_a_large_answer(serve: ServerPool, up: FleetPool) -> None:
    remote = server(serve, "--max-model-len", "200000", "--kv-cache-size", "20000")
    fleet = up(None, "--endpoint", remote.url)
    fleet.status_becomes(MODEL, 200)
    prompt = "many words " * 50_000
    answer = fleet.ask(MODEL, prompt=prompt, max_tokens=100_000)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.json()["choices"][0]["text"] == prompt


def test_the_same_errors(fleet: Fleet, remote: Server) -> None:
    for body, headers in (
        ({"prompt": "x", "max_tokens": 0}, {}),
        ({"prompt": "x"}, {"X-Return-Error": "429"}),
        ({"prompt": "x", "stream": True}, {"X-Return-Error": "503"}),
    ):
        whole = {"model": MODEL} | body
        direct = remote.post("/v1/completions", whole, headers=headers)
        answer = fleet.http.post("/v1/completions", json=whole, headers=headers)
        assert direct.status_code >= 400
        assert (answer.status_code, answer.json()) == (direct.status_code, direct.json())


def test_the_list_of_models(fleet: Fleet) -> None:
    assert fleet.model_names == [MODEL]


def test_many_at_once(fleet: Fleet) -> None:
    def ask(number: int) -> str:
        with fleet.connect() as connection:
            body = {"model": MODEL, "prompt": f"number {number}", "stream": number % 2 == 0}
            answer = connection.post("/v1/completions", body)
            assert answer.status == 200, answer.body
            if number % 2 == 0:
                return sse.text_of(sse.chunks(answer.body)).strip()
            text = answer.json["choices"][0]["text"]
            assert isinstance(text, str)
            return text.strip()

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(ask, range(64))) == [f"number {number}" for number in range(64)]


def test_rewrites(up: FleetPool, remote: Server) -> None:
    """The body is rewritten for the server, and the answer for the client, in whole answers and in streams."""
    objects = [
        remote_pod("real", "real"),
        pool("pool", "real", port=port_of(remote)),
        rewrite("alias", rule(MODEL, "alias")),
    ]
    fleet = up({"objects.yaml": objects})
    fleet.status_becomes("alias", 200)
    prompt = f'keep "model":"{MODEL}" as it is'
    for path in ("/v1/completions", "/v1/chat/completions"):
        for stream in (False, True):
            fields = {"prompt": prompt} if "chat" not in path else {"messages": [{"role": "user", "content": prompt}]}
            answer = fleet.ask("alias", path=path, stream=stream, max_tokens=100, **fields)
            assert answer.status_code == 200, answer.text
            frames = sse.chunks(answer.content) if stream else [answer.json()]
            assert {frame["model"] for frame in frames} == {"alias"}
            choice = frames[0]["choices"][0]
            text = sse.text_of(frames) if stream else choice.get("text") or choice["message"]["content"]
            assert text.strip() == prompt


def test_authorization(serve: ServerPool, up: FleetPool) -> None:
    locked = server(serve, "--api-key", "secret")
    servers = [remote_pod("real", "real"), pool("pool", "real", port=port_of(locked))]
    objects = [gateway(), *servers, route("r", to("pool"))]
    fleet = up({"objects.yaml": objects})
    assert fleet.ask(MODEL).status_code == 401
    answer = fleet.ask(MODEL, headers={"Authorization": "Bearer secret"})
    assert answer.status_code == 200, answer.text


# Clients that leave, servers that go


def test_a_client_that_leaves(serve: ServerPool, up: FleetPool) -> None:
    slow = server(serve, "--max-num-seqs", "1", "--time-to-first-token", "100ms", "--inter-token-latency", "100ms")
    fleet = up(None, "--endpoint", slow.url)
    fleet.becomes(lambda: fleet.model_names, [MODEL])
    for stream in (True, False):
        connection = fleet.connect()
        body = {"model": MODEL, "prompt": "word " * 100, "max_tokens": 100, "stream": stream}
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        eventually(lambda: slow.metrics().running, lambda running: running == 1)
        if stream:
            connection.read_head()
        connection.close()
        eventually(lambda: slow.metrics().running, lambda running: running == 0, within=2)


def test_streams_arrive_as_they_are_made(serve: ServerPool, up: FleetPool) -> None:
    slow = server(serve, "--time-to-first-token", "50ms", "--inter-token-latency", "100ms")
    fleet = up(None, "--endpoint", slow.url)
    fleet.becomes(lambda: fleet.model_names, [MODEL])
    arrivals = []
    with fleet.connect() as connection:
        body = {"model": MODEL, "prompt": "one two three four five six", "stream": True}
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert connection.read_head().status == 200
        while connection.read_chunk():
            arrivals.append(time.monotonic())
    assert arrivals[-1] - arrivals[0] > 0.2


def test_a_server_that_is_down(serve: ServerPool, up: FleetPool) -> None:
    gone = server(serve)
    fleet = up(None, "--endpoint", gone.url)
    fleet.status_becomes(MODEL, 200)
    gone.kill()
    error_of(fleet.ask(MODEL), 503)
    fleet.assert_healthy()


def test_a_server_that_was_never_there(up: FleetPool) -> None:
    servers = [remote_pod("real", "real"), pool("pool", "real", port=free_base_port(1))]
    objects = [gateway(), *servers, route("r", to("pool"))]
    fleet = up({"objects.yaml": objects})
    started = time.monotonic()
    error_of(fleet.ask(MODEL), 503)
    assert time.monotonic() - started < 5


def test_a_server_that_dies_in_a_stream(serve: ServerPool, up: FleetPool) -> None:
    """What has arrived stands; the stream is cut, not ended as if it were whole."""
    slow = server(serve, "--time-to-first-token", "10ms", "--inter-token-latency", "100ms")
    fleet = up(None, "--endpoint", slow.url)
    fleet.becomes(lambda: fleet.model_names, [MODEL])
    with fleet.connect() as connection:
        body = {"model": MODEL, "prompt": "word " * 50, "stream": True}
        connection.send_request("POST", "/v1/completions", json.dumps(body).encode())
        assert connection.read_head().status == 200
        connection.read_chunk()
        slow.kill()
        with pytest.raises(ConnectionError):
            connection.read_until(b"0\r\n\r\n")
    fleet.assert_healthy()


# Where they are named


def test_a_pod_with_an_address(up: FleetPool, remote: Server) -> None:
    objects = [remote_pod("real-pod", "real"), pool("pool", "real", port=port_of(remote))]
    fleet = up({"objects.yaml": objects})
    fleet.status_becomes(MODEL, 200)
    fleet.status_becomes("nobody", 404)
    assert "real-pod" in fleet.run("get", "pods").stdout


def test_a_pod_that_is_not_ready_is_no_endpoint(up: FleetPool, remote: Server) -> None:
    objects = [gateway(), pool("pool", "real", port=port_of(remote)), route("r", to("pool"))]
    fleet = up({"objects.yaml": objects, "pod.yaml": [remote_pod("real", "real", ready=False)]})
    error_of(fleet.ask(MODEL), 503)
    fleet.write("pod.yaml", [remote_pod("real", "real")])
    fleet.status_becomes(MODEL, 200)
    fleet.remove("pod.yaml")
    fleet.status_becomes(MODEL, 503)


def test_pods_elsewhere_beside_replicas(up: FleetPool, serve: ServerPool) -> None:
    """One pool of both kinds: requests go to all."""
    port = free_base_port(1)
    elsewhere = serve("--mode", "echo", "--port", str(port), model=MODEL, env={"POD_NAME": "elsewhere-0"})
    assert port_of(elsewhere) == port
    objects = [
        deployment("here", MODEL, labels={"app": "both"}, port=port),
        remote_pod("elsewhere-0", "both"),
        pool("both", port=port),
    ]
    fleet = up({"objects.yaml": objects})
    # One whose load has not been read yet is avoided, which takes 50 ms.
    seen: set[str] = set()
    fleet.becomes(lambda: seen.add(fleet.ask(MODEL).headers["x-inference-pod"]) or seen, {"here-0", "elsewhere-0"})


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder(MODEL)
    yield recorder
    recorder.close()


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_file_discovery_file(up: FleetPool, recorder: Recorder, form: str) -> None:
    entry = {"name": "static-1", "address": "127.0.0.1", "port": str(recorder.port), "labels": {"app": "static"}}
    content = {"endpoints": [entry]}
    text = yaml.safe_dump(content) if form == "yaml" else json.dumps(content)
    objects = [gateway(), pool("static", port=recorder.port), route("r", to("static"))]
    fleet = up({f"endpoints.{form}": text, "objects.yaml": objects})
    fleet.status_becomes(MODEL, 200)
    assert fleet.ask(MODEL).headers["x-inference-pod"] == "static-1"
    assert recorder.requests
    fleet.write(f"endpoints.{form}", text.replace("app", "other"))
    fleet.status_becomes(MODEL, 503)


def test_several_endpoints(up: FleetPool, serve: ServerPool) -> None:
    first, second = server(serve, pod="first-0"), server(serve, pod="second-0")
    fleet = up(None, "--endpoint", first.url, "--endpoint", second.url)
    fleet.becomes(lambda: fleet.model_names, [MODEL])
    for _ in range(40):
        assert fleet.ask(MODEL).status_code == 200
    for one in (first, second):
        assert one.metrics().total("vllm:request_success_total") >= 1


def test_endpoints_with_other_models(up: FleetPool, serve: ServerPool) -> None:
    """Each server is asked for its own models only."""
    first, second = server(serve, model="one"), server(serve, model="two")
    fleet = up(None, "--endpoint", first.url, "--endpoint", second.url)
    fleet.becomes(lambda: sorted(fleet.model_names), ["one", "two"])


@pytest.mark.parametrize(
    "value", ["", "nothing", "http://", "ftp://127.0.0.1:1", "http://127.0.0.1:0", "http://127.0.0.1:70000"]
)
def test_endpoints_that_are_none(value: str) -> None:
    result = run_to_exit("up", "--endpoint", value, "--port", "0", "--admin-port", "0", "--metrics-port", "0")
    assert result.returncode not in (0, None)
    assert len(result.stderr.splitlines()) == 1
    assert "endpoint" in result.stderr


def test_an_objective_and_a_rewrite_for_servers_elsewhere(up: FleetPool, recorder: Recorder) -> None:
    objects = [
        remote_pod("real", "real"),
        pool("pool", "real", port=recorder.port),
        rewrite("alias", rule("target", "alias"), group=EXPERIMENTAL),
    ]
    assert objects[1]["apiVersion"].startswith(POOLS)
    fleet = up({"objects.yaml": objects}, "--response-model", "backend")
    answer = fleet.ask("alias")
    assert answer.status_code == 200, answer.text
    assert recorder.last.json["model"] == "target"
    assert answer.json()["model"] == "target"
