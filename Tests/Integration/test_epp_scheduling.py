"""Picks by loads that are scraped: engines, staleness, saturation, affinity, splits (the reference's tables)."""

import json
from collections import Counter
from collections.abc import Sequence

import pytest

from support.epp import Picker, PickerPool, pods
from support.ext_proc import (
    completion,
    completion_body,
    request_body,
    request_headers,
    response_body,
    response_headers,
)
from support.fake_metrics import FakeServers, Gauges
from support.manifests import Manifest, objective, pool, rewrite, rule
from support.waiting import eventually

pytest_plugins = ["support.epps"]

FAST_SCRAPING = ("--refresh-metrics-interval", "20ms")
# Plugins that have no place in a profile.
UNPROFILED = ("destination-endpoint-served-verifier", "metrics-data-source", "core-metrics-extractor")


def config(*plugins: str, extra: str = "") -> tuple[str, str]:
    """A configuration with these plugins in one profile, each `type` or `type {parameters}`."""
    lines = ["apiVersion: inference.networking.x-k8s.io/v1alpha1", "kind: EndpointPickerConfig", "plugins:"]
    for plugin in plugins:
        kind, _, parameters = plugin.partition(" ")
        lines.append(f"- type: {kind}" + (f"\n  parameters: {parameters}" if parameters else ""))
    lines += ["schedulingProfiles:", "- name: default", "  plugins:"]
    kinds = [plugin.partition(" ")[0] for plugin in plugins]
    lines += [f"  - pluginRef: {kind}" for kind in kinds if kind not in UNPROFILED]
    return "--config-text", "\n".join(lines) + "\n" + extra


def start(epp: PickerPool, fakes: FakeServers, *flags: str, objects: Sequence[Manifest] = ()) -> Picker:
    """A picker of all fake servers, which are idle."""
    fakes.set(*[Gauges() for _ in fakes.servers])
    files = {"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes), *objects]}
    return epp(files, *FAST_SCRAPING, *flags)


def load(fakes: FakeServers, *gauges: Gauges) -> None:
    fakes.set(*gauges)
    fakes.settle()


def places(picker: Picker, fakes: FakeServers, count: int = 12, model: str = "base", **options: object) -> Counter[int]:
    """Which servers `count` requests go to, each over before the next one."""
    found: Counter[int] = Counter()
    for index in range(count):
        routed = picker.gateway.route(*completion(model, f"{index}", **options))  # type: ignore[arg-type]
        found[fakes.endpoints.index(routed.endpoint)] += 1
    return found


# What engines tell


@pytest.mark.parametrize("engine", ["vllm", "sglang", "trtllm", "triton"])
def test_engines(epp: PickerPool, engine: str) -> None:
    fakes = FakeServers(2)
    try:
        for server in fakes.servers:
            server.engine = engine
        picker = start(epp, fakes, *config("queue-scorer", "kv-cache-utilization-scorer"))
        load(fakes, Gauges(waiting=5), Gauges(waiting=1, kv_usage=0.5))
        assert places(picker, fakes) == {1: 12}
        load(fakes, Gauges(kv_usage=0.9), Gauges(kv_usage=0.1, running=4))
        assert places(picker, fakes) == {1: 12}
        page = picker.metrics()
        assert page.value("inference_pool_average_kv_cache_utilization") == pytest.approx(0.5)
        assert page.value("inference_pool_average_running_requests") == 2
    finally:
        fakes.close()


def test_an_engine_that_a_label_tells(epp: PickerPool, fakes: FakeServers) -> None:
    """Pages may have several engines' series; the label says which of them count."""
    objects = pods(fakes)
    for item in objects:
        item["metadata"]["labels"]["llm-d.ai/engine-type"] = "sglang"
    for server in fakes.servers:
        server.engine = "sglang"
    try:
        picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *objects]}, *FAST_SCRAPING)
        load(fakes, Gauges(waiting=5), Gauges(waiting=5), Gauges())
        assert places(picker, fakes) == {2: 12}
    finally:
        for server in fakes.servers:
            server.engine = "vllm"


def test_series_of_ones_own(epp: PickerPool, fakes: FakeServers) -> None:
    flags = ("--total-queued-requests-metric", 'vllm:num_requests_running{engine="0"}')
    picker = start(epp, fakes, *config("queue-scorer"), *flags)
    load(fakes, Gauges(running=3), Gauges(running=1, waiting=9), Gauges(running=2))
    assert places(picker, fakes) == {1: 12}


