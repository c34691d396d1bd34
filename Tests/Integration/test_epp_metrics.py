"""The picker's own page as gateways' traffic makes it (GIE v1.5, metrics)."""

import json
import math

import httpx
import pytest

from support.epp import Picker, PickerPool, pods
from support.ext_proc import completion, completion_body, request_body, request_headers, response_body, response_headers
from support.fake_metrics import FakeServers, Gauges
from support.fleet import pool_gauge
from support.manifests import objective, pool, rewrite, rule

pytest_plugins = ["support.epps"]

PREFIX = "inference_objective_"


@pytest.fixture(scope="module")
def picker(epp_for_module: PickerPool, fakes: FakeServers) -> Picker:
    fakes.set(
        Gauges(waiting=1, kv_usage=0.25, running=2),
        Gauges(waiting=3, kv_usage=0.25, running=3),
        Gauges(waiting=5, kv_usage=0.4, running=4),
    )
    objects = [
        pool("the-pool", "pool", port=fakes.port),
        *pods(fakes),
        objective("high", 4, "the-pool"),
        rewrite("alias", rule("target", "alias"), pool="the-pool"),
    ]
    return epp_for_module({"objects.yaml": objects}, "--refresh-metrics-interval", "20ms")


def exchange(
    picker: Picker, model: str, answer: dict | bytes, *, status: int = 200, media: str = "application/json"
) -> None:
    """A whole transaction."""
    with picker.gateway.stream(*completion(model, headers={"x-gateway-inference-objective": "high"})) as stream:
        stream.routed()
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        stream.send(response_headers({":status": str(status), "content-type": media}), response_body(body, end=True))
        stream.response_head()
        stream.chunks("response_body")


USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12, "prompt_tokens_details": {"cached_tokens": 8}}


def test_a_request(picker: Picker) -> None:
    labels = {"model_name": "alias", "target_model_name": "target"}
    before = picker.metrics()
    answer = {"model": "target", "usage": USAGE}
    exchange(picker, "alias", answer)
    picker.becomes(
        lambda: picker.metrics().total(f"{PREFIX}response_sizes_count", **labels),
        before.total(f"{PREFIX}response_sizes_count", **labels) + 1,
    )
    after = picker.metrics()

    def gained(name: str, **more: str) -> float:
        return after.total(PREFIX + name, **labels, **more) - before.total(PREFIX + name, **labels, **more)

    assert gained("request_total", priority="4") == 1
    assert gained("request_sizes_count") == 1
    assert gained("response_sizes_sum") in (len(json.dumps(answer)), len(json.dumps(answer)) - 1)
    assert gained("input_tokens_sum") == 9
    assert gained("output_tokens_sum") == 3
    assert gained("prompt_cached_tokens_sum") == 8
    assert gained("request_duration_seconds_count") == 1
    assert 0 < gained("request_duration_seconds_sum") < 5
    assert gained("normalized_time_per_output_token_seconds_count") == 1
    rewrites = "inference_extension_model_rewrite_decisions_total"
    name = {"model_rewrite_name": "alias", "model_name": "alias", "target_model": "target"}
    assert after.value(rewrites, **name) - before.total(rewrites, **name) == 1


def test_the_size_of_a_rewritten_request(picker: Picker) -> None:
    name = f"{PREFIX}request_sizes_sum"
    before = picker.metrics().total(name)
    picker.gateway.route(*completion("alias"))
    assert picker.metrics().total(name) - before == len(completion_body("test", "target"))


def test_a_stream_of_events(picker: Picker) -> None:
    events = (
        b'data: {"choices":[{"text":"x"}]}\n\n'
        b'data: {"usage":{"prompt_tokens":7,"total_tokens":17,"completion_tokens":10}}\n\ndata: [DONE]\n\n'
    )
    exchange(picker, "streamed", events, media="text/event-stream")
    labels = {"model_name": "streamed"}
    picker.becomes(lambda: picker.metrics().total(f"{PREFIX}input_tokens_sum", **labels), 7)
    page = picker.metrics()
    assert page.total(f"{PREFIX}output_tokens_sum", **labels) == 10
    assert page.total(f"{PREFIX}request_ttft_seconds_count", **labels) == 1
    assert page.total(f"{PREFIX}response_sizes_sum", **labels) == len(events)


