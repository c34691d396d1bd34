"""The message sequences that gateways rely on: the reference's hermetic cases (GIE v1.5), and its traps.

Loads are scraped from fake model servers: `P(waiting, kv, adapters…)` is one pod.
"""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest

from support.epp import Picker, PickerPool, pods
from support.exposition import Page
from support.ext_proc import (
    DESTINATION,
    LARGEST_CHUNK,
    Message,
    Mode,
    Routed,
    completion,
    completion_body,
    destination,
    llm_headers,
    request_body,
    request_headers,
    request_trailers,
    response_body,
    response_headers,
    response_trailers,
    set_headers,
    wire,
)
from support.fake_kubernetes import EXPERIMENTAL_RESOURCES, POOL_RESOURCES, FakeKubernetes
from support.fake_metrics import FakeServers, Gauges
from support.manifests import Manifest, objective, pool, rewrite, rule
from support.waiting import eventually

pytest_plugins = ["support.epps"]

POOL = "vllm-qwen3-32b-pool"
REQUESTS = "inference_objective_request_total"
NO_LABELS = {"model_name": "", "target_model_name": ""}
SCORERS = """\
apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: queue-scorer
- type: kv-cache-utilization-scorer
- type: prefix-cache-scorer
- type: lora-affinity-scorer
schedulingProfiles:
- name: default
  plugins:
  - pluginRef: queue-scorer
  - pluginRef: kv-cache-utilization-scorer
  - pluginRef: prefix-cache-scorer
  - pluginRef: lora-affinity-scorer
"""
FAST_SCRAPING = ("--refresh-metrics-interval", "20ms")
OBJECTIVES = {
    "sql-lora": 2,
    "sql-lora-sheddable": None,
    "my-model": 2,
    "direct-model": 2,
    "inference-objective-with-priority-4": 4,
}


def P(waiting: float, kv_usage: float, *adapters: str) -> Gauges:
    return Gauges(waiting=waiting, kv_usage=kv_usage, adapters=adapters)


def experimental_objects() -> list[Manifest]:
    """The reference's objectives, one of them without a priority, and its rewrite."""
    objects = [objective(name, priority or 0, POOL) for name, priority in OBJECTIVES.items()]
    for item in objects:
        if OBJECTIVES[item["metadata"]["name"]] is None:
            del item["spec"]["priority"]
    return [*objects, rewrite("rewrite-test", rule("rewritten-model", "model-to-be-rewritten"), pool=POOL)]


class Stage:
    """A picker in one of the reference's modes, whose pods tests set."""

    def __init__(self, picker: Picker, fakes: FakeServers, kubernetes: FakeKubernetes | None, priorities: bool) -> None:
        self.picker = picker
        self.fakes = fakes
        self._kubernetes = kubernetes
        self.has_priorities = priorities
        self._count = 0

    def pods(self, *gauges: Gauges) -> None:
        """Makes the pool consist of pods with these loads."""
        self.fakes.set(*gauges)
        if self._kubernetes is None:
            self.picker.write("pods.yaml", pods(self.fakes, len(gauges), POOL))
        else:
            before = pods(self.fakes, self._count, POOL)
            after = pods(self.fakes, len(gauges), POOL)
            self._kubernetes.apply(*after[self._count :])
            self._kubernetes.delete(*before[len(gauges) :])
        self._count = len(gauges)
        self.picker.becomes(self.picker.ready_endpoints, len(gauges))
        self.fakes.settle(len(gauges))

    def priority(self, value: int) -> str:
        return str(value if self.has_priorities else 0)

    @property
    def endpoints(self) -> list[str]:
        return self.fakes.endpoints


MODES = ["files", "pool", "selector", "selector-with-definitions"]


