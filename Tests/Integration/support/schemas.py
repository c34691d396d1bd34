"""Are manifests what an API server would take? By the schemas in Tests/Schemas; its README says what they cannot tell.

Stricter than an API server: unknown fields are errors, as with `kubectl apply --validate=strict`, and so is null, but
for `creationTimestamp`, which generators write.
"""

import base64
import binascii
import copy
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from support.cel_rules import broken_rules

Schema = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "Schemas"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
SUBDOMAIN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
LABEL_VALUE = r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("int32")
def is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@FORMATS.checks("int64")
def is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@FORMATS.checks("byte", raises=binascii.Error)
def is_base64(value: object) -> bool:
    return not isinstance(value, str) or base64.b64decode(value, validate=True) is not None


@FORMATS.checks("date-time", raises=ValueError)
def is_time(value: object) -> bool:
    # Python takes more than RFC 3339 does.
    return not isinstance(value, str) or ("T" in value and datetime.fromisoformat(value).tzinfo is not None)


class Loader(yaml.SafeLoader):
    """Dates are text, as in Kubernetes."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(text: str) -> list[Any]:
    """The documents of a YAML text, without empty ones, and the items of lists in place of these."""
    found = []
    for document in yaml.load_all(text, Loader):
        if isinstance(document, dict) and document.get("kind") == "List":
            found += document.get("items") or []
        elif document is not None:
            found.append(document)
    return found


# From OpenAPI to JSON Schema


def strict(schema: Any) -> Any:
    """The schema with what OpenAPI's extensions mean, and closed to unknown fields."""
    if not isinstance(schema, dict):
        return schema
    result = {key: value for key, value in schema.items() if key not in ("items", "properties", "additionalProperties")}
    if "items" in schema:
        result["items"] = strict(schema["items"])
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if "properties" in schema:
        result["properties"] = {name: strict(field) for name, field in schema["properties"].items()}
        if not is_open:
            result["additionalProperties"] = False
    if "additionalProperties" in schema:
        result["additionalProperties"] = strict(schema["additionalProperties"])
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        result["type"] = ["integer", "string"]
    if schema.get("nullable") and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
    return result


@cache
def core() -> Schema:
    """Kubernetes' own kinds, and the metadata of all."""
    content = json.loads((FOLDER / "kubernetes.json").read_text())
    definitions = {name: strict(schema) for name, schema in content["definitions"].items()}
    definitions[QUANTITY] = {
        "type": ["string", "number"],
        "pattern": r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$",
    }
    fields = definitions[METADATA]["properties"]
    fields["creationTimestamp"] = {"type": ["string", "null"], "format": "date-time"}
    fields["name"] = {"type": "string", "pattern": SUBDOMAIN, "maxLength": 253}
    fields["namespace"] = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}
    fields["labels"] = {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": LABEL_VALUE, "maxLength": 63},
    }
    return {"kinds": content["kinds"], "definitions": definitions}


def named_metadata() -> Schema:
    """Of whole objects, which need a name; templates of pods do not."""
    return {"allOf": [{"$ref": f"#/definitions/{METADATA}"}, {"required": ["name"]}], "type": "object"}


@cache
def schema_of(api_version: str, kind: str) -> Schema | None:
    """The strict schema of a kind, to be used with `core()`'s definitions; None when it is not here."""
    name = core()["kinds"].get(f"{api_version}/{kind}")
    if name is not None:
        schema = copy.deepcopy(core()["definitions"][name])
    else:
        found = crds().get((api_version, kind))
        if found is None:
            return None
        schema = strict(found["schema"])
    schema["properties"] |= {
        "apiVersion": {"type": "string", "enum": [api_version]},
        "kind": {"type": "string", "enum": [kind]},
        "metadata": named_metadata(),
    }
    schema["required"] = sorted({*schema.get("required", []), "apiVersion", "kind", "metadata"})
    return schema


