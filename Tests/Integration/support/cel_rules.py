"""The rules of CRDs beyond their types (`x-kubernetes-validations`), which are written in CEL."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import cel

# Words that CEL keeps to itself (Kubernetes, "Validation rules"): a field of that name is `__namespace__` in a rule.
RESERVED = {
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
    "namespace", "null", "package", "return", "true", "var", "void", "while",
}  # fmt: skip


@cache
def program(rule: str) -> cel.Program:
    return cel.compile(rule)


def context(value: Any) -> cel.Context:
    """The value as `self`, and what Kubernetes adds to CEL's own functions, as far as our CRDs use it."""
    variables = cel.Context({"self": value})
    variables.add_function("split", str.split)
    return variables


def is_transition(rule: dict[str, Any]) -> bool:
    """It compares an object with the one before: there is none for a manifest."""
    return "oldSelf" in rule["rule"]


def identifier(name: str) -> str:
    if name in RESERVED:
        return f"__{name}__"
    name = name.replace("__", "__underscores__")
    for character, word in ((".", "dot"), ("-", "dash"), ("/", "slash")):
        name = name.replace(character, f"__{word}__")
    return name


def as_cel(schema: dict[str, Any], value: Any) -> Any:
    """The value with the names of its schema's fields as rules write them; keys of maps stay."""
    if isinstance(value, list):
        return [as_cel(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = schema.get("properties")
    if fields is None:
        entries = schema.get("additionalProperties")
        entries = entries if isinstance(entries, dict) else {}
        return {key: as_cel(entries, item) for key, item in value.items()}
    return {identifier(key): as_cel(fields.get(key, {}), item) for key, item in value.items()}


def broken_rules(schema: dict[str, Any], value: Any) -> Iterator[str]:
    """The messages of the rules of this schema, not of those inside, that the value breaks."""
    rules = [rule for rule in schema.get("x-kubernetes-validations", []) if not is_transition(rule)]
    if not rules:
        return
    given = as_cel(schema, value)
    for rule in rules:
        try:
            holds = program(rule["rule"]).execute(context(given))
        except KeyError:
            # A field that is not there, which the API server reports as the rule's failure as well.
            holds = False
        if holds is not True:
            yield rule.get("message", rule["rule"])
