"""What vLLM tells of a request and of the engine beside the answer: per-request metrics and the load header."""

import json

import pytest

from support.server import Server, ServerPool
from support.waiting import eventually

CHAT = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5, "ignore_eos": True}
COMPLETION = {"prompt": "Hello", "max_tokens": 5, "ignore_eos": True}


@pytest.fixture(scope="module")
def timed(serve_for_module: ServerPool) -> Server:
    return serve_for_module(
        "--enable-per-request-metrics", "--time-to-first-token", "40ms", "--inter-token-latency", "20ms"
    )


@pytest.mark.parametrize(("path", "body"), [("/v1/chat/completions", CHAT), ("/v1/completions", COMPLETION)])
def test_per_request_metrics(timed: Server, path: str, body: dict[str, object]) -> None:
    metrics = timed.post(path, body).json()["metrics"]
    assert 40 <= metrics["time_to_first_token_ms"] < 60
    assert 120 <= metrics["generation_time_ms"] < 140
    assert 0 <= metrics["queue_time_ms"] < 20
    assert metrics["mean_itl_ms"] == pytest.approx(20, abs=0.5)
    assert metrics["tokens_per_second"] == pytest.approx(5 / 0.12, rel=0.1)
    assert metrics["speculative_decoding"] is None


def test_metrics_are_null_without_the_flag(server: Server) -> None:
    assert server.post("/v1/completions", COMPLETION).json()["metrics"] is None


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/completions"])
def test_load_header(server: Server, path: str) -> None:
    body = CHAT if "chat" in path else COMPLETION
    text = server.post(path, body, headers={"endpoint-load-metrics-format": "TEXT"}).headers["endpoint-load-metrics"]
    assert text == "TEXT named_metrics.kv_cache_usage_perc=0.0, named_metrics.num_requests_waiting=0.0"
    value = server.post(path, body, headers={"endpoint-load-metrics-format": "json"}).headers["endpoint-load-metrics"]
    assert value.startswith("JSON ")
    assert json.loads(value.removeprefix("JSON ")) == {
        "named_metrics": {"kv_cache_usage_perc": 0.0, "num_requests_waiting": 0.0}
    }
    for headers in ({}, {"endpoint-load-metrics-format": "xml"}):
        assert "endpoint-load-metrics" not in server.post(path, body, headers=headers).headers


def test_backlog_in_tokens(serve_for_module: ServerPool) -> None:
    """A waiting prompt above --max-num-queued-tokens is refused as vLLM refuses it."""
    busy = serve_for_module(
        "--max-num-seqs", "1", "--max-num-queued-tokens", "3", "--time-to-first-token", "500ms"
    )
    with busy.connect() as running:
        running.send_request("POST", "/v1/completions", b'{"prompt":"a b c d e f","max_tokens":1}')
        eventually(busy.metrics, lambda page: page.value("vllm:num_requests_running") == 1)
        answer = busy.post("/v1/completions", {"prompt": "a b c d", "max_tokens": 1})
        assert answer.status_code == 503
        assert answer.json()["error"]["message"].startswith("The engine has reached its prefill token backlog limit.")
        assert running.read_answer().status == 200