def test_an_engine_of_the_configuration(epp: PickerPool) -> None:
    """Where its page is and what its series are called, as the data layer's plugins say it."""
    fakes = FakeServers(2)
    try:
        for server in fakes.servers:
            server.engine = "trtllm"
        engine = {"name": "mine", "queuedRequestsSpec": "trtllm_num_requests_running"}
        extractor = {"defaultEngine": "mine", "engineConfigs": [engine]}
        plugins = (
            'metrics-data-source {"path": "/prometheus/metrics"}',
            f"core-metrics-extractor {json.dumps(extractor)}",
            "queue-scorer",
        )
        picker = start(epp, fakes, *config(*plugins), "--model-server-metrics-path", "/nowhere")
        load(fakes, Gauges(running=3, kv_usage=0.5), Gauges(running=1, waiting=9))
        assert places(picker, fakes) == {1: 12}
        assert picker.metrics().value("inference_pool_average_kv_cache_utilization") == 0
    finally:
        fakes.close()


@pytest.mark.parametrize("layer", ["dataLayer: {}", "dataLayer: {injectDefaults: false}"])
def test_nothing_is_read(epp: PickerPool, fakes: FakeServers, layer: str) -> None:
    before = [server.scrapes for server in fakes.servers]
    picker = start(epp, fakes, *config("queue-scorer", extra=layer))
    assert sum(places(picker, fakes).values()) == 12
    assert [server.scrapes for server in fakes.servers] == before
    assert picker.ready_endpoints() == 0


def test_connections_are_kept(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes)
    before = [server.connections for server in fakes.servers]
    fakes.settle()
    fakes.settle()
    assert [server.connections for server in fakes.servers] == before
    picker.assert_healthy()


# Endpoints of which nothing is known


def test_an_endpoint_that_falls_silent_is_avoided(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, "--metrics-staleness-threshold", "300ms")
    load(fakes, Gauges(), Gauges(waiting=4, kv_usage=0.4), Gauges(waiting=5, kv_usage=0.5))
    assert places(picker, fakes) == {0: 12}
    try:
        fakes[0].is_mute = True
        eventually(lambda: places(picker, fakes, 1), lambda found: found == {1: 1}, within=5)
        fakes.stop(1)
        eventually(lambda: places(picker, fakes, 1), lambda found: found == {2: 1}, within=5)
        # When nobody tells anything any more, requests go on all the same, by what was known last.
        fakes.stop(2)
        assert picker.metrics().total("llm_d_epp_datalayer_poll_errors_total", source_type="metrics-data-source") > 0
        eventually(lambda: places(picker, fakes, 4), lambda found: found == {0: 4}, within=5)
    finally:
        fakes[0].is_mute = False
        fakes[0].hang_up()
        fakes.start(1)
        fakes.start(2)
    # Failing endpoints are asked less often; they are found again soon.
    eventually(lambda: places(picker, fakes), lambda found: found == {0: 12}, within=4)


def test_all_equal_queues_are_as_good_as_empty_ones(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, *config("queue-scorer", "kv-cache-utilization-scorer"))
    load(fakes, *[Gauges(waiting=7, kv_usage=kv) for kv in (0.3, 0.2, 0.1)])
    assert places(picker, fakes) == {2: 12}
    load(fakes, *[Gauges(waiting=7, kv_usage=0.1)] * 3)
    assert len(places(picker, fakes, 60)) == 3


@pytest.mark.parametrize(
    ("loads", "chosen"),
    [
        ((Gauges(adapters=("a",), max_adapters=1), Gauges(max_adapters=1), Gauges()), 0),
        ((Gauges(adapters=("b",), max_adapters=1), Gauges(adapters=("b",), max_adapters=2), Gauges()), 1),
        (
            (
                Gauges(adapters=("b",), max_adapters=1),
                Gauges(adapters=("b",), waiting_adapters=("a",), max_adapters=1),
                Gauges(),
            ),
            1,
        ),
    ],
    ids=["active", "room", "waiting"],
)
def test_affinity_to_adapters(
    epp: PickerPool, fakes: FakeServers, loads: tuple[Gauges, ...], chosen: int
) -> None:
    """Active 1.0, room for one more 0.8, waiting there 0.6, else 0."""
    picker = start(epp, fakes, *config("lora-affinity-scorer"))
    load(fakes, *loads)
    assert places(picker, fakes, model="a") == {chosen: 12}


