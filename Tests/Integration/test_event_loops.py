"""The same behaviour with one event loop and with requests that cross loops."""

import concurrent.futures
import contextlib
import json
from pathlib import Path

import pytest

from support import sse
from support.server import Server, ServerPool
from support.waiting import eventually

NAMES = ["m0", "m1", "m2"]


@pytest.fixture(params=["1", "3"])
def looped(request: pytest.FixtureRequest, serve: ServerPool, tmp_path: Path) -> Server:
    """Three models: with three loops each engine lives on a loop of its own, and connections come in on any."""
    models = [{"model": name, "max-num-seqs": 3, "lora-modules": [f"{name}-lora=/p"]} for name in NAMES]
    file = tmp_path / "models.json"
    file.write_text(json.dumps({"models": models, "inter-token-latency": "10ms", "max-loras": 1}))
    return serve("--config", str(file), "--event-loops", request.param, "--seed", "3", model=None)


def test_streams_on_many_connections(looped: Server) -> None:
    def run(number: int) -> int:
        name = NAMES[number % 3]
        body = {"model": name, "prompt": "x", "max_tokens": 10, "ignore_eos": True, "stream": True}
        with looped.connect() as connection:
            total = 0
            for _ in range(2):
                frames = sse.chunks(connection.post("/v1/completions", body).body)
                assert {frame["model"] for frame in frames} == {name}
                total += len(frames)
            return total

    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        assert list(threads.map(run, range(12))) == [20] * 12
    page = looped.metrics()
    for name in NAMES:
        assert page.value("vllm:generation_tokens_total", model_name=name) == 80
        assert page.value("vllm:request_success_total", model_name=name, finished_reason="length") == 8
    # The answer on the wire is complete before the server has counted it.
    eventually(
        lambda: looped.metrics().total("http_requests_total", handler="/v1/completions", status="2xx"),
        lambda count: count == 24,
    )


def test_whole_answers_with_choices(looped: Server) -> None:
    for _ in range(4):
        for name in NAMES:
            with looped.connect() as connection:
                answer = connection.post(
                    "/v1/chat/completions",
                    {"model": name, "messages": [{"role": "user", "content": "x"}], "n": 3, "max_tokens": 3, "seed": 8},
                )
                assert answer.status == 200 and answer.json["model"] == name
                assert [choice["index"] for choice in answer.json["choices"]] == [0, 1, 2]


def test_slots_are_counted_across_loops(looped: Server) -> None:
    """However the connections spread, `max-num-seqs` holds exactly, and a client that leaves frees its slot."""
    body = b'{"model":"m1","prompt":"x","max_tokens":900,"ignore_eos":true,"stream":true}'
    with contextlib.ExitStack() as connections:
        for _ in range(8):
            connections.enter_context(looped.connect()).send_request("POST", "/v1/completions", body)
        eventually(lambda: (page := looped.metrics()) and (page.running, page.waiting), lambda seen: seen == (3, 5))
    eventually(
        lambda: (page := looped.metrics()) and (page.running, page.waiting), lambda seen: seen == (0, 0), within=1
    )
    assert looped.metrics().value("vllm:request_success_total", model_name="m1", finished_reason="abort") == 8


def test_state_is_shared(looped: Server) -> None:
    """Adapters that were loaded and tokens that were seen are known on every loop."""
    with looped.connect() as connection:
        assert connection.post("/v1/load_lora_adapter", {"lora_name": "late", "lora_path": "/p"}).status == 200
        ids = connection.post("/tokenize", {"prompt": "seen on one loop"}).json["tokens"]
    for _ in range(8):
        with looped.connect() as connection:
            assert connection.post("/detokenize", {"tokens": ids}).json == {"prompt": "seen on one loop"}
            answer = connection.post("/v1/completions", {"model": "late", "prompt": "x", "max_tokens": 1})
            assert answer.json["model"] == "late"


def test_refusals_cross_back(looped: Server) -> None:
    for name in NAMES:
        for _ in range(4):
            with looped.connect() as connection:
                answer = connection.post("/v1/completions", {"model": name, "prompt": "x", "max_tokens": 9999})
                assert answer.status == 400


def test_drain(looped: Server) -> None:
    with contextlib.ExitStack() as connections:
        running = []
        for name in NAMES * 2:
            connection = connections.enter_context(looped.connect())
            body = f'{{"model":"{name}","prompt":"x","max_tokens":30,"ignore_eos":true,"stream":true}}'
            connection.send_request("POST", "/v1/completions", body.encode())
            assert connection.read_head().status == 200
            running.append(connection)
        looped.terminate()
        for connection in running:
            connection.read_until(b"[DONE]")
        assert looped.wait(within=2) == 0