@pytest.fixture(scope="module", params=MODES)
def stage(
    request: pytest.FixtureRequest, fakes: FakeServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The reference's three modes with an API server, and ours with files."""
    mode: str = request.param
    has_definitions = mode != "selector"
    flags = ["--config-text", SCORERS, *FAST_SCRAPING]
    the_pool = pool(POOL, port=fakes.port)
    kubernetes: FakeKubernetes | None = None
    pickers = PickerPool()
    try:
        if mode == "files":
            picker = pickers({"pool.yaml": [the_pool], "other.yaml": experimental_objects()}, *flags)
        else:
            served = POOL_RESOURCES if mode == "pool" else {}
            kubernetes = FakeKubernetes(served | (EXPERIMENTAL_RESOURCES if has_definitions else {}))
            kubernetes.apply(the_pool, *(experimental_objects() if has_definitions else ()))
            flags += ["--kubeconfig", kubernetes.kubeconfig(tmp_path_factory.mktemp("kube"))]
            env = {}
            if mode == "pool":
                flags += ["--pool-name", POOL]
            else:
                flags += ["--endpoint-selector", f"app={POOL}", "--endpoint-target-ports", str(fakes.port)]
                env = {"POD_NAME": f"{POOL}-5d4f8c7b9-x2x4z", "NAMESPACE": "default"}
            picker = pickers(None, *flags, env=env)
        stage = Stage(picker, fakes, kubernetes, has_definitions)
        if has_definitions:
            knows_objectives = ({":path": "/v1/completions"} | llm_headers("my-model"), b'{"model":"x","prompt":"x"}')
            stage.pods(P(0, 0))
            eventually(
                lambda: gain(stage, lambda: picker.gateway.route(*whole(*knows_objectives)), REQUESTS, priority="2"),
                lambda gained: gained == 1,
            )
        yield stage
    finally:
        pickers.close()
        if kubernetes is not None:
            kubernetes.close()


@pytest.fixture(scope="module")
def plain(epp_for_module: PickerPool, fakes: FakeServers) -> Picker:
    """A picker of three idle pods with defaults, but for a limit of bodies that tests can reach."""
    objects = [
        pool("pool", port=fakes.port),
        *pods(fakes),
        rewrite("aliases", rule("target", "alias"), rule('org/"quoted"', "odd")),
    ]
    fakes.set(*[Gauges()] * 3)
    flags = (*FAST_SCRAPING, "--max-request-body-bytes", str(12 << 20))
    return epp_for_module({"objects.yaml": objects}, *flags)


def whole(headers: dict[str, str], body: bytes | str) -> tuple[Message, Message]:
    return request_headers(headers), request_body(body)


def llm(prompt: str, model: str, target: str, **options: Any) -> tuple[Message, Message]:
    """The reference's request builder."""
    return request_headers(llm_headers(model, target), **options), request_body(completion_body(prompt, model))


def gain(stage: Stage | Picker, work: Any, name: str, **labels: str) -> float:
    """By how much a sample grows while `work` is done."""
    picker = stage.picker if isinstance(stage, Stage) else stage
    before = picker.metrics().total(name, **labels)
    work()
    return picker.metrics().total(name, **labels) - before


def assert_routed(routed: Routed, endpoint: str, prompt: str, target: str) -> None:
    """The reference's ROUTE: the endpoint, the headers that go on, and the body with the target's name."""
    body = completion_body(prompt, target)
    assert routed.endpoint == endpoint
    assert routed.body == body
    others = {key.lower(): value for key, value in routed.others.items()}
    assert others == {"content-length": str(len(body)), "hi": "mom", "x-request-id": "test-request-id"}


# The reference's table


def test_1_lower_queue_and_cache_use(stage: Stage) -> None:
    stage.pods(P(3, 0.2), P(0, 0.1), P(10, 0.2))
    labels = {"model_name": "my-model", "target_model_name": "my-model-12345", "priority": stage.priority(2)}

    def work() -> None:
        routed = stage.picker.gateway.route(*llm("test1", "my-model", "my-model-12345"))
        assert_routed(routed, stage.endpoints[1], "test1", "my-model-12345")

    assert gain(stage, work, REQUESTS, **labels) == 1
    assert [sample.value for sample in stage.picker.metrics().all("inference_pool_ready_pods")] == [3]


@pytest.mark.parametrize(
    ("prompt", "loads", "chosen"),
    [
        pytest.param(
            "test2",
            (P(0, 0.2, "foo", "bar"), P(0, 0.1, "foo", "sql-lora-1fdg2"), P(10, 0.2, "foo", "bar")),
            1,
            id="2-active-adapter-low-queue",
        ),
        pytest.param(
            "test3",
            (P(10, 0.2, "foo", "bar"), P(10, 0.4, "foo", "sql-lora-1fdg2"), P(10, 0.3, "foo")),
            1,
            id="3-adapter-over-cache",
        ),
        pytest.param(
            "test4",
            (P(6, 0.2, "foo", "bar", "sql-lora-1fdg2"), P(0, 0.85, "foo"), P(10, 0.9, "foo")),
            0,
            id="4-no-shedding",
        ),
    ],
)
def test_2_to_4_adapters(stage: Stage, prompt: str, loads: tuple[Gauges, ...], chosen: int) -> None:
    stage.pods(*loads)
    routed = stage.picker.gateway.route(*llm(prompt, "sql-lora", "sql-lora-1fdg2"))
    assert_routed(routed, stage.endpoints[chosen], prompt, "sql-lora-1fdg2")


def test_5_invalid_json(stage: Stage) -> None:
    stage.pods(P(0, 0.2, "foo", "bar"))
    refused = stage.picker.gateway.refusal(*whole({"hi": "mom"}, "no healthy upstream"))
    assert refused.status == 400
    assert refused.text.startswith("inference error: BadRequest - error unmarshaling request bodyMap: ")


def in_two_chunks(headers: dict[str, str], body: bytes, middle: bytes) -> tuple[Message, ...]:
    """The body cut inside `middle`."""
    cut = body.index(middle) + len(middle) // 2
    return request_headers(headers), request_body(body[:cut], end=False), request_body(body[cut:])


def test_6_a_body_in_two_chunks(stage: Stage) -> None:
    stage.pods(P(4, 0.2, "foo", "bar", "sql-lora-1fdg3"), P(4, 0.85, "foo", "sql-lora-1fdg3"))
    messages = in_two_chunks(
        llm_headers("sql-lora-sheddable", "sql-lora-1fdg3"),
        completion_body("test6", "sql-lora-sheddable"),
        b"sql-lora-sheddable",
    )

    def work() -> None:
        assert_routed(stage.picker.gateway.route(*messages), stage.endpoints[0], "test6", "sql-lora-1fdg3")

    labels = {"model_name": "sql-lora-sheddable", "target_model_name": "sql-lora-1fdg3", "priority": "0"}
    assert gain(stage, work, REQUESTS, **labels) == 1


def test_7_no_pods_and_headers_only(stage: Stage) -> None:
    stage.pods()
    refused = stage.picker.gateway.refusal(request_headers({"content-type": "application/json"}, end=True))
    assert (refused.status, refused.text) == (500, "inference error: Internal - no pods available in datastore")


def test_7_no_pods_and_a_body(stage: Stage) -> None:
    stage.pods()
    refused = stage.picker.gateway.refusal(*llm("test7", "my-model", "my-model-12345"))
    assert refused.status == 503
    expected = "inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request"
    assert refused.text == expected


def test_8_no_model(stage: Stage) -> None:
    stage.pods(P(0, 0.2))
    refused = stage.picker.gateway.refusal(*whole({"hi": "mom"}, '{"prompt":"hello world"}'))
    assert (refused.status, refused.text) == (400, "inference error: BadRequest - model not found in request body")


@pytest.mark.parametrize(
    ("subset", "chosen"), [([0, 1, 2], 1), ([2], 2)], ids=["9-subset-of-all", "10-subset-of-one"]
)
def test_9_and_10_a_subset(stage: Stage, subset: list[int], chosen: int) -> None:
    stage.pods(P(0, 0.2, "foo"), P(0, 0.1, "foo", "sql-lora-1fdg2"), P(10, 0.2, "foo"))
    hint = [stage.endpoints[index] for index in subset]
    routed = stage.picker.gateway.route(*llm("test2", "sql-lora", "sql-lora-1fdg2", subset=hint))
    assert_routed(routed, stage.endpoints[chosen], "test2", "sql-lora-1fdg2")


def test_11_a_subset_that_nobody_knows(stage: Stage) -> None:
    stage.pods(P(0, 0.2, "foo"), P(0, 0.1, "foo"))
    refused = stage.picker.gateway.refusal(
        *llm("test2", "sql-lora", "sql-lora-1fdg2", subset=["192.168.1.99:8000"])
    )
    assert refused.status == 503
    expected = "inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request"
    assert refused.text == expected


def test_12_a_model_without_a_rewrite(stage: Stage) -> None:
    stage.pods(P(4, 0.2, "foo", "bar", "sql-lora-1fdg3"))
    messages = in_two_chunks(
        llm_headers("direct-model", "direct-model"), completion_body("test12", "direct-model"), b"direct-model"
    )

    def work() -> None:
        assert_routed(stage.picker.gateway.route(*messages), stage.endpoints[0], "test12", "direct-model")

    labels = {"model_name": "direct-model", "target_model_name": "direct-model", "priority": stage.priority(2)}
    assert gain(stage, work, REQUESTS, **labels) == 1


def test_13_a_rewrite(stage: Stage) -> None:
    if not stage.has_priorities:
        pytest.skip("there are no rewrites without their definition")
    stage.pods(P(0, 0.1, "foo", "rewritten-model"))

    def work() -> None:
        routed = stage.picker.gateway.route(
            *llm("test-rewrite", "model-to-be-rewritten", "model-to-be-rewritten")
        )
        assert_routed(routed, stage.endpoints[0], "test-rewrite", "rewritten-model")

    labels = {"model_name": "model-to-be-rewritten", "target_model_name": "rewritten-model", "priority": "0"}
    assert gain(stage, work, REQUESTS, **labels) == 1


def test_14_a_request_without_a_body(stage: Stage) -> None:
    stage.pods(P(0, 0.1))
    headers = {"content-type": "text/event-stream", "status": "200"}

    def work() -> None:
        with stage.picker.gateway.stream(request_headers(headers, end=True)) as stream:
            routed = stream.routed_headers()
            assert routed.headers == {DESTINATION: stage.endpoints[0]}
            assert stream.is_silent()

    assert gain(stage, work, REQUESTS) == 0


JSON_ANSWER = b'{"max_tokens":100,"model":"sql-lora-sheddable","prompt":"test6","temperature":0}'


def response_only(stage: Stage, headers: dict[str, str], *bodies: bytes) -> tuple[dict[str, str], list[bytes]]:
    """Headers and pieces of an answer whose request the picker has not seen; the last piece must end it."""
    pieces = [response_body(body) for body in bodies[:-1]]
    with stage.picker.gateway.stream(
        response_headers(headers), *pieces, response_body(bodies[-1], end=True)
    ) as stream:
        found = stream.response_head(), stream.chunks("response_body")
        assert stream.is_silent()
        return found


def test_16_an_answer_in_two_chunks(stage: Stage) -> None:
    stage.pods(P(4, 0.2))
    head, pieces = response_only(stage, {"content-type": "application/json"}, JSON_ANSWER[:30], JSON_ANSWER[30:])
    assert head == {"x-went-into-resp-headers": "true", "content-type": "application/json"}
    assert pieces == [JSON_ANSWER]


def test_17_an_answer_that_is_not_json(stage: Stage) -> None:
    stage.pods(P(4, 0.2))
    _, pieces = response_only(stage, {"content-type": "application/json"}, b"no healthy upstream")
    assert pieces == [b"no healthy upstream"]


def test_18_an_empty_last_chunk(stage: Stage) -> None:
    stage.pods(P(4, 0.2))
    _, pieces = response_only(stage, {"content-type": "application/json"}, JSON_ANSWER, b"")
    assert pieces == [JSON_ANSWER]


USAGE_EVENTS = (
    b"data: {}",
    b'data: {"usage":{"prompt_tokens":7,"total_tokens":17,"completion_tokens":10}}\ndata: [DONE]',
    b"",
)


def test_19_an_event_stream(stage: Stage) -> None:
    stage.pods(P(4, 0.2))
    head, pieces = response_only(stage, {"content-type": "text/event-stream", "status": "200"}, *USAGE_EVENTS)
    assert head == {"x-went-into-resp-headers": "true", "content-type": "text/event-stream", "status": "200"}
    assert pieces == list(USAGE_EVENTS)


def test_19_its_tokens_are_counted(stage: Stage) -> None:
    stage.pods(P(4, 0.2))
    metric = "inference_objective_input_tokens"

    def counts(page: Page) -> dict[str, float]:
        return {
            "sum": page.total(f"{metric}_sum", **NO_LABELS),
            "count": page.total(f"{metric}_count", **NO_LABELS),
            "le=1": page.total(f"{metric}_bucket", le="1", **NO_LABELS),
            "le=8": page.total(f"{metric}_bucket", le="8", **NO_LABELS),
        }

    before = counts(stage.picker.metrics())
    response_only(stage, {"content-type": "text/event-stream", "status": "200"}, *USAGE_EVENTS)
    after = counts(stage.picker.metrics())
    assert {name: after[name] - before[name] for name in after} == {"sum": 7, "count": 1, "le=1": 0, "le=8": 1}


def test_15_the_passthrough_parser(epp: PickerPool, fakes: FakeServers) -> None:
    config = """\
apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: queue-scorer
- type: kv-cache-utilization-scorer
- type: passthrough-parser
schedulingProfiles:
- name: default
  plugins:
  - pluginRef: queue-scorer
  - pluginRef: kv-cache-utilization-scorer
parser:
  pluginRef: passthrough-parser
"""
    fakes.set(P(3, 0.2), P(0, 0.1), P(10, 0.2))
    objects = [pool(POOL, port=fakes.port), *pods(fakes, app=POOL), *experimental_objects()]
    picker = epp({"objects.yaml": objects}, "--config-text", config, *FAST_SCRAPING)

    def work() -> None:
        assert picker.gateway.route(*whole({}, "any")).body == b"any"
        fakes.settle()
        routed = picker.gateway.route(*whole(llm_headers("my-model"), "passthrough-parser"))
        assert (routed.endpoint, routed.body) == (fakes[1].endpoint, b"passthrough-parser")

    assert gain(picker, work, REQUESTS, priority="2", **NO_LABELS) == 1


# vLLM's gRPC service (the reference's table of its own)


@pytest.fixture(scope="module")
def grpc_pool(epp_for_module: PickerPool, fakes: FakeServers) -> Picker:
    config = """\
apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: queue-scorer
- type: vllmgrpc-parser
schedulingProfiles:
- name: default
  plugins:
  - pluginRef: queue-scorer
parser:
  pluginRef: vllmgrpc-parser
"""
    objects = [pool("pool", port=fakes.port), *pods(fakes), objective("high", 4)]
    return epp_for_module({"objects.yaml": objects}, "--config-text", config, *FAST_SCRAPING)


SERVICE = "/vllm.grpc.engine.VllmEngine"
# A frame: not compressed, five bytes, of which the message's first field is a text.
FRAME = b"\0\0\0\0\x05\x0a\x03abc"


@pytest.mark.parametrize("method", ["Generate", "Embed"])
def test_grpc_requests(grpc_pool: Picker, method: str) -> None:
    headers = {":path": f"{SERVICE}/{method}", "x-gateway-inference-objective": "high"}
    routed: list[Routed] = []
    messages = in_two_chunks(headers, FRAME, b"abc")

    def work() -> None:
        routed.append(grpc_pool.gateway.route(*messages))

    assert gain(grpc_pool, work, REQUESTS, priority="4", **NO_LABELS) == 1
    assert routed[0].body == FRAME
    assert routed[0].headers[":path"] == f"{SERVICE}/{method}"


@pytest.mark.parametrize("indexes", [(1,), (0, 2), ()], ids=["one", "two", "none"])
def test_grpc_subsets(grpc_pool: Picker, fakes: FakeServers, indexes: tuple[int, ...]) -> None:
    allowed = [fakes[index].endpoint for index in indexes] or ["192.168.1.99:8000"]
    messages = [request_headers({":path": f"{SERVICE}/Generate"}, subset=allowed), request_body(FRAME)]
    if indexes:
        assert grpc_pool.gateway.route(*messages).endpoint in allowed
    else:
        assert grpc_pool.gateway.refusal(*messages).status == 503


def test_grpc_answers(grpc_pool: Picker) -> None:
    """Chunks go on one for one and do not end; trailers do."""
    with grpc_pool.gateway.stream(*whole({":path": f"{SERVICE}/Generate"}, FRAME)) as stream:
        assert stream.routed().body == FRAME
        stream.send(response_headers({":status": "200", "content-type": "application/grpc"}))
        stream.response_head()
        for _ in range(2):
            stream.send(response_body(FRAME))
            assert stream.chunks("response_body", ended=False) == [FRAME]
        stream.send(response_trailers({"grpc-status": "0"}))
        stream.read("response_trailers")


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        (f"{SERVICE}/Generate", b"plain text", "parsing gRPC payload for Generate: not able to parse payload"),
        (f"{SERVICE}/Other", FRAME, f"unsupported gRPC path: {SERVICE}/Other"),
    ],
    ids=["no-frame", "unknown-path"],
)
def test_grpc_refusals(grpc_pool: Picker, path: str, body: bytes, text: str) -> None:
    refused = grpc_pool.gateway.refusal(request_headers({":path": path}), request_body(body))
    assert (refused.status, refused.text) == (400, f"inference error: BadRequest - {text}")