@cache
def crds() -> dict[tuple[str, str], Schema]:
    """By apiVersion and kind: the files, with `scope` and the `schema` as its CRD has it."""
    contents = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*_*.json"))]
    return {(content["apiVersion"], content["kind"]): content for content in contents}


def resolved(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = core()["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    return schema


# Errors


def child(path: str, part: str | int) -> str:
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{part}" if path else part


def type_errors(schema: Schema, value: Any, path: str = "") -> Iterator[str]:
    """What JSON Schema finds."""
    whole = schema | {"definitions": core()["definitions"]}
    validator = jsonschema.Draft4Validator(whole, format_checker=FORMATS)
    for error in sorted(validator.iter_errors(value), key=lambda error: [str(part) for part in error.absolute_path]):
        field = path
        for part in error.absolute_path:
            field = child(field, part)
        if error.validator == "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield f"{child(field, name)}: required"
        elif error.validator == "additionalProperties":
            for name in error.instance:
                if name not in error.schema.get("properties", {}):
                    yield f"{child(field, str(name))}: unknown field"
        else:
            yield f"{field}: {error.message[:200]}"


def with_defaults(schema: Schema, value: Any) -> Any:
    """The value as the API server completes it before it looks at rules."""
    schema = resolved(schema)
    if isinstance(value, list):
        return [with_defaults(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = schema.get("properties", {})
    missing = {name: field["default"] for name, field in fields.items() if "default" in field and name not in value}
    entries = schema.get("additionalProperties")
    entries = entries if isinstance(entries, dict) else {}
    return {key: with_defaults(fields.get(key, entries), item) for key, item in {**value, **missing}.items()}


def rule_errors(schema: Schema, value: Any, path: str = "") -> Iterator[str]:
    """What the extensions find in a complete value of the right types: rules, and items that come twice."""
    schema = resolved(schema)
    for message in broken_rules(schema, value):
        yield f"{path or 'the object'}: {message}"
    if isinstance(value, list):
        yield from duplicates(schema, value, path)
        for index, item in enumerate(value):
            yield from rule_errors(schema.get("items", {}), item, child(path, index))
    if isinstance(value, dict):
        entries = schema.get("additionalProperties")
        entries = entries if isinstance(entries, dict) else {}
        for key, item in value.items():
            yield from rule_errors(schema.get("properties", {}).get(key, entries), item, child(path, key))


def duplicates(schema: Schema, items: list[Any], path: str) -> Iterator[str]:
    kind = schema.get("x-kubernetes-list-type")
    if kind not in ("set", "map"):
        return
    keys = schema.get("x-kubernetes-list-map-keys", [])
    seen = set()
    for index, item in enumerate(items):
        key = json.dumps([item.get(name) for name in keys] if kind == "map" else item, sort_keys=True)
        if key in seen:
            yield f"{child(path, index)}: a second {key}"
        seen.add(key)


def title(manifest: dict[str, Any]) -> str:
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    place = f" {metadata.get('namespace', 'default')}/{metadata['name']}" if metadata.get("name") else ""
    return f"{manifest.get('kind')}{place}"


def field_errors(schema: Schema, value: Any) -> list[str]:
    """`field: reason` for everything in the value that the schema refuses."""
    return list(type_errors(schema, value)) or list(rule_errors(schema, with_defaults(schema, value)))


def validate(manifest: Any) -> list[str]:
    """`Kind namespace/name: field: reason` for everything that is wrong; empty for a good manifest."""
    if not isinstance(manifest, dict):
        return [f"not an object: {str(manifest)[:60]!r}"]
    schema = schema_of(str(manifest.get("apiVersion")), str(manifest.get("kind")))
    if schema is None:
        return [f"{title(manifest)}: kind: Tests/Schemas has none of {manifest.get('apiVersion')}"]
    return [f"{title(manifest)}: {error}" for error in field_errors(schema, manifest)]
