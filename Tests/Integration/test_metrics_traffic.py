"""What traffic leaves on the page of metrics (vLLM 0.33, metrics)."""

import pytest

from support.exposition import Page
from support.server import MODEL, Server, ServerPool
from support.waiting import eventually


def after(server: Server, name: str, value: float, **labels: str) -> Page:
    """The page once that series has that value; an answer may reach the client just before it is counted."""
    return eventually(server.metrics, lambda page: page.total(name, **labels) == value, within=2)


def test_token_counters(serve: ServerPool) -> None:
    server = serve()
    server.complete("a b c", max_tokens=7, ignore_eos=True)
    server.complete(["a b", "c"], max_tokens=5, n=2, ignore_eos=True)
    page = after(server, "vllm:request_success_total", 5)
    assert page.value("vllm:generation_tokens_total") == 7 + 20
    assert page.value("vllm:request_success_total", finished_reason="length", finish_reason="length") == 5
    assert page.value("vllm:request_success_total", finished_reason="stop") == 0
    # Each choice computes its prompt, as long as prefixes are not shared.
    assert page.value("vllm:prompt_tokens_total") == page.value(
        "vllm:prompt_tokens_by_source_total", source="local_compute"
    )
    assert page.value("vllm:prompt_tokens_total") >= 3 + 3
    assert page.value("vllm:prefix_cache_hits_total") == 0


def test_histograms_count_choices(serve: ServerPool) -> None:
    server = serve("--time-to-first-token", "30ms", "--inter-token-latency", "12ms")
    server.complete("a b c", max_tokens=5, n=2, ignore_eos=True)
    page = after(server, "vllm:request_success_total", 2)
    for name in (
        "time_to_first_token_seconds", "e2e_request_latency_seconds", "request_queue_time_seconds",
        "request_inference_time_seconds", "request_prefill_time_seconds", "request_decode_time_seconds",
        "request_prompt_tokens", "request_generation_tokens", "request_params_max_tokens",
        "request_time_per_output_token_seconds", "max_num_generation_tokens", "request_num_preemptions",
    ):  # fmt: skip
        assert page.value(f"vllm:{name}_count") == 2, name
    for name in ("request_params_n", "request_max_num_generation_tokens"):
        assert page.value(f"vllm:{name}_count") == 1, name
    assert page.value("vllm:request_params_n_sum") == 2
    for name in ("inter_token_latency_seconds", "time_per_output_token_seconds"):
        assert page.value(f"vllm:{name}_count") == 8
        assert page.value(f"vllm:{name}_sum") == pytest.approx(8 * 0.012, rel=0.05)
        assert page.value(f"vllm:{name}_bucket", le="0.025") == 8 and page.value(f"vllm:{name}_bucket", le="0.01") == 0
    assert page.value("vllm:request_prompt_tokens_sum") == 6
    assert page.value("vllm:request_generation_tokens_sum") == 10
    assert page.value("vllm:request_params_max_tokens_sum") == 10
    assert page.value("vllm:time_to_first_token_seconds_sum") == pytest.approx(0.06, rel=0.2)
    assert page.value("vllm:request_decode_time_seconds_sum") == pytest.approx(0.096, rel=0.1)
    assert page.value("vllm:request_time_per_output_token_seconds_sum") == pytest.approx(0.024, rel=0.1)
    end_to_end = page.value("vllm:e2e_request_latency_seconds_sum")
    parts = sum(
        page.value(f"vllm:{name}_sum") for name in ("request_queue_time_seconds", "request_inference_time_seconds")
    )
    assert end_to_end == pytest.approx(parts, rel=0.05)


def test_no_maximum_is_no_observation(serve: ServerPool) -> None:
    server = serve()
    server.complete()
    page = after(server, "vllm:request_success_total", 1)
    assert page.value("vllm:request_params_max_tokens_count") == 0


def test_buckets_are_cumulative(serve: ServerPool) -> None:
    server = serve()
    for maximum in (1, 3, 30, 300):
        server.complete(max_tokens=maximum, ignore_eos=True)
    page = after(server, "vllm:request_success_total", 4)
    counts = {sample.labels["le"]: sample.value for sample in page.all("vllm:request_generation_tokens_bucket")}
    assert counts == {
        "1.0": 1, "2.0": 1, "5.0": 2, "10.0": 2, "20.0": 2, "50.0": 3, "100.0": 3, "200.0": 3, "500.0": 4,
        "1000.0": 4, "+Inf": 4,
    }  # fmt: skip


