"""KV blocks of running sequences (the issue; vLLM 0.33, gauges)."""

import contextlib

import pytest

from support.server import Server, ServerPool
from support.waiting import eventually

TWENTY_TOKENS = b'{"prompt":"' + b"word " * 20 + b'","max_tokens":1,"stream":true}'
SLOW = ("--time-to-first-token", "30s", "--shutdown-timeout", "0")


def usage(server: Server, expected: float) -> None:
    eventually(lambda: server.metrics().kv_usage, lambda seen: seen == pytest.approx(expected))


@pytest.mark.parametrize("flag", ["--kv-cache-size", "--num-gpu-blocks-override"])
def test_running_sequences_hold_blocks(serve: ServerPool, flag: str) -> None:
    """Blocks are held from the start: a prompt of 20 tokens needs two of 16 tokens each."""
    server = serve("--block-size", "16", flag, "10", *SLOW)
    with contextlib.ExitStack() as connections:
        for count in (1, 2):
            connection = connections.enter_context(server.connect())
            connection.send_request("POST", "/v1/completions", TWENTY_TOKENS)
            usage(server, 0.2 * count)
        page = server.metrics()
        assert page.value("vllm:gpu_cache_usage_perc") == pytest.approx(0.4)
    usage(server, 0)


def test_blocks_grow_with_the_answer(serve: ServerPool) -> None:
    server = serve("--block-size", "8", "--kv-cache-size", "16", "--inter-token-latency", "10ms")
    with server.connect() as connection:
        connection.send_request(
            "POST", "/v1/completions", b'{"prompt":"a b","max_tokens":60,"ignore_eos":true,"stream":true}'
        )
        early = eventually(lambda: server.metrics().kv_usage, lambda usage: usage > 0)
        late = eventually(lambda: server.metrics().kv_usage, lambda usage: usage >= 0.4)
        assert early < late <= 0.5
    usage(server, 0)


def test_requests_wait_for_blocks(serve: ServerPool) -> None:
    """Two prompts that do not fit together run one after the other."""
    server = serve("--block-size", "8", "--kv-cache-size", "4", "--time-to-first-token", "300ms")
    with server.connect() as first, server.connect() as second:
        for connection in (first, second):
            connection.send_request("POST", "/v1/completions", TWENTY_TOKENS)
        eventually(lambda: (page := server.metrics()) and (page.running, page.waiting), lambda seen: seen == (1, 1))
        for connection in (first, second):
            connection.read_until(b"[DONE]")


def test_preemption(serve: ServerPool) -> None:
    """When blocks run out, the sequence scheduled last starts over; every answer is complete in the end."""
    server = serve("--block-size", "8", "--kv-cache-size", "6", "--inter-token-latency", "2ms", "--max-model-len", "64")
    answer = server.post("/v1/completions", {"prompt": "a b c", "n": 2, "max_tokens": 36, "ignore_eos": True})
    assert answer.status_code == 200
    assert answer.json()["usage"]["completion_tokens"] == 72
    page = server.metrics()
    assert page.value("vllm:num_preemptions_total") >= 1
    assert page.value("vllm:request_num_preemptions_sum") == page.value("vllm:num_preemptions_total")


def test_a_prompt_larger_than_the_cache(serve: ServerPool) -> None:
    server = serve("--block-size", "8", "--kv-cache-size", "4", "--max-model-len", "1024")
    assert server.post("/v1/completions", {"prompt": "word " * 32, "max_tokens": 1}).status_code == 200
    for stream in (False, True):
        answer = server.post("/v1/completions", {"prompt": "word " * 33, "max_tokens": 1, "stream": stream})
        assert answer.status_code == 400
        message = answer.json()["error"]["message"]
        assert "33" in message and "32" in message


def test_cache_config_info(serve: ServerPool) -> None:
    server = serve("--block-size", "32", "--num-gpu-blocks-override", "77")
    (sample,) = server.metrics().all("vllm:cache_config_info")
    assert sample.value == 1
    assert sample.labels["block_size"] == "32" and sample.labels["num_gpu_blocks"] == "77"
    assert sample.labels["engine"] == "0"