# Request sequences


def test_nothing_is_said_before_the_body_has_ended(plain: Picker) -> None:
    body = completion_body("test", "base")
    with plain.gateway.stream(request_headers(llm_headers("base")), request_body(body[:5], end=False)) as stream:
        assert stream.is_silent()
        stream.send(request_body(body[5:]))
        assert stream.routed().body == body


def test_a_body_that_trailers_end(plain: Picker) -> None:
    body = completion_body("test", "alias")
    messages = request_headers(llm_headers("alias")), request_body(body, end=False), request_trailers({"x": "y"})
    with plain.gateway.stream(*messages) as stream:
        stream.routed_headers()
        assert stream.chunks("request_body", ended=False) == [completion_body("test", "target")]
        assert stream.read("request_trailers").request_trailers.header_mutation == wire.HeaderMutation()
        assert stream.is_silent()


def test_a_second_end_changes_nothing(plain: Picker) -> None:
    with plain.gateway.stream(*completion("base")) as stream:
        stream.routed()
        stream.send(request_body(b""))
        assert stream.is_silent()
        stream.send(response_headers({":status": "200"}, end=True))
        assert stream.response_head()["x-went-into-resp-headers"] == "true"


@pytest.mark.parametrize("length", [61_000, 62_000, 62_001, 125_000])
def test_pieces_of_a_body(plain: Picker, length: int) -> None:
    fixed = len(completion_body("", "base"))
    body = completion_body("x" * (length - fixed), "base")
    routed = plain.gateway.route(request_headers(llm_headers("base")), request_body(body))
    assert [len(chunk) for chunk in routed.chunks[:-1]] == [LARGEST_CHUNK] * (-(-length // LARGEST_CHUNK) - 1)
    assert routed.body == body
    assert {key.lower(): value for key, value in routed.headers.items()}["content-length"] == str(length)


def test_a_body_of_ten_megabytes(plain: Picker) -> None:
    body = completion_body("many words " * 950_000, "alias")
    pieces = [body[start : start + 60_000] for start in range(0, len(body), 60_000)]
    messages = [request_body(piece, end=False) for piece in pieces]
    messages[-1] = request_body(pieces[-1])
    routed = plain.gateway.route(request_headers(llm_headers("alias")), *messages)
    assert routed.body == body.replace(b'"model":"alias"', b'"model":"target"')


def test_a_body_over_the_limit(plain: Picker) -> None:
    messages = [request_body(b"x" * (1 << 20), end=False) for _ in range(13)]
    with plain.gateway.stream(request_headers(llm_headers("base")), *messages) as stream:
        refused = stream.refused()
        assert refused.status == 413
        assert refused.text.startswith("inference error: ")
    plain.assert_healthy()


def test_unchanged_bodies_stay_byte_for_byte(plain: Picker) -> None:
    body = '{ "prompt" : "é\\u00e9 <&> \\/",\n\t"n": 1.50, "model" :"base", "zz": [1e2 ] }'
    assert plain.gateway.route(*whole(llm_headers("base"), body)).body == body.encode()


def test_only_the_models_name_is_replaced(plain: Picker) -> None:
    body = '{"prompt":"say \\"model\\":\\"alias\\" twice","tools":[{"model":"alias"}],  "model": "alias" ,"n":1.0}'
    expected = body.replace('"model": "alias" ,', '"model": "target" ,')
    assert plain.gateway.route(*whole(llm_headers("alias"), body)).body.decode() == expected


@pytest.mark.parametrize(("model", "target"), [("odd", 'org/"quoted"'), ('a/b"c\\d', 'a/b"c\\d'), ("", "")])
def test_odd_names(plain: Picker, model: str, target: str) -> None:
    body = json.dumps({"model": model, "prompt": "x"})
    routed = plain.gateway.route(*whole({"x-request-id": "1"}, body))
    assert json.loads(routed.body)["model"] == target


@pytest.mark.parametrize("raw", [False, True], ids=["value", "raw-value"])
def test_headers_are_read_from_either_field(plain: Picker, raw: bool) -> None:
    headers = llm_headers("base", "preset", other="1")
    routed = plain.gateway.route(request_headers(headers, raw=raw), request_body(completion_body("x", "base")))
    assert json.loads(routed.body)["model"] == "preset"
    assert routed.headers["hi"] == "mom"


def test_the_raw_value_beats_the_text(plain: Picker) -> None:
    message = request_headers({"x-gateway-model-name-rewrite": "text", "hi": "text"})
    for header in message.request_headers.headers.headers:
        header.raw_value = b"raw"
    routed = plain.gateway.route(message, request_body(completion_body("x", "base")))
    assert json.loads(routed.body)["model"] == "raw"
    assert routed.headers["hi"] == "raw"


def test_names_of_headers_in_capitals(plain: Picker) -> None:
    headers = {"X-Gateway-Model-Name-Rewrite": "preset", "X-Request-ID": "one"}
    routed = plain.gateway.route(*whole(headers, completion_body("x", "base")))
    assert json.loads(routed.body)["model"] == "preset"
    lower = {key.lower(): value for key, value in routed.headers.items()}
    assert lower["x-request-id"] == "one"
    assert "x-gateway-model-name-rewrite" not in lower


def test_headers_that_go_on_and_those_that_do_not(plain: Picker) -> None:
    own = {
        "x-gateway-inference-fairness-id": "f",
        "x-gateway-inference-objective": "o",
        "x-gateway-destination-endpoint-subset": "10.0.0.1:1",
        "x-gateway-destination-endpoint": "10.0.0.1:1",
        "x-gateway-destination-endpoint-served": "10.0.0.1:1",
        "content-length": "1",
        "x-llm-d-inference-objective": "o",
        "x-llm-d-inference-fairness-id": "f",
        "x-slo-ttft-ms": "1",
    }
    passed = {"authorization": "Bearer x", ":path": "/v1/completions?x=y", "traceparent": "00-1-2-03", "x-empty": ""}
    pseudo = {":method": "POST", ":authority": "a", ":scheme": "http", "x-request-id": "7"}
    routed = plain.gateway.route(*whole(own | passed | pseudo, completion_body("x", "base")))
    lower = {key.lower(): value for key, value in routed.others.items()}
    assert lower.pop("content-length") == str(len(completion_body("x", "base")))
    assert lower.items() >= (passed | {"x-request-id": "7"}).items()
    assert not lower.keys() & (own.keys() | {":method", ":authority", ":scheme"})


def test_a_request_id_is_made(plain: Picker) -> None:
    made = [plain.gateway.route(*whole({}, completion_body("x", "base"))).headers["x-request-id"] for _ in range(2)]
    assert all(uuid.UUID(name) for name in made)
    assert made[0] != made[1]


def test_100_000_headers(plain: Picker) -> None:
    headers = {f"x-{index}": "v" for index in range(100_000)}
    routed = plain.gateway.route(request_headers(headers), request_body(completion_body("x", "base")))
    assert routed.headers.items() >= headers.items()


@pytest.mark.parametrize(
    ("path", "body", "missing"),
    [
        ("/v1/chat/completions", {}, "invalid chat completions request: must have valid messages field"),
        ("/v1/chat/completions", {"messages": []}, "invalid chat completions request: must have valid messages field"),
        ("/v1/completions", {}, "invalid completions request: must have prompt field"),
        ("/v1/completions?stream", {"prompt": 1}, "invalid completions request: must have prompt field"),
        ("/v1/embeddings", {}, "invalid embeddings request: must have input field"),
        ("/v1/responses", {}, "invalid responses request: must have input field"),
        ("/v1/conversations", {}, "invalid conversations request: must have items field"),
    ],
)
def test_required_fields(plain: Picker, path: str, body: dict[str, Any], missing: str) -> None:
    refused = plain.gateway.refusal(*whole({":path": path}, json.dumps({"model": "base"} | body)))
    assert (refused.status, refused.text) == (400, f"inference error: BadRequest - {missing}")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}),
        ("/v1/chat/completions?x=y", {"messages": [{"role": "user", "content": "x"}]}),
        ("/v1/completions", {"prompt": ["x", "y"]}),
        ("/v1/embeddings", {"input": "x"}),
        ("/v1/responses", {"input": "x"}),
        ("/v1/conversations", {"items": []}),
        ("/v1/messages", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}),
        ("/v1/messages/count_tokens", {"messages": [{"role": "user", "content": "x"}]}),
        ("/inference/v1/generate", {"token_ids": [1, 2]}),
        ("/v1/chat/completions/render", {"messages": [{"role": "user", "content": "x"}]}),
    ],
)
def test_paths(plain: Picker, fakes: FakeServers, path: str, body: dict[str, Any]) -> None:
    routed = plain.gateway.route(*whole({":path": path}, json.dumps({"model": "alias"} | body)))
    assert routed.endpoint in fakes.endpoints
    assert json.loads(routed.body) == {"model": "target"} | body


