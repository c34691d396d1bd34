"""Recorded answers of llm-d-inference-sim, replayed against this server (skipped where the recordings are absent).

Compared are the status, the headers of interest, the shape of JSON (every recorded key must be there with the same
type), the values that do not depend on chance, and the kinds of a stream's frames. Each difference that is found must
stand in `DIFFERENCES` with its reason, and each that stands there must be found.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.golden import FOLDER, Recording, Response, recordings
from support.server import Server, ServerPool
from support.shapes import differences

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no recorded answers here")

# Features of later issues.
LATER = {
    "015-completions-kv-remote-decode.txt": "P/D disaggregation",
    "023-chat-tools-required.txt": "tool calls",
    "025-chat-tools-named.txt": "tool calls",
    "027-chat-tools-bad-schema.txt": "tool calls",
    "054-embeddings.txt": "embeddings",
    "055-embeddings-array.txt": "embeddings",
    "057-embeddings-tokens.txt": "embeddings",
    "058-embeddings-err-model.txt": "embeddings",
    "059-embeddings-err-noinput.txt": "embeddings",
    "065-render-chat.txt": "render",
    "066-responses.txt": "responses",
    "067-responses-stream.txt": "responses",
    "069-responses-tools-stream.txt": "responses",
    "070-responses-err.txt": "responses",
    "071-messages.txt": "messages",
    "073-messages-tools.txt": "messages",
    "074-messages-err-no-max-tokens.txt": "messages",
    "075-messages-err-model.txt": "messages",
    "077-generate-stream.txt": "generate",
    "085-sleep.txt": "sleep mode",
    "086-is-sleeping-1.txt": "sleep mode",
    "089-is-sleeping-2.txt": "sleep mode",
    "090-admin-config-get.txt": "admin",
    "091-admin-config-post.txt": "admin",
    "093-admin-config-post-bad-field.txt": "admin",
    "094-admin-config-post-bad-value.txt": "admin",
    "107-query.txt": "P/D disaggregation",
    "113-sleep-disabled.txt": "sleep mode",
    "115-fake-metrics.txt": "fake metrics",
    "116-fake-metrics-post.txt": "fake metrics",
    "117-fake-metrics-after.txt": "fake metrics",
    "121-admin-fake-metrics.txt": "fake metrics",
    "124-kvcache-second-cached.txt": "reuse of KV blocks",
    "125-kvcache-threshold.txt": "reuse of KV blocks",
    "127-omni-image.txt": "image generation",
    "128-omni-image-stream.txt": "image generation",
}

METRICS = {"108-metrics-final.txt", "129-kvcache-metrics.txt"}

# Flags whose feature comes later, with the number of words behind each; servers are started without them.
LATER_FLAGS = {"--enable-sleep-mode": 0, "--enable-kvcache": 0, "--omni": 0, "--fake-metrics": 1}

# The peer was told by /admin/config, which comes later; here flags say the same.
FLAGS_FOR_ADMIN = {
    f"{number}-failure-{kind}.txt": ["--failure-injection-rate", "100", "--failure-types", kind]
    for number, kind in (
        ("096", "invalid_api_key"), ("100", "server_error"), ("102", "invalid_request"), ("104", "model_not_found"),
    )
}  # fmt: skip

ROLE = "vLLM's role frame carries empty content"
LAST = "the finish reason rides on the last delta, as in vLLM, not on a frame of its own"
USAGE = "usage is absent from frames, as in vLLM, unless asked for"
BAD_REQUEST = "vLLM's schema layer says `Bad Request`"
NAMES_FIELD = "a refusal names the field"
SAYS_MORE = "vLLM's text, which names the field and the value"
JSON_ERRORS = "errors are JSON objects on every path"
OWN_PARSER = "the JSON parser's own words"
TEXT = "vLLM's LoRA endpoints answer with a line of text"
HEAD = "GET implies HEAD"

CHAT_STREAM = {"frames: role text finish done → role text+finish done": LAST, "frame role: usage: null → absent": USAGE, "frame text: usage: null → absent": USAGE}  # fmt: skip
TEXT_STREAM = {"frames: text finish done → text+finish done": LAST, "frame text: usage: null → absent": USAGE}

DIFFERENCES: dict[str, dict[str, str]] = {
    "003-models.txt": {"shape: data[].max_model_len: number → null": "an adapter has no length of its own in vLLM"},
    "007-completions-stream.txt": TEXT_STREAM,
    "010-completions-logprobs-stream.txt": TEXT_STREAM,
    "019-chat-stream.txt": CHAT_STREAM,
    "022-chat-logprobs-stream.txt": CHAT_STREAM,
    "030-err-bad-json.txt": {"error.type": BAD_REQUEST, "error.message": OWN_PARSER},
    "031-err-bad-json-completions.txt": {"error.type": BAD_REQUEST, "error.message": OWN_PARSER},
    "033-err-unknown-model.txt": {"error.param": NAMES_FIELD},
    "034-err-missing-model.txt": {"status: 404 → 200": "without `model` the first served one is used, as in vLLM"},
    "035-err-missing-messages.txt": {"status: 200 → 400": "a chat without messages is refused, as in vLLM"},
    "037-err-missing-prompt.txt": {
        "error.message": "vLLM's text for a missing prompt", "error.param": NAMES_FIELD,
    },
    "038-err-empty-prompt-array.txt": {"error.param": NAMES_FIELD},
    "041-err-max-tokens-zero.txt": {"error.message": SAYS_MORE, "error.param": NAMES_FIELD},
    "042-err-max-tokens-negative.txt": {"error.message": SAYS_MORE, "error.param": NAMES_FIELD},
    "043-err-max-tokens-string.txt": {
        "error.type": BAD_REQUEST, "error.message": SAYS_MORE, "error.param": NAMES_FIELD,
    },
    "049-err-wrong-method-get.txt": {"media type: text/plain → application/json": JSON_ERRORS},
    "050-err-wrong-method-delete.txt": {
        "media type: text/plain → application/json": JSON_ERRORS, "allow: GET OPTIONS → GET HEAD OPTIONS": HEAD,
    },
    "063-tokenize-err.txt": {"status: 200 → 400": "neither prompt nor messages is refused, as in vLLM"},
    "078-lora-load.txt": {"body: empty → text": TEXT, "media type:  → text/plain": TEXT},
    "079-models-after-lora-load.txt": {
        "shape: data[].max_model_len: number → null": "an adapter has no length of its own in vLLM",
    },
    "081-lora-load-bad.txt": {"status: 200 → 400": "a load without name and path is refused, as in vLLM"},
    "082-lora-unload.txt": {"body: empty → text": TEXT, "media type:  → text/plain": TEXT},
    "083-lora-unload-missing.txt": {"status: 200 → 404": "an unknown adapter cannot be unloaded, as in vLLM"},
    "111-echo-completions-stream.txt": TEXT_STREAM,
    "112-echo-err-ctx-exceeded.txt": {
        "error.message": "vLLM's text when the prompt alone is too long", "error.param": NAMES_FIELD,
    },
    "120-completions-alias-err.txt": {"error.param": NAMES_FIELD},
}  # fmt: skip

METRIC_DIFFERENCES = {
    "129-kvcache-metrics.txt": {"vllm:lora_requests_info": "only with LoRA enabled, as in vLLM"},
}

# Values that depend neither on chance nor on time; `error.…` is compared on its own.
STABLE = {"object", "model", "index", "prompt_tokens", "cached_tokens", "role", "owned_by", "root", "parent", "max_model_len", "count", "tokens"}  # fmt: skip


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
    host, port = server.address
    words = [word.replace("http://localhost:PORT", f"http://{host}:{port}") for word in recording.request]
    with circumstances(server, recording):
        result = subprocess.run(
            ["curl", "--silent", "--show-error", "--no-buffer", "--max-time", "10", *words],
            capture_output=True, timeout=15, check=True,
        )  # fmt: skip
    return Response.parse(result.stdout.decode())


def kind_of(frame: Any) -> str:
    """What a stream's frame is for."""
    if frame == "[DONE]":
        return "done"
    if not frame["choices"]:
        return "usage"
    choice = frame["choices"][0]
    delta = choice.get("delta", choice)
    if "role" in delta:
        return "role"
    text = delta.get("content", delta.get("text"))
    if choice["finish_reason"] is not None:
        return "text+finish" if text else "finish"
    return "text"


