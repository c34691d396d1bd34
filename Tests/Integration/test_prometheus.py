"""A real Prometheus scrapes the server and answers the usual queries (skipped where it is not installed)."""

import json
import shutil
from collections.abc import Iterator

import pytest

from support.prometheus import Prometheus
from support.server import MODEL, Server, ServerPool
from support.waiting import eventually

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")


@pytest.fixture(scope="module")
def target(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--enable-lora", "--time-to-first-token", "20ms", "--inter-token-latency", "2ms")


@pytest.fixture(scope="module")
def prometheus(target: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    scrape = {"job_name": "understudy", "static_configs": [{"targets": [target.url.removeprefix("http://")]}]}
    configuration = {"global": {"scrape_interval": "250ms"}, "scrape_configs": [scrape]}
    # JSON is YAML.
    process = Prometheus(json.dumps(configuration), tmp_path_factory.mktemp("prometheus"))
    yield process
    process.close()


def test_scrape_and_queries(target: Server, prometheus: Prometheus) -> None:
    eventually(lambda: prometheus.value('up{job="understudy"}'), lambda up: up == 1, within=20, every=0.1)
    for _ in range(10):
        target.complete("a b", max_tokens=20, ignore_eos=True)
    total = eventually(
        lambda: prometheus.value(f'vllm:generation_tokens_total{{model_name="{MODEL}"}}'),
        lambda value: value == 200, within=10, every=0.1,
    )  # fmt: skip
    assert total == 200
    # The samples are scraped together, so one query may follow another without waiting.
    assert prometheus.value('sum(vllm:request_success_total{finished_reason="length"})') == 10
    assert prometheus.value("vllm:num_requests_running + vllm:num_requests_waiting") == 0
    assert prometheus.value("vllm:lora_requests_info") == pytest.approx(
        target.metrics().value("vllm:lora_requests_info"), abs=30
    )
    first_token = prometheus.value("vllm:time_to_first_token_seconds_sum / vllm:time_to_first_token_seconds_count")
    assert first_token == pytest.approx(0.02, rel=0.2)
    latency = eventually(
        lambda: prometheus.value(
            "histogram_quantile(0.5, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[1m])))"
        ),
        lambda value: value is not None and value == value, within=5, every=0.1,
    )  # fmt: skip
    assert latency is not None and 0.02 <= latency <= 0.04


def test_the_dashboards_selector(prometheus: Prometheus) -> None:
    """`label_values` of the example dashboard finds the model."""
    names = eventually(
        lambda: prometheus.ask("/label/model_name/values", **{"match[]": '{__name__=~"vllm:.*"}'}),
        bool, within=20, every=0.1,
    )  # fmt: skip
    assert names == [MODEL]


def test_types_are_known(prometheus: Prometheus) -> None:
    def kinds() -> dict[str, str]:
        answer = prometheus.http.get("/targets/metadata", params={"match_target": '{job="understudy"}'})
        return {entry["metric"]: entry["type"] for entry in answer.json().get("data", [])}

    found = eventually(kinds, lambda found: "vllm:num_requests_running" in found, within=10, every=0.1)
    assert found["vllm:num_requests_running"] == "gauge"
    assert found["vllm:e2e_request_latency_seconds"] == "histogram"
    assert found["vllm:generation_tokens_total"] == "counter"