def test_the_path_that_other_headers_tell(plain: Picker) -> None:
    for name in ("x-original-path", "x-forwarded-path"):
        refused = plain.gateway.refusal(*whole({name: "/v1/embeddings"}, '{"model":"base","prompt":"x"}'))
        assert "must have input field" in refused.text


# Response sequences


def served(plain: Picker, model: str = "base", **fields: Any) -> Any:
    """A stream whose request has been answered."""
    body = json.dumps({"model": model, "prompt": "x"} | fields)
    stream = plain.gateway.stream(*whole({":path": "/v1/completions"}, body))
    stream.routed()
    return stream


def test_headers_of_an_answer(plain: Picker) -> None:
    headers = {
        ":status": "200",
        "content-type": "application/json",
        "content-length": "5",
        "x-gateway-destination-endpoint": "1.2.3.4:5",
        "x-other": "1",
    }
    with served(plain) as stream:
        stream.send(response_headers(headers, served="127.0.1.1:1"))
        head = {key.lower(): value for key, value in stream.response_head().items()}
        expected = {"x-went-into-resp-headers": "true", "content-type": "application/json", "x-other": "1"}
        assert head == expected


def test_a_streams_chunks_are_answered_at_once(plain: Picker) -> None:
    with served(plain, stream=True) as stream:
        stream.send(response_headers({":status": "200", "content-type": "text/event-stream"}))
        stream.response_head()
        for index in range(3):
            event = f'data: {{"n":{index}}}\n\n'.encode()
            stream.send(response_body(event))
            assert stream.chunks("response_body", ended=False) == [event]
        stream.send(response_body(b"", end=True))
        assert stream.chunks("response_body") == [b""]


