"""Comparison of JSON by shape: which keys there are and what type each value has."""

from collections.abc import Iterator
from typing import Any


def kind(value: Any) -> str:
    """JSON's name for the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Where `actual` lacks a key of `expected` or has another type; more keys are no difference.

    Of an array, each expected element is compared to the one at its place, or to the last there is.
    """
    if kind(expected) != kind(actual):
        yield f"{path or '.'}: {kind(expected)} → {kind(actual)}"
    elif isinstance(expected, dict):
        for key, value in expected.items():
            inner = f"{path}.{key}" if path else key
            if key not in actual:
                yield f"{inner}: {kind(value)} → absent"
            else:
                yield from differences(value, actual[key], inner)
    elif isinstance(expected, list):
        if expected and not actual:
            yield f"{path}: elements → none"
        for index, value in enumerate(expected if actual else []):
            yield from differences(value, actual[min(index, len(actual) - 1)], f"{path}[]")
