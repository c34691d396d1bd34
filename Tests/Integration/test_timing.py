"""Delays are exact and do not add up errors (the issue, speed)."""

import statistics
import time

import pytest

from support import sse
from support.server import ServerPool


def timed_stream(serve: ServerPool, flags: list[str], tokens: int) -> list[float]:
    """When each chunk of a stream of so many tokens arrived, counted from the request."""
    server = serve(*flags)
    with server.connect() as connection:
        connection.send_request(
            "POST", "/v1/completions",
            f'{{"prompt":"x","max_tokens":{tokens},"ignore_eos":true,"stream":true}}'.encode(),
        )  # fmt: skip
        start = time.monotonic()
        connection.read_head()
        arrivals, body = [], b""
        while chunk := connection.read_chunk():
            arrivals.append(time.monotonic() - start)
            body += chunk
    assert len(sse.chunks(body)) == tokens
    return arrivals


def test_no_drift_over_128_tokens(serve: ServerPool) -> None:
    """128 tokens at 50 ms take 6.35 s plus the first token."""
    arrivals = timed_stream(serve, ["--time-to-first-token", "100ms", "--inter-token-latency", "50ms"], 128)
    assert arrivals[0] == pytest.approx(0.1, abs=0.03)
    assert arrivals[-1] - arrivals[0] == pytest.approx(6.35, rel=0.01)
    gaps = [later - earlier for earlier, later in zip(arrivals, arrivals[1:])]
    assert statistics.median(gaps) == pytest.approx(0.05, abs=0.002)


def test_half_a_millisecond_is_half_a_millisecond(serve: ServerPool) -> None:
    """Fractions of a millisecond are not cut off, neither in what is sent nor in what is measured."""
    server = serve("--inter-token-latency", "500us", "--max-model-len", "4096", "--time-to-first-token", "20ms")
    start = time.monotonic()
    server.complete(max_tokens=2001, ignore_eos=True)
    assert time.monotonic() - start == pytest.approx(1.02, rel=0.05)
    page = server.metrics()
    count = page.value("vllm:inter_token_latency_seconds_count")
    assert count == 2000
    assert page.value("vllm:inter_token_latency_seconds_sum") / count == pytest.approx(0.0005, rel=0.02)


def test_deviation(serve: ServerPool) -> None:
    """Delays are drawn around the mean and clamped to 0.3 and 1.7 times the mean."""
    arrivals = timed_stream(
        serve, ["--inter-token-latency", "4ms", "--inter-token-latency-std-dev", "1200us", "--seed", "5"], 401
    )
    assert (arrivals[-1] - arrivals[0]) / 400 == pytest.approx(0.004, rel=0.08)
    gaps = [later - earlier for earlier, later in zip(arrivals, arrivals[1:])]
    assert 0.0007 < statistics.stdev(gaps) < 0.003


def test_per_token_prefill(serve: ServerPool) -> None:
    server = serve(
        "--latency-calculator", "per-token", "--prefill-overhead", "100ms", "--prefill-time-per-token", "2ms",
        "--time-to-first-token", "9s",
    )  # fmt: skip
    for tokens, expected in ((1, 0.102), (100, 0.3)):
        start = time.monotonic()
        server.complete("word " * tokens, max_tokens=1)
        assert time.monotonic() - start == pytest.approx(expected, abs=0.05)


def test_default_calculator(serve: ServerPool) -> None:
    """Without a time to first token the prefill flags count."""
    server = serve("--prefill-overhead", "150ms")
    start = time.monotonic()
    server.complete(max_tokens=1)
    assert time.monotonic() - start == pytest.approx(0.15, abs=0.05)


def test_load_slows_down(serve: ServerPool) -> None:
    """f = 1 + (T - 1)(R - 1)/(S - 1): with all five slots in use the factor is T."""
    server = serve("--time-factor-under-load", "3", "--inter-token-latency", "5ms", "--max-num-seqs", "5")
    for choices, expected in ((1, 0.1), (5, 0.3)):
        start = time.monotonic()
        server.complete(n=choices, max_tokens=21, ignore_eos=True)
        assert time.monotonic() - start == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("value", ["60", "60ms", "0.06s", "60000us"])
def test_forms_of_a_duration(serve: ServerPool, value: str) -> None:
    """Go's syntax or plain milliseconds."""
    server = serve("--time-to-first-token", value)
    start = time.monotonic()
    server.complete(max_tokens=1)
    assert time.monotonic() - start == pytest.approx(0.06, abs=0.03)