@pytest.mark.parametrize("is_stream", [False, True])
def test_an_answer_that_trailers_end(plain: Picker, is_stream: bool) -> None:
    media = "text/event-stream" if is_stream else "application/json"
    body = b'data: {"a":1}\n\n' if is_stream else b'{"a":1}'
    with served(plain) as stream:
        stream.send(response_headers({":status": "200", "content-type": media}), response_body(body))
        stream.send(response_trailers({"x": "y"}))
        stream.response_head()
        assert stream.chunks("response_body", ended=False) == [body]
        assert stream.read("response_trailers").response_trailers.header_mutation == wire.HeaderMutation()


def test_a_large_answer_in_pieces(plain: Picker) -> None:
    body = json.dumps({"model": "target", "text": "x" * 150_000}).encode()
    with served(plain, "alias") as stream:
        stream.send(response_headers({":status": "200", "content-type": "application/json"}))
        stream.send(response_body(body[:70_000]), response_body(body[70_000:]), response_body(b"", end=True))
        stream.response_head()
        pieces = stream.chunks("response_body")
        assert b"".join(pieces) == body.replace(b'"target"', b'"alias"')
        assert len(pieces) == 3


RESTORED = [
    ('{"id":"cmpl-123","model":"target","choices":[]}', '{"id":"cmpl-123","model":"alias","choices":[]}'),
    ('{"model": "target"}', '{"model": "alias"}'),
    ('{"choices":[{"text":"\\"model\\":\\"target\\"","model":"target"}],"model":"target"}', None),
    ('{"model":"another"}', '{"model":"another"}'),
    ('{"id":"x"}', '{"id":"x"}'),
]


