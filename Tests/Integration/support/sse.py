"""Server-sent events as vLLM frames them: `data: …` and an empty line, nothing else."""

import json
from typing import Any

DONE = "[DONE]"


def payloads(body: bytes) -> list[str]:
    """The data of every frame; anything that is not such a frame is an error."""
    text = body.decode()
    assert text.endswith("\n\n"), f"unfinished frame: {text[-200:]!r}"
    found = []
    for frame in text.removesuffix("\n\n").split("\n\n"):
        assert frame.startswith("data: ") and "\n" not in frame, f"not a frame: {frame!r}"
        found.append(frame.removeprefix("data: "))
    return found


def chunks(body: bytes) -> list[dict[str, Any]]:
    """The JSON of every frame of a stream that ends with `[DONE]`."""
    *frames, last = payloads(body)
    assert last == DONE, f"last frame: {last!r}"
    return [json.loads(frame) for frame in frames]


def text_of(frames: list[dict[str, Any]], index: int = 0) -> str:
    """The text of one choice, put together."""
    pieces = []
    for frame in frames:
        for choice in frame["choices"]:
            if choice["index"] == index:
                pieces.append(choice["text"] if "text" in choice else choice["delta"].get("content") or "")
    return "".join(pieces)


def finish_reasons(frames: list[dict[str, Any]]) -> dict[int, list[str]]:
    """The finish reasons of every choice, in order of arrival."""
    reasons: dict[int, list[str]] = {}
    for frame in frames:
        for choice in frame["choices"]:
            if choice["finish_reason"] is not None:
                reasons.setdefault(choice["index"], []).append(choice["finish_reason"])
    return reasons