def test_reasons(serve: ServerPool) -> None:
    server = serve("--mode", "echo")
    server.complete("a b c", max_tokens=9)
    server.complete("a b c", max_tokens=2)
    server.chat("a b c")
    page = after(server, "vllm:request_success_total", 3)
    assert page.value("vllm:request_success_total", finished_reason="stop") == 2
    assert page.value("vllm:request_success_total", finished_reason="length") == 1


def test_refusals_count_in_no_engine_series(serve: ServerPool) -> None:
    server = serve()
    for body in ({}, {"prompt": "x", "model": "nope"}, {"prompt": "x", "max_tokens": 9999}):
        assert server.post("/v1/completions", body).status_code in (400, 404)
    page = after(server, "http_requests_total", 3, status="4xx")
    engine = [sample for sample in page.samples if sample.name.startswith("vllm:") and sample.value != 0]
    assert {sample.name for sample in engine} == {"vllm:engine_sleep_state", "vllm:cache_config_info"}


def test_http_series(serve: ServerPool) -> None:
    server = serve()
    server.complete(max_tokens=1)
    server.complete(max_tokens=1)
    server.get("/v1/models")
    server.get("/v1/models/test-model")
    server.get("/a/path/of/my/own")
    server.get("/v1/completions")
    server.get("/health")
    page = after(server, "http_requests_total", 6)
    seen = {
        (sample.labels["handler"], sample.labels["method"], sample.labels["status"]): sample.value
        for sample in page.all("http_requests_total")
    }
    assert seen == {
        ("/v1/completions", "POST", "2xx"): 2,
        ("/v1/models", "GET", "2xx"): 1,
        ("/v1/models/{model_id}", "GET", "2xx"): 1,
        ("none", "GET", "4xx"): 2,
    }
    assert page.value("http_request_duration_seconds_count", handler="/v1/completions", method="POST") == 2
    assert page.value("http_request_duration_highr_seconds_count") == 6
    assert page.value("http_request_size_bytes_sum", handler="/v1/completions") > 20
    assert page.value("http_response_size_bytes_count", handler="/v1/models") == 1
    assert page.value("http_response_size_bytes_sum", handler="/v1/models") == len(server.get("/v1/models").content)


def test_paths_cannot_grow_the_page(serve: ServerPool) -> None:
    """However many paths, models and methods clients invent, the page stays small."""
    server = serve()
    for number in range(200):
        server.get(f"/random/{number}")
        server.get(f"/v1/models/random-{number}")
        server.http.request(f"METHOD{number}", "/v1/models")
        server.post("/v1/completions", {"prompt": "x", "model": f"random-{number}"})
    size = len(server.metrics().text)
    assert size < 60_000


def test_queue_rejections(serve: ServerPool) -> None:
    server = serve(
        "--max-num-queued-reqs", "0", "--max-num-seqs", "1", "--time-to-first-token", "30s", "--shutdown-timeout", "0"
    )
    with server.connect() as connection:
        connection.send_request("POST", "/v1/completions", b'{"prompt":"x","max_tokens":1,"stream":true}')
        assert connection.read_head().status == 200
        for _ in range(3):
            assert server.post("/v1/completions", {"prompt": "x"}).status_code == 503
        page = server.metrics()
        assert page.value("vllm:admission_rejections_total", reason="max_num_queued_reqs", model_name=MODEL) == 3


def test_memory_of_many_requests(serve: ServerPool) -> None:
    """A thousand requests leave nothing behind but counts."""
    server = serve()
    for _ in range(200):
        server.complete(max_tokens=50, ignore_eos=True)
    settled = server.resident_bytes
    for _ in range(1000):
        server.complete(max_tokens=50, ignore_eos=True)
    assert server.resident_bytes - settled < 2 << 20
    assert after(server, "vllm:request_success_total", 1200).value("vllm:generation_tokens_total") == 60_000