@pytest.mark.parametrize(("body", "expected"), RESTORED)
@pytest.mark.parametrize("is_stream", [False, True])
def test_the_clients_name_comes_back(plain: Picker, body: str, expected: str | None, is_stream: bool) -> None:
    # Only the name at the top, which is the last one here.
    expected = expected or "alias".join(body.rsplit("target", 1))
    if is_stream:
        body, expected = (f"data: {text}\n\ndata: [DONE]\n\n" for text in (body, expected))
    # Cut everywhere, so that the name is in two chunks too.
    for cut in range(1, len(body), 5):
        with served(plain, "alias", stream=is_stream) as stream:
            media = "text/event-stream" if is_stream else "application/json"
            stream.send(response_headers({":status": "200", "content-type": media}))
            stream.send(response_body(body[:cut]), response_body(body[cut:], end=True))
            stream.response_head()
            assert b"".join(stream.chunks("response_body")).decode() == expected


def test_an_answer_without_a_body(plain: Picker) -> None:
    with served(plain) as stream:
        stream.send(response_headers({":status": "204"}, end=True))
        assert stream.response_head() == {"x-went-into-resp-headers": "true"}
        stream.close()
        assert stream.ends() == grpc.StatusCode.OK


def test_the_stream_stays_open_after_the_request(plain: Picker) -> None:
    with served(plain) as stream:
        assert stream.is_silent(0.4)
        stream.send(response_headers({":status": "200"}), response_body("x", end=True))
        stream.response_head()
        assert stream.chunks("response_body") == [b"x"]


