"""Recorded answers of llm-d-inference-sim, replayed against this server (skipped where the recordings are absent).

Compared are the status, the headers of interest, the shape of JSON (every recorded key must be there with the same
type), the values that do not depend on chance, and the kinds of a stream's frames. Each difference that is found must
stand in `DIFFERENCES` with its reason, and each that stands there must be found.
"""

import contextlib
import subprocess
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.golden import FOLDER, Recording, Response, recordings
from support.golden_comparison import compare_bodies, compare_headers
from support.golden_tables import (
    DIFFERENCES,
    FLAGS_FOR_ADMIN,
    LATER,
    LATER_FLAGS,
    METRIC_DIFFERENCES,
    METRICS,
)
from support.server import Server, ServerPool

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no recorded answers here")


def test_every_recording_is_accounted_for() -> None:
    names = {recording.name for recording in recordings()}
    assert set(LATER) | METRICS | set(DIFFERENCES) | set(FLAGS_FOR_ADMIN) <= names, "a list names no recording"
    assert not set(LATER) & (METRICS | set(DIFFERENCES))
    for name in names - set(LATER) - METRICS:
        # What is compared must be reachable: no endpoint of a later issue hides among them.
        assert name in {recording.name for recording in COMPARED}


COMPARED = [recording for recording in recordings() if recording.name not in LATER and recording.name not in METRICS]


class Servers:
    """One server for each way of starting the peer."""

    def __init__(self, pool: ServerPool) -> None:
        self._pool = pool
        self._servers: dict[str, Server] = {}

    def start(self, recording: Recording) -> Server:
        words = iter(recording.flags)
        flags = FLAGS_FOR_ADMIN.get(recording.name, []).copy()
        for word in words:
            if word in LATER_FLAGS:
                for _ in range(LATER_FLAGS[word]):
                    next(words)
            else:
                flags.append(word)
        key = recording.server + str(flags)
        if key not in self._servers:
            self._servers[key] = self._pool(*flags, model=None, env=recording.environment)
        return self._servers[key]


@pytest.fixture(scope="module")
def servers(serve_for_module: ServerPool) -> Servers:
    return Servers(serve_for_module)


@contextlib.contextmanager
def circumstances(server: Server, recording: Recording) -> Iterator[None]:
    """What else was going on when the answer was recorded."""
    with contextlib.ExitStack() as connections:
        if recording.name == "131-err-queue-full.txt":
            for _ in range(2):
                connection = connections.enter_context(server.connect())
                connection.send_request("POST", "/v1/completions", b'{"prompt":"a","max_tokens":1,"stream":true}')
                assert connection.read_head().status == 200
        yield


def replay(server: Server, recording: Recording) -> Response:
    words = [word.replace("http://localhost:PORT", server.url) for word in recording.request]
    with circumstances(server, recording):
        result = subprocess.run(
            ["curl", "--silent", "--show-error", "--no-buffer", "--max-time", "10", *words],
            capture_output=True, timeout=15, check=True,
        )  # fmt: skip
    return Response.parse(result.stdout.decode())


@pytest.mark.parametrize("recording", COMPARED, ids=lambda recording: recording.name)
def test_answer(servers: Servers, recording: Recording) -> None:
    actual = replay(servers.start(recording), recording)
    expected = recording.response
    if actual.status != expected.status:
        found = [f"status: {expected.status} → {actual.status}"]
        assert actual.media_type == "application/json"
    else:
        found = [*compare_headers(expected, actual, recording.request), *compare_bodies(expected, actual)]
    assert set(found) == set(DIFFERENCES.get(recording.name, {})), actual.body


@pytest.mark.parametrize(
    "recording", [r for r in recordings() if r.name in METRICS], ids=lambda recording: recording.name
)
def test_metrics(servers: Servers, recording: Recording) -> None:
    """Every recorded series is there under the same name, type and at least the same labels; of histograms, with the
    same buckets."""
    actual = replay(servers.start(recording), recording)
    assert actual.status == recording.response.status and actual.media_type == recording.response.media_type
    ours = {family.name: family for family in text_string_to_metric_families(actual.body)}
    for family in text_string_to_metric_families(recording.response.body):
        if family.name in METRIC_DIFFERENCES.get(recording.name, {}):
            assert family.name not in ours
            continue
        assert family.name in ours, family.name
        own = ours[family.name]
        assert own.type == family.type, family.name
        ours_by_name = {sample.name: sample for sample in own.samples}
        for sample in family.samples:
            assert sample.name in ours_by_name, sample.name
            assert set(sample.labels) <= set(ours_by_name[sample.name].labels), sample
        if family.type == "histogram":
            bounds = [
                {float(sample.labels["le"]) for sample in samples if sample.name.endswith("_bucket")}
                for samples in (family.samples, own.samples)
            ]
            assert bounds[0] == bounds[1], family.name
