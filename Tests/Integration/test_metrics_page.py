"""The page of metrics before any request: names, types, labels, buckets, zeros (vLLM 0.33, metrics)."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.exposition import Page
from support.server import MODEL, ServerPool
from support.vllm_series import COUNTERS, GAUGES, HISTOGRAMS, LABELS


@pytest.fixture(scope="module")
def page(serve_for_module: ServerPool) -> Page:
    return serve_for_module().metrics()


def test_content_type(serve: ServerPool) -> None:
    kind = serve().get("/metrics").headers["content-type"]
    assert kind.startswith("text/plain; version=0.0.4") and "charset=utf-8" in kind


@pytest.mark.parametrize("name", [*GAUGES, *COUNTERS])
def test_scalars_are_there_at_zero(page: Page, name: str) -> None:
    own = (GAUGES | COUNTERS)[name]
    samples = list(page.all(name))
    kind = "gauge" if name in GAUGES else "counter"
    assert f"# TYPE {name} {kind}\n" in page.text and f"# HELP {name} " in page.text
    expected: list[tuple[str, str] | None] = [(label, value) for label, values in own.items() for value in values] or [
        None
    ]
    assert len(samples) == len(expected)
    for sample, pair in zip(samples, expected):
        wanted = LABELS | set(own) | ({"finish_reason"} if name == "vllm:request_success_total" else set())
        wanted -= {"engine"} if name == "vllm:admission_rejections_total" else set()
        assert set(sample.labels) == wanted
        assert sample.labels["model_name"] == MODEL and sample.labels.get("engine", "0") == "0"
        if pair is not None:
            assert sample.labels[pair[0]] == pair[1]
        assert sample.value == (1 if sample.labels.get("sleep_state") == "awake" else 0)


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_histograms_are_there_at_zero(page: Page, name: str) -> None:
    assert f"# TYPE {name} histogram\n" in page.text and f"# HELP {name} " in page.text
    buckets = list(page.all(f"{name}_bucket", model_name=MODEL, engine="0"))
    assert [float(sample.labels["le"]) for sample in buckets] == [*HISTOGRAMS[name], float("inf")]
    assert all(sample.value == 0 for sample in buckets)
    assert page.value(f"{name}_count") == page.value(f"{name}_sum") == 0


def test_both_reason_labels(page: Page) -> None:
    """One series carries vLLM's label and the simulator's."""
    for sample in page.all("vllm:request_success_total"):
        assert sample.labels["finished_reason"] == sample.labels["finish_reason"]


def test_no_series_twice(page: Page) -> None:
    keys = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in page.samples]
    assert len(keys) == len(set(keys))


def test_families_are_not_scattered(page: Page) -> None:
    names = [line.split(" ")[2] for line in page.text.splitlines() if line.startswith("# TYPE ")]
    assert len(names) == len(set(names))
    assert len(names) == len(list(text_string_to_metric_families(page.text)))


def test_labels_are_in_alphabetical_order(page: Page) -> None:
    for sample in page.samples:
        if len(sample.labels) > 1 and "le" not in sample.labels:
            keys = list(sample.labels)
            assert keys == sorted(keys), sample


def test_process(page: Page) -> None:
    assert page.value("process_resident_memory_bytes") > 1e6
    assert page.value("process_virtual_memory_bytes") > page.value("process_resident_memory_bytes")
    assert page.value("process_open_fds") > 3 and page.value("process_max_fds") >= page.value("process_open_fds")
    assert page.value("process_start_time_seconds") > 1.7e9
    assert page.value("process_cpu_seconds_total") >= 0


def test_the_displayed_name_is_the_label(serve: ServerPool) -> None:
    page = serve("--served-model-name", 'odd "name"\\', "alias").metrics()
    assert {sample.labels["model_name"] for sample in page.all("vllm:num_requests_running")} == {'odd "name"\\'}


def test_engine_metrics_can_be_off(serve: ServerPool) -> None:
    page = serve("--disable-log-stats").metrics()
    assert not [sample for sample in page.samples if sample.name.startswith("vllm:")]
    assert page.value("process_open_fds") > 0


def test_documented(page: Page) -> None:
    """docs/metrics.md names every series of the page."""
    text = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    families = {line.split(" ")[2] for line in page.text.splitlines() if line.startswith("# TYPE ")}
    families -= {"vllm:external_prefix_cache_hits_total", "vllm:mm_cache_hits_total"}  # Written as `…_hits_total`.
    assert {name for name in families if f"`{name}`" not in text} == set()