# Buffered bodies


BUFFERED = (Mode.BUFFERED, Mode.BUFFERED)


def test_a_buffered_request(plain: Picker, fakes: FakeServers) -> None:
    headers = llm_headers("alias")
    with plain.gateway.stream(request_headers(headers, modes=BUFFERED)) as stream:
        answer = stream.read("request_headers")
        assert set_headers(answer.request_headers.response.header_mutation) == {}
        assert destination(answer) is None
        stream.send(request_body(completion_body("x", "alias")))
        answer = stream.read("request_body")
        common = answer.request_body.response
        body = completion_body("x", "target")
        assert common.body_mutation.WhichOneof("mutation") == "body"
        assert common.body_mutation.body == body
        assert common.clear_route_cache
        set_ = {key.lower(): value for key, value in set_headers(common.header_mutation).items()}
        assert set_["content-length"] == str(len(body))
        assert set_[DESTINATION] == destination(answer)
        assert set_[DESTINATION] in fakes.endpoints
        assert stream.is_silent()
        stream.send(response_headers({":status": "200", "content-type": "application/json"}))
        stream.response_head()
        stream.send(response_body('{"model":"target"}', end=True))
        restored = stream.read("response_body").response_body.response.body_mutation
        assert (restored.WhichOneof("mutation"), restored.body) == ("body", b'{"model":"alias"}')


def test_a_buffered_request_that_is_refused(plain: Picker) -> None:
    with plain.gateway.stream(request_headers({}, modes=BUFFERED), request_body(b"{")) as stream:
        stream.read("request_headers")
        assert stream.refused().status == 400


