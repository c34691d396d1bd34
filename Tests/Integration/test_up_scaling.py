"""Replicas come and go while requests run, and nothing is lost."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from support import sse
from support.fleet import Fleet, FleetPool, pool_gauge
from support.manifests import Manifest, deployment, gateway, pool, route, text, to

pytest_plugins = ["support.fleets"]

MODEL = "base"
TOKENS = 60
LATENCY = ("--time-to-first-token", "10ms", "--inter-token-latency", "15ms")


def servers(replicas: int, *flags: str) -> Manifest:
    return deployment("sim", MODEL, "--max-num-seqs", "64", *flags, replicas=replicas, latency=LATENCY)


def stream(fleet: Fleet) -> str:
    """One whole stream of about a second; the pod that gave it."""
    body = {"model": MODEL, "prompt": "x", "max_tokens": TOKENS, "ignore_eos": True, "stream": True}
    with fleet.connect() as connection:
        answer = connection.post("/v1/completions", body | {"stream_options": {"include_usage": True}})
    assert answer.status == 200, answer.body
    frames = sse.chunks(answer.body)
    assert sse.finish_reasons(frames) == {0: ["length"]}
    assert frames[-1]["usage"]["completion_tokens"] == TOKENS
    pod = answer.header("x-inference-pod")
    assert pod is not None
    return pod


@contextmanager
def streams(fleet: Fleet, count: int) -> Iterator[list[Future[str]]]:
    """Runs streams beside the test; each must come to its end."""
    with ThreadPoolExecutor(count) as threads:
        futures = [threads.submit(stream, fleet) for _ in range(count)]
        time.sleep(0.2)
        yield futures
        for future in futures:
            future.result()


def pods(fleet: Fleet) -> list[str]:
    return [line.split()[0] for line in fleet.run("get", "pods").stdout.splitlines()[1:]]


def names(count: int) -> list[str]:
    return [f"sim-{index}" for index in range(count)]


def seen(fleet: Fleet, count: int = 40) -> set[str]:
    """The pods of many short answers; ties are broken by chance."""
    return {answer.header("x-inference-pod") or "" for answer in fleet.many(MODEL, count)}


def test_up_and_down_while_streams_run(up: FleetPool) -> None:
    fleet = up({"pool.yaml": [pool("pool", "sim")], "servers.yaml": [servers(1)]})
    with streams(fleet, 8) as first:
        assert "configured" in fleet.apply(servers(4))
        fleet.becomes(lambda: pods(fleet), names(4))
        with streams(fleet, 16) as second:
            fleet.apply(servers(1))
            # Those that were picked before go on where they are; new ones stay with what is left.
            assert seen(fleet, 5) == {"sim-0"}
        assert Counter(future.result() for future in first) == Counter({"sim-0": 8})
        assert {future.result() for future in second} <= set(names(4))
        assert len({future.result() for future in second}) > 1
    # Those that have finished are gone.
    fleet.becomes(lambda: pods(fleet), names(1))


def test_to_none_and_back(up: FleetPool) -> None:
    objects = [gateway(), pool("pool", "sim"), route("all", to("pool"))]
    fleet = up({"objects.yaml": objects, "servers.yaml": [servers(2)]})
    with streams(fleet, 4):
        fleet.apply(servers(0))
        fleet.status_becomes(MODEL, 503)
        fleet.apply(servers(3))
        fleet.status_becomes(MODEL, 200)
        fleet.becomes(lambda: seen(fleet, 60), set(names(3)))


def test_another_command_is_another_pod(up: FleetPool) -> None:
    """A rollout: the old replicas finish, the new ones have the new flags."""
    fleet = up({"pool.yaml": [pool("pool", "sim")], "servers.yaml": [servers(2)]})
    with streams(fleet, 6):
        fleet.apply(servers(2, "--served-model-name", MODEL, "new-name"))
        fleet.status_becomes("new-name", 200)
    fleet.becomes(lambda: pods(fleet), names(2))


def test_other_labels_move_a_pod_without_a_restart(up: FleetPool) -> None:
    fleet = up({"pool.yaml": [pool("pool", "sim")], "servers.yaml": [servers(1)]})
    moved = deployment(
        "sim", MODEL, "--max-num-seqs", "64", labels={"app": "sim", "version": "2"}, latency=LATENCY
    )  # fmt: skip
    with streams(fleet, 4):
        fleet.apply(moved)
        assert pods(fleet) == ["sim-0"]
        assert fleet.ask(MODEL).status_code == 200


def test_a_deleted_deployment_finishes_its_streams(up: FleetPool) -> None:
    fleet = up({"pool.yaml": [pool("pool", "sim")], "servers.yaml": [servers(2)]})
    with streams(fleet, 6):
        fleet.delete("deployment", "sim")
        fleet.status_becomes(MODEL, 404)
    fleet.becomes(lambda: pods(fleet), [])


def test_a_deleted_pool_finishes_its_streams(up: FleetPool) -> None:
    fleet = up({"pool.yaml": [pool("pool", "sim")], "servers.yaml": [servers(2)]})
    with streams(fleet, 6):
        fleet.remove("pool.yaml")
        fleet.status_becomes(MODEL, 404)


def test_restless_traffic(up: FleetPool) -> None:
    """Short requests all the time, while the number of replicas changes at random: each is answered by one of them."""
    fast = [deployment("sim", MODEL, replicas=count, latency=()) for count in range(6)]
    fleet = up({"pool.yaml": [pool("pool", "sim")], "servers.yaml": [fast[3]]})
    chance = random.Random(3)
    ends = threading.Event()
    answers: list[str] = []

    def keep_asking() -> None:
        while not ends.is_set():
            answers.extend(answer.header("x-inference-pod") or "" for answer in fleet.many(MODEL, 20))

    with ThreadPoolExecutor(4) as threads:
        askers = [threads.submit(keep_asking) for _ in range(4)]
        try:
            for _ in range(12):
                fleet.apply(fast[chance.randint(1, 5)])
        finally:
            ends.set()
        for asker in askers:
            asker.result()
    assert len(answers) > 100
    assert set(answers) <= set(names(5))
    assert "sim-0" in answers


def test_replicas_have_ports_and_environments_of_their_own(up: FleetPool) -> None:
    fleet = up({"objects.yaml": [pool("pool", "sim"), servers(3)]}, replica_ports=3)
    for index in range(3):
        answer = fleet.replica(index, "POST", "/v1/completions", {"model": MODEL, "prompt": "x", "max_tokens": 1})
        assert answer.status == 200
        assert answer.header("x-inference-pod") == f"sim-{index}"
        assert answer.header("x-inference-namespace") == "default"
        assert answer.header("x-inference-port") is not None
        assert fleet.replica(index, "GET", "/health").status == 200
    # A load goes to one of them only.
    assert sum(fleet.replica_metrics(index).total("vllm:request_success_total") for index in range(3)) == 3
    pod = fleet.ask(MODEL).headers["x-inference-pod"]
    index = int(pod.rpartition("-")[2])
    assert fleet.replica_metrics(index).total("vllm:request_success_total") == 2


def test_the_picker_spreads_load(up: FleetPool) -> None:
    """Eight long streams on four replicas, each of which has room for two."""
    small = deployment("sim", MODEL, "--max-num-seqs", "2", replicas=4, latency=LATENCY)
    fleet = up({"objects.yaml": [pool("pool", "sim"), small]}, "--config-text", RUNNING)
    with ThreadPoolExecutor(8) as threads:
        futures = []
        for _ in range(8):
            futures.append(threads.submit(stream, fleet))
            time.sleep(0.03)
        spread = Counter(future.result() for future in futures)
    assert spread == Counter(dict.fromkeys(names(4), 2))


RUNNING = json.dumps(
    {
        "apiVersion": "inference.networking.x-k8s.io/v1alpha1",
        "kind": "EndpointPickerConfig",
        "plugins": [{"type": "running-requests-size-scorer"}],
    }
)


@pytest.mark.parametrize("form", ["a Deployment", "Pods"])
def test_a_hundred_replicas(up: FleetPool, form: str) -> None:
    """Ready within 2 s on a quiet machine; here it is only asked for not to be slow."""
    if form == "Pods":
        template = servers(1)["spec"]["template"]
        objects = [
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": f"sim-{index}", "labels": {"app": "sim"}},
                "spec": template["spec"],
            }
            for index in range(100)
        ]
    else:
        objects = [servers(100)]
    fleet = up({"objects.yaml": text(pool("pool", "sim"), *objects)})
    print(f"ready after {fleet.seconds_to_ready:.2f} s with {fleet.resident_bytes >> 20} MB")
    assert fleet.seconds_to_ready < 10
    assert fleet.resident_bytes < 256 << 20
    assert pool_gauge(fleet.metrics(), "ready_pods", "pool") == 100
    assert sorted(pods(fleet)) == sorted(names(100))
    assert len(seen(fleet, 300)) > 50
