"""Which rewrite rule counts: the upstream tables for the store, the director and weighted selection (GIE v1.5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest

from support.fleet import Fleet, FleetPool, error_of
from support.manifests import Manifest, deployment, pool, rewrite, rule

pytest_plugins = ["support.fleets"]

BASE = "base"
TARGETS = ["t1", "t2", "t3", "t4"]
SERVERS = [deployment("sim", BASE, replicas=2, adapters=TARGETS), pool("pool", "sim")]
OLD, MIDDLE, NEW = "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "2020-03-01T00:00:00Z"


@dataclass
class Apply:
    object: Manifest


@dataclass
class Delete:
    name: str
    # Whether there is such an object.
    there: bool = True


@dataclass
class Ask:
    model: str
    # What the server is asked for; None when nobody has the model.
    target: str | None


Step = Apply | Delete | Ask


def exact(name: str, model: str, target: str, created: str | None = None) -> Apply:
    return Apply(rewrite(name, rule(target, model), created=created))


def generic(name: str, target: str, created: str | None = None) -> Apply:
    return Apply(rewrite(name, rule(target), created=created))


CASES: dict[str, Sequence[Step]] = {
    "no rewrites": [Ask("base", "base"), Ask("t1", "t1"), Ask("m1", None)],
    "simple exact": [exact("r1", "m1", "t1"), Ask("m1", "t1")],
    "generic": [generic("r1", "t1"), Ask("anything", "t1"), Ask("base", "t1"), Ask("t2", "t1")],
    "no match": [exact("r1", "m1", "t1"), Ask("m2", None), Ask("base", "base")],
    "exact over an older generic": [
        generic("r1", "t1", OLD), exact("r2", "m1", "t2", NEW), Ask("m1", "t2"), Ask("m2", "t1"),
    ],
    "exact over a newer generic": [
        exact("r1", "m1", "t2", OLD), generic("r2", "t1", NEW), Ask("m1", "t2"), Ask("m2", "t1"),
    ],
    "exact over generic in one object, generic first": [
        Apply(rewrite("r1", rule("t1"), rule("t2", "m1"))), Ask("m1", "t2"), Ask("m2", "t1"),
    ],
    "oldest exact": [exact("r1", "m1", "t1", OLD), exact("r2", "m1", "t2", NEW), Ask("m1", "t1")],
    "oldest exact, applied last": [exact("r2", "m1", "t2", NEW), exact("r1", "m1", "t1", OLD), Ask("m1", "t1")],
    "oldest exact, last in the alphabet": [
        exact("z", "m1", "t1", OLD), exact("a", "m1", "t2", NEW), Ask("m1", "t1"),
    ],
    "oldest generic": [generic("r1", "t1", NEW), generic("r2", "t2", OLD), Ask("m", "t2")],
    "without times the first seen is the oldest": [exact("z", "m1", "t1"), exact("a", "m1", "t2"), Ask("m1", "t1")],
    "a time in the past is older than one first seen now": [
        exact("a", "m1", "t1"), exact("b", "m1", "t2", OLD), Ask("m1", "t2"),
    ],
    "list order": [Apply(rewrite("r1", rule("t1", "m1"), rule("t2", "m1"))), Ask("m1", "t1")],
    "list order of generic rules": [Apply(rewrite("r1", rule("t2"), rule("t1"))), Ask("m1", "t2")],
    "list order with several models": [
        Apply(rewrite("r1", rule("t1", "m1", "m2"), rule("t2", "m2", "m3"))),
        Ask("m1", "t1"), Ask("m2", "t1"), Ask("m3", "t2"),
    ],
    "an older object's later rule over a newer object's first": [
        Apply(rewrite("r1", rule("t1", "m0"), rule("t2", "m1"), created=OLD)),
        Apply(rewrite("r2", rule("t3", "m1"), created=NEW)),
        Ask("m1", "t2"),
    ],
    "delete exact": [generic("r1", "t1"), exact("r2", "m1", "t2"), Ask("m1", "t2"), Delete("r2"), Ask("m1", "t1")],
    "delete the oldest": [
        exact("r1", "m1", "t1", OLD), exact("r2", "m1", "t2", NEW), Ask("m1", "t1"), Delete("r1"), Ask("m1", "t2"),
    ],
    "delete down to nothing": [
        exact("r1", "m1", "t1", OLD), exact("r2", "m1", "t2", NEW), generic("r3", "t3"),
        Delete("r1"), Ask("m1", "t2"), Delete("r2"), Ask("m1", "t3"), Delete("r3"), Ask("m1", None),
    ],
    "delete unknown": [exact("r1", "m1", "t1"), Delete("nope", there=False), Ask("m1", "t1")],
    "update same name": [
        exact("r1", "m1", "t1"), Ask("m1", "t1"), exact("r1", "m2", "t1"), Ask("m1", None), Ask("m2", "t1"),
    ],
    "update of the target": [exact("r1", "m1", "t1"), Ask("m1", "t1"), exact("r1", "m1", "t4"), Ask("m1", "t4")],
    "update to another age": [
        exact("r1", "m1", "t1", OLD), exact("r2", "m1", "t2", MIDDLE), Ask("m1", "t1"),
        exact("r1", "m1", "t1", NEW), Ask("m1", "t2"),
    ],
    "a rule of another pool": [
        Apply(rewrite("r1", rule("t1", "m1"), pool="elsewhere")), Ask("m1", None), Ask("base", "base"),
    ],
    "no chaining": [exact("r1", "m1", "t1"), exact("r2", "t1", "t2"), Ask("m1", "t1"), Ask("t1", "t2")],
    "a rule that changes nothing": [exact("r1", "t1", "t1"), generic("r2", "t2"), Ask("t1", "t1"), Ask("t3", "t2")],
    "a server's own name can be an alias": [exact("r1", "base", "t3"), Ask("base", "t3"), Ask("t1", "t1")],
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(up_for_module: FleetPool) -> Fleet:
    return up_for_module({"servers.yaml": SERVERS}, "--response-model", "backend")


@pytest.fixture
def fleet(shared: Fleet) -> Iterator[Fleet]:
    """Without rewrites, before and after."""
    yield shared
    for line in shared.run("get", "inferencemodelrewrites").stdout.splitlines()[1:]:
        shared.delete("inferencemodelrewrite", line.split()[0])
    shared.status_becomes("m1", 404)
    shared.becomes(lambda: target_of(shared, "base"), "base")


def target_of(fleet: Fleet, model: str) -> Any:
    answer = fleet.ask(model)
    if answer.status_code == 404:
        error_of(answer, 404)
        return None
    return answer.json()["model"] if answer.status_code == 200 else answer.status_code


def take(fleet: Fleet, step: Step) -> None:
    match step:
        case Apply(object):
            fleet.apply(object)
        case Delete(name, there):
            result = fleet.run("delete", "inferencemodelrewrite", name)
            assert result.returncode == (0 if there else 1), result.stderr
        case Ask(model, target):
            fleet.becomes(lambda: target_of(fleet, model), target)
            # And so it stays.
            for _ in range(3):
                assert target_of(fleet, model) == target


@pytest.mark.parametrize("steps", CASES.values(), ids=CASES.keys())
def test_case(fleet: Fleet, steps: Sequence[Step]) -> None:
    for step in steps:
        take(fleet, step)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_age_counts_and_not_the_order_of_arrival(fleet: Fleet, order: Sequence[int]) -> None:
    rewrites = [exact("old", "m1", "t1", OLD), exact("middle", "m1", "t2", MIDDLE), exact("new", "m1", "t3", NEW)]
    for index in order:
        take(fleet, rewrites[index])
    for name, target in (("old", "t1"), ("middle", "t2"), ("new", "t3")):
        take(fleet, Ask("m1", target))
        take(fleet, Delete(name))
    take(fleet, Ask("m1", None))


def test_files_are_seen_in_the_order_of_their_names(up: FleetPool) -> None:
    files = {
        "servers.yaml": SERVERS,
        "b.yaml": [rewrite("first-in-the-alphabet", rule("t2", "m1"))],
        "a.yaml": [rewrite("second", rule("t1", "m1")), rewrite("first", rule("t3", "m1"))],
    }
    fleet = up(files, "--response-model", "backend")
    assert target_of(fleet, "m1") == "t1"


# Requests without a model


def test_a_generic_rule_does_not_stand_in_for_the_model(fleet: Fleet) -> None:
    take(fleet, generic("r1", "t1"))
    take(fleet, Ask("m1", "t1"))
    answer = fleet.http.post("/v1/completions", json={"prompt": "Hello", "max_tokens": 1})
    assert "model not found in request body" in error_of(answer, 400)["message"]


def test_a_generic_rule_stands_in_for_the_model_on_request(up: FleetPool) -> None:
    files = {"servers.yaml": SERVERS, "generic.yaml": [rewrite("r1", rule("t1"))]}
    fleet = up(files, "--generic-model-fallback", "--response-model", "backend")
    answer = fleet.http.post("/v1/completions", json={"prompt": "Hello", "max_tokens": 1})
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == "t1"


# Many rules


def test_ten_thousand_rules(up: FleetPool) -> None:
    rules = [rule("t1", f"alias-{number}") for number in range(10_000)]
    files = {"servers.yaml": SERVERS, "rules.yaml": [rewrite("many", *rules), rewrite("last", rule("t2", "m1"))]}
    fleet = up(files, "--response-model", "backend")
    for model, target in (("alias-0", "t1"), ("alias-9999", "t1"), ("m1", "t2"), ("alias-10000", None)):
        assert target_of(fleet, model) == target