def kinds_of(frames: list[Any]) -> list[str]:
    """The kinds of frames in order. How many tokens there are is chance, so texts count once, or not at all where the
    last one carries the finish reason."""
    found: list[str] = []
    for frame in frames:
        name = kind_of(frame)
        if name == "text+finish" and found and found[-1] == "text":
            found[-1] = name
        elif not found or found[-1] != name:
            found.append(name)
    return found


def stable_values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "logprobs":
                continue
            if key in STABLE and not isinstance(inner, dict):
                yield f"{path}.{key}", inner
            else:
                yield from stable_values(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from stable_values(inner, f"{path}[{index}]")


def without_token_keys(value: Any) -> Any:
    """Completions' `top_logprobs` have generated text for keys."""
    if isinstance(value, dict):
        return {
            key: [sorted(top.values()) for top in inner] if key == "top_logprobs" and inner and "token" not in inner[0]
            else without_token_keys(inner)
            for key, inner in value.items()
        }  # fmt: skip
    return [without_token_keys(inner) for inner in value] if isinstance(value, list) else value


def compare_headers(expected: Response, actual: Response, request: list[str]) -> Iterator[str]:
    if expected.media_type != actual.media_type:
        yield f"media type: {expected.media_type} → {actual.media_type}"
    for name in ("x-inference-pod", "x-inference-namespace", "transfer-encoding"):
        if name in expected.headers and actual.headers.get(name) != expected.headers[name]:
            yield f"{name}: {expected.headers[name]} → {actual.headers.get(name)}"
    for name in ("x-inference-port", "x-request-id"):
        if name in expected.headers and name not in actual.headers:
            yield f"{name}: absent"
    for word in request:
        given = word.removeprefix("X-Request-Id: ")
        if given != word and actual.headers.get("x-request-id") != given:
            yield "x-request-id: not the client's"
    if "allow" in expected.headers:
        wanted, got = (
            " ".join(sorted(word.strip() for word in response.headers.get("allow", "").split(",")))
            for response in (expected, actual)
        )
        if wanted != got:
            yield f"allow: {wanted} → {got}"


def compare_errors(expected: dict[str, Any], actual: dict[str, Any]) -> Iterator[str]:
    for key in ("message", "type", "param", "code"):
        if expected[key] != actual[key]:
            yield f"error.{key}"


def compare_bodies(expected: Response, actual: Response) -> Iterator[str]:
    if not expected.body.strip():
        if actual.body:
            yield "body: empty → text"
    elif expected.media_type == "text/event-stream":
        yield from compare_streams(expected.frames, actual.frames)
    elif expected.media_type == "application/json":
        wanted, got = expected.json, actual.json
        if "error" in wanted:
            yield from compare_errors(wanted["error"], got["error"])
            return
        for difference in sorted(set(differences(without_token_keys(wanted), without_token_keys(got)))):
            yield f"shape: {difference}"
        values = dict(stable_values(got))
        for path, value in stable_values(wanted):
            # Another type is a difference of shape.
            if values.get(path) != value and type(values.get(path)) is type(value):
                yield f"value: {path}: {value} → {values.get(path)}"
        if wanted.get("id", "").partition("-")[0] != got.get("id", "").partition("-")[0]:
            yield "value: id"


def compare_streams(expected: list[Any], actual: list[Any]) -> Iterator[str]:
    wanted, got = kinds_of(expected), kinds_of(actual)
    if wanted != got:
        yield f"frames: {' '.join(wanted)} → {' '.join(got)}"
    for name in ("role", "text", "usage"):
        ours = [frame for frame in actual if kind_of(frame) in (name, f"{name}+finish")]
        for frame in [frame for frame in expected if kind_of(frame) == name][:1]:
            # A stream of one token has it on the frame with the finish reason, which is null before.
            for difference in sorted(set(differences(without_token_keys(frame), without_token_keys(ours[0])))):
                if difference != "choices[].finish_reason: null → string":
                    yield f"frame {name}: {difference}"


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


@pytest.mark.parametrize("recording", [r for r in recordings() if r.name in METRICS], ids=lambda recording: recording.name)
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
