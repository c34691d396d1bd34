"""The decoder takes what the CRDs' schemas take, and refuses what they refuse with the name of the field.

Objects are made from the schemas in Tests/Schemas. What the decoder does otherwise is listed here, with the reason.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from support import manifests, schemas
from support.manifests import EXPERIMENTAL, POOLS, ROUTES, Manifest
from support.process import binary, clean_environment
from support.schema_samples import Mutation, NoSample, Sampler, mutations, places, written

SAMPLES = 100


@dataclass(frozen=True)
class Kind:
    """A kind that the decoder reads."""

    api_version: str
    kind: str
    # Whose schema it has, where no CRD has this very version.
    schema_version: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.api_version}"

    @property
    def spec(self) -> schemas.Schema:
        schema = schemas.schema_of(self.schema_version or self.api_version, self.kind)
        assert schema is not None
        return schemas.resolved(schema["properties"]["spec"])


CRDS = [
    Kind(f"{POOLS}/v1", "InferencePool"),
    Kind(f"{EXPERIMENTAL}/v1alpha2", "InferencePool"),
    Kind(f"{EXPERIMENTAL}/v1alpha2", "InferenceModel"),
    *(
        Kind(f"{group}/v1alpha2", kind, f"{EXPERIMENTAL}/v1alpha2" if group == POOLS else "")
        for kind in ("InferenceObjective", "InferenceModelRewrite")
        for group in (EXPERIMENTAL, "llm-d.ai", POOLS)
    ),
    Kind(f"{ROUTES}/v1", "Gateway"),
    Kind(f"{ROUTES}/v1", "HTTPRoute"),
    Kind(f"{ROUTES}/v1beta1", "ReferenceGrant"),
]  # fmt: skip

# Texts that mean something in fields of these names.
MEANT = {"kind": ("InferencePool",), "group": (POOLS,), "remove": ("x-a", "x-b"), "modelRewrite": ("base", "canary")}

# What schemas cannot say: these objects are refused although the schema takes them.
REFUSED_BY_MEANING = {
    # Upstream would send such requests on without a model.
    r"spec\.rules\[\]\.targets: required": "a rule without targets has nothing to rewrite to",
    r"spec\.rules\[\]\.targets\[\]\.modelRewrite: may not be empty": "an empty name is no model",
    r"spec\.(modelName|targetModels\[\]\.name): may not be empty": "an empty name is no model",
    r"spec\.poolRef\.kind: '.*' is not InferencePool": "a reference to another kind is never a pool's",
    r"spec\.poolRef\.group: '.*' has no InferencePools": "a reference to another group is never a pool's",
    r".*\.remove\[\]: '.*' is not the name of a header": "no message can have such a header",
    r".*\.(value|path\.value): '.*' is not a regular expression": "nothing can be compared with it",
}

# Fields that nothing here reads, of real gateways only: wrong values in them are not found.
FILTERS = r"rules\[\](\.backendRefs\[\])?\.filters\[\]"
UNREAD = {
    # The filters are skipped with a warning that names them.
    "HTTPRoute": [rf"{FILTERS}\.{name}\b" for name in ("cors", "extensionRef")],
    "Gateway": [
        r"addresses\b", r"allowedListeners\b", r"infrastructure\b", r"tls\b", r"listeners\[\]\.tls\b",
        r"listeners\[\]\.allowedRoutes\.kinds\b", r"listeners\[\]\.allowedRoutes\.namespaces\.selector\b",
    ],
}  # fmt: skip


def problems(objects: Sequence[Manifest], *command: str) -> dict[int, tuple[str, str]]:
    """What the binary refuses of these objects, which it tells apart by their names: field and reason."""
    named = [item | {"metadata": {"name": f"n-{index}"}} for index, item in enumerate(objects)]
    result = subprocess.run(
        [binary(), *(command or ("epp", "validate", "-f", "-"))],
        input="\n---\n".join(json.dumps(item, ensure_ascii=False) for item in named),
        env=clean_environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode in (0, 1), result.stderr[-2000:]
    found = {}
    for line in result.stderr.splitlines():
        match = re.fullmatch(r"understudy: error: .*?: \w+ default/n-(\d+): (\S+): (.*)", line)
        assert match, line
        found[int(match[1])] = (match[2], match[3])
    assert (result.returncode == 1) == bool(found)
    return found


def objects(kind: Kind, specs: Sequence[Any]) -> list[Manifest]:
    return [{"apiVersion": kind.api_version, "kind": kind.kind, "spec": spec} for spec in specs]


@cache
def samples(kind: Kind) -> list[Any]:
    """Specs that the schema takes, from sparse to full; always the same."""
    sampler = Sampler(7, MEANT)
    found = []
    for number in range(SAMPLES):
        try:
            found.append(sampler.value(kind.spec, (0.1, 0.4, 0.7, 0.95)[number % 4]))
        except NoSample:
            continue
    assert len(found) > SAMPLES * 0.9
    return found


@cache
def accepted(kind: Kind) -> list[Any]:
    refused = problems(objects(kind, samples(kind)))
    return [spec for index, spec in enumerate(samples(kind)) if index not in refused]


@pytest.mark.parametrize("kind", ["Gateway", "HTTPRoute", "ReferenceGrant"])
def test_the_versions_of_gateway_api_are_alike(kind: str) -> None:
    """So that one of them stands for both."""
    assert Kind(f"{ROUTES}/v1", kind).spec == Kind(f"{ROUTES}/v1beta1", kind).spec
    empty = [{"apiVersion": f"{ROUTES}/{version}", "kind": kind, "spec": {"rules": 1}} for version in ("v1", "v1beta1")]
    assert len(set(problems(empty).values())) == 1


def fields(schema: schemas.Schema, path: str = "") -> Iterator[str]:
    schema = schemas.resolved(schema)
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}".lstrip(".")
        yield from fields(field, f"{path}.{name}".lstrip("."))
    if isinstance(schema.get("items"), dict):
        yield f"{path}[]"
        yield from fields(schema["items"], f"{path}[]")


@pytest.mark.parametrize("kind", CRDS, ids=str)
def test_what_the_schema_takes_is_decoded(kind: Kind) -> None:
    for field, reason in problems(objects(kind, samples(kind))).values():
        text = re.sub(r"\[\d+\]", "[]", field) + ": " + reason
        assert any(re.match(pattern, text) for pattern in REFUSED_BY_MEANING), text
    # They say something of almost every field.
    used = {written(keys, "[]") for spec in accepted(kind) for keys, _, _ in places(kind.spec, spec, ())}
    known = set(fields(kind.spec))
    assert len(known & used) > 0.9 * len(known), sorted(known - used)


def first_of_each(schema: schemas.Schema, specs: Sequence[Any]) -> list[Mutation]:
    """One mutation for every field and fault; the schema refuses them all."""
    found: dict[tuple[str, str], Mutation] = {}
    for spec in specs:
        for mutation in mutations(schema, spec):
            found.setdefault((mutation.field, mutation.fault), mutation)
    return [mutation for mutation in found.values() if schemas.field_errors(schema, mutation.value)]


def names(field: str, mutation: Mutation) -> bool:
    """The error is at the field; what is inside a wrong value, or a part of it, may be named instead."""
    path = f"spec.{mutation.path}"
    return field == path or field.startswith((f"{path}.", f"{path}["))


def check(made: Sequence[Mutation], found: dict[int, tuple[str, str]], unread: Sequence[str]) -> None:
    """Every mutation is refused with its field, but for those of unread fields, and of each of these one is."""
    stale = set(unread)
    for index, mutation in enumerate(made):
        pattern = next((pattern for pattern in unread if re.match(pattern, mutation.field)), None)
        if index in found:
            assert names(found[index][0], mutation), f"{mutation.path} ({mutation.fault}): {found[index]}"
        else:
            assert pattern is not None, f"{mutation.path} ({mutation.fault}) is taken: {mutation.value}"
            stale.discard(pattern)
    assert stale == set(), "these fields are read by now"


@pytest.mark.parametrize("kind", CRDS, ids=str)
def test_what_the_schema_refuses_is_refused_with_the_field(kind: Kind) -> None:
    made = first_of_each(kind.spec, accepted(kind))
    assert len(made) >= 15
    check(made, problems(objects(kind, [mutation.value for mutation in made])), UNREAD.get(kind.kind, []))


def test_up_reads_as_epp_does() -> None:
    kind = CRDS[0]
    wrong = objects(kind, [mutation.value for mutation in first_of_each(kind.spec, accepted(kind))])
    request = ("explain", "-f", "-", "--request", "/dev/null")
    assert problems(wrong, *request) == problems(wrong)


# Kubernetes' own kinds: their schemas leave most limits to the API server's code, so good objects are written by hand.

POD = manifests.remote_pod("x", "x")["spec"] | {
    "containers": [manifests.container("--model", "m") | {"command": ["vllm"], "image": "vllm/vllm-openai:v0.9.1"}]
}
WORKLOAD = manifests.deployment("x", "m", replicas=2)["spec"]
PORTS = [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]
CORE = [
    (Kind("v1", "Pod"), POD),
    (Kind("apps/v1", "Deployment"), WORKLOAD),
    (Kind("apps/v1", "StatefulSet"), WORKLOAD | {"serviceName": "x"}),
    (Kind("v1", "Service"), {"selector": {"app": "x"}, "ports": PORTS}),
]
# A selector that the template's labels do not fit is refused first.
LABELS = r"template\.metadata\.labels\."
CORE_UNREAD = {"StatefulSet": ["serviceName"], "Service": [r"ports\[\]\.protocol"]}


@pytest.mark.parametrize(("kind", "spec"), CORE, ids=[str(kind) for kind, _ in CORE])
def test_wrong_types_in_kubernetes_own_kinds(kind: Kind, spec: Any) -> None:
    assert schemas.field_errors(kind.spec, spec) == []
    assert problems(objects(kind, [spec])) == {}
    made = [mutation for mutation in first_of_each(kind.spec, [spec]) if not re.match(LABELS, mutation.field)]
    assert len(made) >= 12
    check(made, problems(objects(kind, [mutation.value for mutation in made])), CORE_UNREAD.get(kind.kind, []))