def test_pickers_draw_differently_among_equals(epp: PickerPool, fakes: FakeServers) -> None:
    def draws() -> list[str]:
        picker = start(epp, fakes, *config("random-picker"))
        return [picker.gateway.route(*completion("base")).endpoint for _ in range(30)]

    assert draws() != draws()


def test_requests_without_a_body_go_anywhere(epp: PickerPool, fakes: FakeServers) -> None:
    """Neither the load nor the gateway's subset counts (GIE v1.5)."""
    picker = start(epp, fakes)
    load(fakes, Gauges(), Gauges(waiting=9, kv_usage=0.9), Gauges(waiting=9, kv_usage=0.9))
    found = set()
    for _ in range(40):
        with picker.gateway.stream(request_headers({":method": "GET"}, end=True, subset=["10.0.0.1:1"])) as stream:
            found.add(stream.routed_headers().endpoint)
    assert found == set(fakes.endpoints)


def test_scores_for_gateways(epp: PickerPool, fakes: FakeServers) -> None:
    name = "x-gateway-destination-endpoint-scores"
    loads = (Gauges(waiting=2), Gauges(), Gauges(waiting=1))
    for flags, expected in (((), None), (("--emit-endpoint-scores",), [0, 1, 0.5])):
        picker = start(epp, fakes, *config("queue-scorer"), *flags)
        load(fakes, *loads)
        with picker.gateway.stream(*completion("base")) as stream:
            metadata = stream.read("request_headers").dynamic_metadata["envoy.lb"]
        assert (name in metadata) == (expected is not None)
        if expected is not None:
            assert dict(metadata[name]) == dict(zip(fakes.endpoints, expected, strict=True))


# Prefixes


def test_the_same_prefix_goes_to_the_same_server(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, *config("prefix-cache-scorer"))

    def place(prompt: str, model: str = "base") -> str:
        return picker.gateway.route(*completion(model, prompt)).endpoint

    prefixes = [f"{index} " * 200 for index in range(6)]
    homes = [place(prefix) for prefix in prefixes]
    for _ in range(4):
        assert [place(f"{prefix} and more") for prefix in prefixes] == homes