def test_a_response_that_is_not_shown(plain: Picker) -> None:
    modes = (Mode.FULL_DUPLEX_STREAMED, Mode.NONE)
    with plain.gateway.stream(
        request_headers({}, modes=modes), request_body(completion_body("x", "alias"))
    ) as stream:
        stream.routed()
        stream.send(response_headers({":status": "200"}))
        stream.response_head()
        stream.close()
        assert stream.ends() == grpc.StatusCode.OK


# Bad gateways


@pytest.mark.parametrize(
    "messages",
    [
        (request_body(b"{}"),),
        (request_headers({}), request_headers({})),
        (request_trailers(),),
        (response_headers({}), response_headers({})),
    ],
    ids=["body-first", "headers-twice", "trailers-first", "response-headers-twice"],
)
def test_messages_out_of_order(plain: Picker, messages: tuple[Message, ...]) -> None:
    with plain.gateway.stream(*messages) as stream:
        if messages[0].WhichOneof("request") == "response_headers":
            stream.response_head()
        assert stream.ends() == grpc.StatusCode.INVALID_ARGUMENT
    plain.gateway.route(*completion("base"))


def test_messages_that_are_none(plain: Picker) -> None:
    call = plain.gateway.channel.stream_stream("/envoy.service.ext_proc.v3.ExternalProcessor/Process")
    for junk in (b"\xff\xff\xff\xff", b"\x12\x7f", b"\x0a"):
        with pytest.raises(grpc.RpcError):
            list(call(iter([junk]), timeout=5))
    with plain.gateway.stream(wire.ProcessingRequest(), *completion("base")) as stream:
        stream.routed()


def test_an_unknown_method(plain: Picker) -> None:
    call = plain.gateway.channel.unary_unary("/envoy.service.ext_proc.v3.ExternalProcessor/Other")
    with pytest.raises(grpc.RpcError) as error:
        call(b"", timeout=5)
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_an_observer_gets_no_answers(plain: Picker) -> None:
    messages = list(completion("base"))
    for message in messages:
        message.observability_mode = True
    with plain.gateway.stream(*messages) as stream:
        assert stream.is_silent()
        stream.close()
        assert stream.ends() == grpc.StatusCode.OK


def test_streams_that_never_end(epp: PickerPool, fakes: FakeServers) -> None:
    """They take no place from others, and the end of the process does not wait for them for ever."""
    picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]}, "--drain-timeout", "200ms")
    gateway = picker.connect()
    endless = [gateway.stream(request_headers({})) for _ in range(300)]
    assert gateway.route(*completion("base")).endpoint in fakes.endpoints
    picker.terminate()
    assert picker.process.wait(timeout=5) == 0
    assert all(stream.ends() != grpc.StatusCode.OK for stream in endless)


def test_gateways_that_vanish(plain: Picker) -> None:
    running = "inference_objective_running_requests"
    for messages in (
        (request_headers({}),),
        (request_headers({}), request_body(b"{", end=False)),
        tuple(completion("vanishing")),
        (*completion("vanishing"), response_headers({":status": "200", "content-type": "text/event-stream"})),
    ):
        for _ in range(20):
            stream = plain.gateway.stream(*messages)
            stream.reset()
    stream = plain.gateway.stream(*completion("vanishing"))
    stream.routed()
    plain.becomes(lambda: plain.metrics().total(running, model_name="vanishing"), 1)
    stream.reset()
    plain.becomes(lambda: plain.metrics().total(running, model_name="vanishing"), 0)


def test_resets_of_some_streams_leave_others_alone(plain: Picker) -> None:
    """Gateways reset the stream of every client that leaves, and Envoy's every stream at its end."""
    gateway = plain.connect()
    with gateway.stream(*completion("base")) as lasting:
        lasting.routed()
        for _ in range(300):
            stream = gateway.stream(*completion("base"))
            stream.routed()
            stream.reset()
        lasting.send(response_headers({":status": "200"}), response_body(b"x", end=True))
        lasting.response_head()
        assert lasting.chunks("response_body") == [b"x"]


def test_many_streams_at_once(plain: Picker, fakes: FakeServers) -> None:
    """As many as gateways open, on four connections; each gets its own answer."""
    gateways = [plain.connect() for _ in range(4)]

    def exchange(index: int) -> bool:
        model = f"model-{index}"
        with gateways[index % 4].stream(*completion(model)) as stream:
            routed = stream.routed()
            stream.send(response_headers({":status": "200"}), response_body(b"x", end=True))
            stream.response_head()
            is_mine = json.loads(routed.body)["model"] == model and stream.chunks("response_body") == [b"x"]
            stream.close()
            return is_mine and stream.ends() == grpc.StatusCode.OK

    with ThreadPoolExecutor(100) as threads:
        assert all(threads.map(exchange, range(1000)))


def test_it_leaks_nothing(plain: Picker) -> None:
    def rounds(count: int) -> int:
        for _ in range(count):
            with served(plain, "alias") as stream:
                stream.send(response_headers({":status": "200"}), response_body(b"x" * 50_000, end=True))
                stream.response_head()
        return plain.resident_bytes

    descriptors = len(list(Path(f"/proc/{plain.process.pid}/fd").iterdir()))
    first = rounds(100)
    assert rounds(100) - first < 8 << 20
    assert len(list(Path(f"/proc/{plain.process.pid}/fd").iterdir())) <= descriptors + 2