def test_usage_in_pieces(picker: Picker) -> None:
    """An event may come in two chunks, which GIE v1.5 loses."""
    event = b'data: {"usage":{"prompt_tokens":7,"total_tokens":17,"completion_tokens":10}}\n\n'
    with picker.gateway.stream(*completion("pieces")) as stream:
        stream.routed()
        stream.send(response_headers({":status": "200", "content-type": "text/event-stream"}))
        stream.send(response_body(event[:30]), response_body(event[30:]), response_body(b"", end=True))
        stream.response_head()
        stream.chunks("response_body")
    picker.becomes(lambda: picker.metrics().total(f"{PREFIX}input_tokens_sum", model_name="pieces"), 7)


def test_a_running_request(picker: Picker) -> None:
    def running() -> float:
        return picker.metrics().total(f"{PREFIX}running_requests", model_name="running")

    with picker.gateway.stream(*completion("running")) as stream:
        stream.routed()
        picker.becomes(running, 1)
        stream.send(response_headers({":status": "200"}), response_body(b"x", end=True))
        stream.response_head()
        picker.becomes(running, 0)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_fails(picker: Picker, status: int) -> None:
    model = f"failing-{status}"
    exchange(picker, model, {"error": {}}, status=status)
    name = f"{PREFIX}request_error_total"
    labels = {"model_name": model, "error_code": "ModelServerError"}
    picker.becomes(lambda: picker.metrics().total(name, **labels), 1)


@pytest.mark.parametrize(
    ("body", "subset", "code", "model"),
    [
        (b"{", None, "BadRequest", ""),
        (b'{"prompt":"x"}', None, "BadRequest", ""),
        (completion_body("x", "lost"), ["10.0.0.1:1"], "ServiceUnavailable", "lost"),
    ],
)
def test_refusals(picker: Picker, body: bytes, subset: list[str] | None, code: str, model: str) -> None:
    name = f"{PREFIX}request_error_total"

    def errors() -> float:
        return picker.metrics().total(name, error_code=code, model_name=model)

    before = errors()
    requests = picker.metrics().total(f"{PREFIX}request_total")
    picker.gateway.refusal(request_headers({}, subset=subset), request_body(body))
    picker.becomes(errors, before + 1)
    assert picker.metrics().total(f"{PREFIX}request_total") == requests


def test_the_pools_gauges(picker: Picker, fakes: FakeServers) -> None:
    fakes.settle()
    page = picker.metrics()
    assert pool_gauge(page, "ready_pods", "the-pool") == 3
    assert pool_gauge(page, "average_queue_size", "the-pool") == 3
    assert pool_gauge(page, "average_running_requests", "the-pool") == 3
    assert math.isclose(pool_gauge(page, "average_kv_cache_utilization", "the-pool"), 0.3)
    queues = {
        sample.labels["model_server_pod"].removesuffix("-rank-0"): sample.value
        for sample in page.all("inference_pool_per_pod_queue_size")
    }
    assert queues == {"pod-0": 1, "pod-1": 3, "pod-2": 5}


def test_the_scheduler(picker: Picker, fakes: FakeServers) -> None:
    attempts = "inference_extension_scheduler_attempts_total"
    before = picker.metrics()
    picker.gateway.route(*completion("attempt"))
    after = picker.metrics()
    found = list(after.all(attempts, status="success", target_model_name="attempt"))
    assert len(found) == 1
    assert found[0].labels["port"] == str(fakes.port)
    assert found[0].labels["namespace"] == "default"
    assert found[0].labels["pod_name"].startswith("pod-")
    for name in ("scheduler_e2e_duration_seconds_count", "plugin_duration_seconds_count"):
        name = f"inference_extension_{name}"
        assert after.total(name) > before.total(name)
    assert after.value("inference_extension_info") == 1


def test_buckets_and_help(picker: Picker) -> None:
    picker.gateway.route(*completion("buckets"))
    page = picker.metrics()
    helps = [line for line in page.text.splitlines() if line.startswith("# HELP inference_")]
    assert helps
    assert all(line.split(" ", 3)[3].startswith("[ALPHA] ") for line in helps)
    assert list(page.all(f"{PREFIX}input_tokens_bucket", le="32778.0")) or 'le="32778"' in page.text


def test_newer_names_beside_them(picker: Picker) -> None:
    picker.gateway.route(*completion("newer"))
    page = picker.metrics()
    assert page.total("llm_d_epp_request_total", model_name="newer") == 1
    assert len(list(page.all("llm_d_epp_ready_endpoints"))) == 1


def test_other_paths(picker: Picker) -> None:
    base = picker.ready["metrics_url"].removesuffix("/metrics").replace("localhost", "127.0.0.1")
    assert httpx.get(f"{base}/other", trust_env=False).status_code == 404
    assert httpx.post(f"{base}/metrics", trust_env=False).status_code == 405