def test_a_prefix_is_the_target_models(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(
        epp, fakes, *config("prefix-cache-scorer"), objects=[rewrite("alias", rule("base", "alias"))]
    )
    prompt = "a prompt that is long enough " * 20
    home = picker.gateway.route(*completion("base", prompt)).endpoint
    assert {picker.gateway.route(*completion("alias", prompt)).endpoint for _ in range(8)} == {home}


# Saturation


def test_shedding(epp: PickerPool, fakes: FakeServers) -> None:
    objectives = [objective("sheddable", -1), objective("normal", 0)]
    picker = start(epp, fakes, objects=objectives)

    def outcome(name: str) -> int:
        headers = {"x-gateway-inference-objective": name}
        with picker.gateway.stream(*completion("base", headers=headers)) as stream:
            if name == "sheddable" and is_full:
                refused = stream.refused()
                expected = "inference error: ResourceExhausted - system saturated, sheddable request dropped"
                assert refused.text == expected
                assert refused.headers == {"x-llm-d-request-dropped-reason": "rejected-saturated"}
                return refused.status
            stream.routed()
            return 200

    is_full = False
    assert [outcome(name) for name in ("sheddable", "normal", "unknown")] == [200, 200, 200]
    load(fakes, *[Gauges(waiting=6)] * 3)
    is_full = True
    assert [outcome(name) for name in ("sheddable", "normal", "unknown")] == [429, 200, 200]
    # The average counts: one idle server makes room.
    load(fakes, Gauges(waiting=6), Gauges(waiting=6), Gauges())
    is_full = False
    assert outcome("sheddable") == 200


def test_flow_control_holds_requests_back(epp: PickerPool, fakes: FakeServers) -> None:
    gate = "featureGates: [flowControl]\n"
    picker = start(epp, fakes, *config("queue-scorer", extra=gate))
    load(fakes, *[Gauges(waiting=6)] * 3)
    with picker.gateway.stream(*completion("base")) as waiting:
        assert waiting.is_silent(0.3)
        load(fakes, *[Gauges()] * 3)
        waiting.routed()
    load(fakes, *[Gauges(waiting=6)] * 3)
    gone = picker.gateway.stream(*completion("base"))
    gone.is_silent(0.1)
    gone.reset()
    queued = "inference_extension_flow_control_queue_size"
    picker.becomes(lambda: picker.metrics().total(queued), 0)


# Filters that leave nothing, and several endpoints


def test_filters_that_leave_nothing(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, *config("prefill-filter", "queue-scorer"))
    refused = picker.gateway.refusal(*completion("base"))
    assert refused.status == 429
    assert refused.text.startswith("inference error: ResourceExhausted - failed to find target endpoint: ")


def test_one_endpoint_unless_a_list_is_asked_for(epp: PickerPool, fakes: FakeServers) -> None:
    picks = config("queue-scorer", "max-score-picker {maxNumOfEndpoints: 3}")
    loads = (Gauges(waiting=3), Gauges(), Gauges(waiting=1))
    for flags, expected in (((), [1]), (("--fallback-list",), [1, 2, 0])):
        picker = start(epp, fakes, *picks, *flags)
        load(fakes, *loads)
        routed = picker.gateway.route(*completion("base"))
        assert routed.endpoint == ",".join(fakes[index].endpoint for index in expected)


# Subsets


@pytest.mark.parametrize("form", ["list", "text"])
def test_shapes_of_subsets(epp: PickerPool, fakes: FakeServers, form: str) -> None:
    picker = start(epp, fakes)

    def allowed(*entries: str) -> set[int]:
        hint = list(entries) if form == "list" else ", ".join(entries)
        return set(places(picker, fakes, 20, subset=hint))

    assert allowed(fakes[1].endpoint) == {1}
    assert allowed(fakes[0].endpoint, fakes[2].endpoint) == {0, 2}
    assert allowed(fakes[0].address) == {0}
    # A port that nobody has: addresses alone count, as in GIE v1.5.
    assert allowed(f"{fakes[2].address}:1") == {2}
    empty = picker.gateway.refusal(*completion("base", subset=[] if form == "list" else ""))
    assert empty.status == 503


def test_subsets_can_be_left_out_of_account(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, "--disable-endpoint-subset-filter")
    assert set(places(picker, fakes, 40, subset=[fakes[0].endpoint])) == {0, 1, 2}


def test_ranks_of_a_pod(epp: PickerPool, fakes: FakeServers) -> None:
    """Each target port is an endpoint; a hint with a port means that rank."""
    two = pool("pool", port=fakes.port)
    two["spec"]["targetPorts"].append({"number": fakes.port + 1})
    picker = epp({"objects.yaml": [two, *pods(fakes, 1)]}, *FAST_SCRAPING)
    for port in (fakes.port, fakes.port + 1):
        hint = [f"{fakes[0].address}:{port}"]
        assert picker.gateway.route(*completion("base", subset=hint)).endpoint == hint[0]


# Rewrites


def models(picker: Picker, model: str, count: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for _ in range(count):
        found[json.loads(picker.gateway.route(*completion(model)).body)["model"]] += 1
    return found


def test_a_split_by_chance(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, objects=[rewrite("canary", rule({"old": 90, "new": 10}, "alias"))])
    found = models(picker, "alias", 300)
    assert set(found) == {"old", "new"}
    # Five standard deviations.
    assert abs(found["new"] - 30) < 26


def test_an_exact_split(epp: PickerPool, fakes: FakeServers) -> None:
    objects = [rewrite("canary", rule({"old": 90, "new": 10}, "alias"))]
    picker = start(epp, fakes, "--split", "smooth", objects=objects)
    for _ in range(2):
        assert models(picker, "alias", 100) == {"old": 90, "new": 10}


def test_precedence_of_rules(epp: PickerPool, fakes: FakeServers) -> None:
    objects = [
        rewrite("any", rule("generic"), created="2020-01-01T00:00:00Z"),
        rewrite("new", rule("newer", "m1"), created="2025-01-01T00:00:00Z"),
        rewrite("old", rule("older", "m1"), created="2024-01-01T00:00:00Z"),
        rewrite("elsewhere", rule("never", "m2"), pool="another"),
        rewrite("mixed", rule({"heavy": 1, "unweighted": None}, "m3"), created="2021-01-01T00:00:00Z"),
    ]
    picker = start(epp, fakes, objects=objects)
    assert models(picker, "m1", 4) == {"older": 4}
    assert models(picker, "m2", 4) == {"generic": 4}
    assert models(picker, "m3", 30) == {"heavy": 30}
    # No chains.
    assert models(picker, "older", 2) == {"generic": 2}


def test_a_rule_beats_the_preset_header(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, objects=[rewrite("alias", rule("target", "alias"))])
    headers = {":path": "/v1/completions", "x-gateway-model-name-rewrite": "preset"}
    for model, target in (("alias", "target"), ("base", "preset")):
        routed = picker.gateway.route(request_headers(headers), request_body(completion_body("x", model)))
        assert json.loads(routed.body)["model"] == target


def test_rewrites_change_under_load(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, objects=[])
    picker.write("rewrite.yaml", [rewrite("alias", rule("target-0", "alias"))])
    picker.becomes(lambda: set(models(picker, "alias", 1)), {"target-0"})
    for index in range(1, 6):
        picker.write("rewrite.yaml", [rewrite("alias", rule(f"target-{index}", "alias"))])
        seen: list[str] = []
        while not seen or seen[-1] != f"target-{index}":
            seen += models(picker, "alias", 1)
            assert len(seen) < 2000
        assert set(seen) <= {f"target-{index - 1}", f"target-{index}"}


def test_a_rewrite_of_no_model(epp: PickerPool, fakes: FakeServers) -> None:
    generic = [rewrite("any", rule("generic"))]
    body = b'{"prompt":"x"}'
    strict = start(epp, fakes, objects=generic)
    assert strict.gateway.refusal(request_headers({}), request_body(body)).status == 400
    lenient = start(epp, fakes, "--generic-model-fallback", objects=generic)
    assert json.loads(lenient.gateway.route(request_headers({}), request_body(body)).body)["model"] == "generic"


# Body-based routing


def test_model_headers(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, "--bbr", objects=[rewrite("alias", rule("target", "alias"))])
    routed = picker.gateway.route(*completion("alias"))
    lower = {name.lower(): value for name, value in routed.headers.items()}
    assert lower["x-gateway-model-name"] == "alias"
    assert "x-gateway-base-model-name" in lower
    assert json.loads(routed.body)["model"] == "target"


def test_no_model_headers_unless_asked_for(epp: PickerPool, fakes: FakeServers) -> None:
    routed = start(epp, fakes).gateway.route(*completion("base"))
    assert not [name for name in routed.headers if "model-name" in name.lower()]


# Explanations, and the conformance suite's header


def test_why_an_endpoint_was_chosen(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes)
    load(fakes, Gauges(waiting=1), Gauges(), Gauges(waiting=2))
    headers = {"x-understudy-explain": "true"}
    with picker.gateway.stream(*completion("base", headers=headers)) as stream:
        assert stream.routed().endpoint == fakes[1].endpoint
        stream.send(response_headers({":status": "200"}), response_body(b"", end=True))
        why = json.loads(stream.response_head()["x-understudy-explain"])
    assert "pod-1" in json.dumps(why)
    assert "queue-scorer" in json.dumps(why)


def test_endpoints_that_a_test_selects(epp: PickerPool, fakes: FakeServers) -> None:
    picker = start(epp, fakes, *config("header-based-testing-filter", "max-score-picker"))
    for server in fakes.servers:
        headers = {"test-epp-endpoint-selection": server.address}
        assert picker.gateway.route(*completion("base", headers=headers)).endpoint == server.endpoint
    headers = {"test-epp-endpoint-selection": "10.9.9.9"}
    assert picker.gateway.refusal(*completion("base", headers=headers)).status == 429


def test_the_endpoint_that_served(epp: PickerPool, fakes: FakeServers) -> None:
    """The conformance suite sees in a header what the gateway says about the served endpoint."""
    plugins = ("header-based-testing-filter", "max-score-picker", "destination-endpoint-served-verifier")
    picker = start(epp, fakes, *config(*plugins))
    name = "x-conformance-test-served-endpoint"
    for served, expected in (
        ("10.0.0.1:8000", "10.0.0.1:8000"),
        (None, "fail: missing envoy lb metadata"),
    ):
        headers = {"test-epp-endpoint-selection": fakes[0].address}
        with picker.gateway.stream(*completion("base", headers=headers)) as stream:
            routed = stream.routed()
            assert routed.endpoint == fakes[0].endpoint
            assert routed.headers["X-Echo-Set-Header"] == f"{name}:{routed.endpoint}"
            stream.send(response_headers({":status": "200"}, served=served), response_body(b"", end=True))
            assert stream.response_head().get(name) == expected
