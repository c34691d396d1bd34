"""Differences between a recorded answer and ours, each as a line of text."""

from collections.abc import Iterator
from typing import Any

from .golden import Response
from .shapes import differences

# Values that depend neither on chance nor on time; `error.…` is compared on its own.
STABLE = {
    "object", "model", "index", "prompt_tokens", "cached_tokens", "role", "owned_by", "root", "parent",
    "max_model_len", "count", "tokens",
}  # fmt: skip


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
