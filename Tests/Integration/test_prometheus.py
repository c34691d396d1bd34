"""A real Prometheus scrapes the server and answers the usual queries (skipped where it is not installed)."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.server import MODEL, Server, ServerPool
from support.waiting import eventually

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")


class Prometheus:
    """A Prometheus of our own on a free loopback port, scraping one target four times a second."""

    def __init__(self, target: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        configuration = folder / "prometheus.yml"
        # JSON is YAML.
        configuration.write_text(
            json.dumps(
                {
                    "global": {"scrape_interval": "250ms"},
                    "scrape_configs": [{"job_name": "understudy", "static_configs": [{"targets": [target]}]}],
                }
            )
        )
        self._log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [
                "prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ],
            stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=5, trust_env=False)

    def ask(self, path: str, **parameters: str) -> list[Any]:
        """The result of a query; empty while Prometheus is not up."""
        try:
            answer = self.http.get(path, params=parameters)
        except httpx.TransportError:
            return []
        if answer.status_code != 200:
            assert answer.status_code == 503, answer.text
            return []
        data = answer.json()["data"]
        return data["result"] if isinstance(data, dict) and "result" in data else data

    def value(self, query: str) -> float | None:
        """The one value that a query gives."""
        result = self.ask("/query", query=query)
        return float(result[0]["value"][1]) if len(result) == 1 else None

    def close(self) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        self._log.close()


@pytest.fixture(scope="module")
def target(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--enable-lora", "--time-to-first-token", "20ms", "--inter-token-latency", "2ms")


@pytest.fixture(scope="module")
def prometheus(target: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    process = Prometheus(target.url.removeprefix("http://"), tmp_path_factory.mktemp("prometheus"))
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
