"""Values that a schema takes, and the nearest ones that it refuses; equal seeds give equal values."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from support.schemas import Schema, field_errors, resolved

# For patterns and formats: each must find one that fits among these.
WORDS = (
    "a", "example", "my-name", "A1", "/v1", "a.example.com", "10s", "1m30s", "8000", "http", "https://a.example.com",
    "2026-01-31T12:00:00Z", "10.0.0.1", "*", "50%", "100Mi", "Accepted", "example.com/controller", "YQ==", "",
    "X" * 40, "*.example.com", "text with blanks", "ä", "1.5.0",
)  # fmt: skip


class NoSample(Exception):
    """Chance found nothing that fits; for a field that may be missing, it is left out."""


class Sampler:
    """Values of schemas as `schemas.schema_of` makes them, of a CRD.

    `words` are texts by the name of their field, used for half of these fields.
    """

    def __init__(self, seed: int, words: Mapping[str, Sequence[str]]) -> None:
        self._random = Random(seed)
        self._words = words

    def value(self, schema: Schema, fill: float, name: str = "") -> Any:
        """A value for the field `name`; each optional field in it is there with the probability `fill`."""
        for _ in range(40):
            value = self._draw(schema, fill, name)
            if not field_errors(schema, value):
                return value
        raise NoSample(str(schema)[:200])

    def _draw(self, schema: Schema, fill: float, name: str) -> Any:
        if "enum" in schema:
            return self._random.choice([item for item in schema["enum"] if item is not None])
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self._random.choice([name for name in kind if name != "null"])
        match kind:
            case "object":
                return self._object(schema, fill)
            case "array":
                return self._array(schema, fill, name)
            case "string":
                return self._string(schema, name)
            case "integer" | "number":
                low, high = schema.get("minimum", -(2**31)), schema.get("maximum", 2**31 - 1)
                near = [low, high, *(number for number in (0, 1, 7, 8000) if low <= number <= high)]
                return self._random.choice(near)
            case "boolean":
                return self._random.choice([True, False])
        raise NoSample(str(schema)[:200])

    def _string(self, schema: Schema, name: str) -> str:
        if name in self._words and self._random.random() < 0.5:
            return self._random.choice(self._words[name])
        longest, pattern = schema.get("maxLength", 1000), schema.get("pattern", "")
        fitting = [
            word
            for word in WORDS
            if schema.get("minLength", 0) <= len(word) <= longest and re.search(pattern, word)
        ]  # fmt: skip
        if not fitting:
            raise NoSample(str(schema)[:200])
        return self._random.choice(fitting)

    def _array(self, schema: Schema, fill: float, name: str) -> list[Any]:
        low = schema.get("minItems", 0)
        count = self._random.randint(low, min(schema.get("maxItems", low + 2), low + 2))
        return [self.value(schema["items"], fill, name) for _ in range(count)]

    def _object(self, schema: Schema, fill: float) -> dict[str, Any]:
        fields = schema.get("properties")
        if fields is None:
            entries = schema.get("additionalProperties")
            if not isinstance(entries, dict):
                return {}
            names = self._random.sample(["app", "example.com/role", "tier"], k=self._random.randint(0, 2))
            return {name: self.value(entries, fill, name) for name in names}
        required = set(schema.get("required", []))
        wanted = {name for name in fields if name in required or self._random.random() < fill}
        value: dict[str, Any] = {}
        # Of the members of a union only that of the type may be there.
        members = {name.lower(): name for name in fields}
        types = [item for item in fields.get("type", {}).get("enum", []) if item.lower() in members]
        if types:
            value["type"] = self._random.choice(types)
            wanted = (wanted - {members[item.lower()] for item in types}) | {members[value["type"].lower()]}
        for name in sorted(wanted - value.keys()):
            try:
                value[name] = self.value(fields[name], fill, name)
            except NoSample:
                if name in required:
                    raise
        return value


@dataclass(frozen=True)
class Mutation:
    """A small change that makes a value of a schema a wrong one."""

    # The field with the positions in lists as `[]`, and what is wrong with it.
    field: str
    fault: str
    # The field as messages should name it.
    path: str
    value: Any


def mutations(schema: Schema, whole: Any) -> Iterator[Mutation]:
    """All changes of one field, each applied to a copy of `whole`."""
    for keys, here, value in places(schema, whole, ()):
        for fault, wrong in faults(here, value):
            # Not a deep copy, which would keep shared parts shared.
            changed = json.loads(json.dumps(whole))
            at = changed
            for key in keys[:-1]:
                at = at[key]
            path = keys
            if fault.startswith("without "):
                del at[keys[-1]][fault.removeprefix("without ")]
                path = (*keys, fault.removeprefix("without "))
                fault = "missing"
            else:
                at[keys[-1]] = wrong
            yield Mutation(written(path, "[]"), fault, written(path), changed)


def written(keys: tuple[str | int, ...], index: str | None = None) -> str:
    text = ""
    for key in keys:
        text += (index or f"[{key}]") if isinstance(key, int) else f".{key}"
    return text.removeprefix(".")


Place = tuple[tuple[str | int, ...], Schema, Any]


def places(schema: Schema, value: Any, keys: tuple[str | int, ...]) -> Iterator[Place]:
    """The fields of a value, from the outside in, with their schemas; not the whole value itself."""
    schema = resolved(schema)
    if keys:
        yield keys, schema, value
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(schema.get("items", {}), item, (*keys, index))
    elif isinstance(value, dict):
        fields, entries = schema.get("properties", {}), schema.get("additionalProperties")
        entries = entries if isinstance(entries, dict) else {}
        for key, item in value.items():
            yield from places(fields.get(key, entries), item, (*keys, key))


def faults(schema: Schema, value: Any) -> Iterator[tuple[str, Any]]:
    """Names of faults and the values that have them; `without NAME` for a missing field."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    others = {"object": "text", "array": {"a": "b"}, "string": 7, "integer": "seven", "boolean": "perhaps"}
    if len(kinds) == 1 and kinds[0] in others:
        yield "type", others[kinds[0]]
        yield "list", [["nested"]] if kinds[0] == "array" else ["listed"]
    if "enum" in schema:
        yield "enum", "Nonsense"
    if "minimum" in schema:
        yield "minimum", schema["minimum"] - 1
    if "maximum" in schema:
        yield "maximum", schema["maximum"] + 1
    if schema.get("format") == "int32" and "maximum" not in schema:
        yield "maximum", 2**31
    if kinds == ["string"]:
        if schema.get("minLength", 0) > 0:
            yield "minLength", ""
        if "maxLength" in schema:
            yield "maxLength", "a" * (schema["maxLength"] + 1)
        if "pattern" in schema and not re.search(schema["pattern"], "\u00a0no\tmatch "):
            yield "pattern", "\u00a0no\tmatch "
    if isinstance(value, list):
        if schema.get("minItems", 0) > 0:
            yield "minItems", []
        if "maxItems" in schema and value:
            yield "maxItems", [value[0]] * (schema["maxItems"] + 1)
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name in value:
                yield f"without {name}", None
