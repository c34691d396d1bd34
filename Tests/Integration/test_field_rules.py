"""Fields out of range or at odds with each other: vLLM's own messages (vLLM 0.33, request fields and sampling)."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.refusals import BODIES, refusal
from support.server import Server

RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"n": 0}, "n", "n must be at least 1, got 0."),
    ({"n": -3}, "n", "n must be at least 1, got -3."),
    ({"n": 16385}, "n", "n must be at most 16384"),
    ({"n": 2, "temperature": 0}, "n", "n must be 1 when using greedy sampling, got 2."),
    ({"temperature": -0.5}, "temperature", "temperature must be non-negative, got -0.5."),
    ({"temperature": 2.5}, "temperature", "temperature must be in [0, 2], got 2.5."),
    ({"top_p": 0}, "top_p", "top_p must be in (0, 1], got 0"),
    ({"top_p": 1.5}, "top_p", "top_p must be in (0, 1], got 1.5."),
    ({"top_p": -1}, "top_p", "top_p must be in (0, 1], got -1"),
    ({"top_k": -2}, "top_k", "top_k must be 0 (disable), or at least 1, got -2."),
    ({"presence_penalty": 2.5}, "presence_penalty", "presence_penalty must be in [-2, 2], got 2.5."),
    ({"frequency_penalty": -2.5}, "frequency_penalty", "frequency_penalty must be in [-2, 2], got -2.5."),
    ({"repetition_penalty": 0}, "repetition_penalty", "repetition_penalty must be greater than zero, got 0"),
    ({"max_tokens": 0}, "max_tokens", "max_tokens must be at least 1, got 0."),
    ({"max_tokens": -1}, "max_tokens", "max_tokens must be at least 1, got -1."),
    ({"min_tokens": -1}, "min_tokens", "min_tokens must be greater than or equal to 0, got -1."),
    (
        {"min_tokens": 9, "max_tokens": 5}, "min_tokens",
        "min_tokens must be less than or equal to max_tokens=5, got 9.",
    ),
    (
        {"stream_options": {"include_usage": True}}, "stream_options",
        "Stream options can only be defined when `stream=True`.",
    ),
    (
        {"prompt_logprobs": 1, "stream": True}, "prompt_logprobs",
        "`prompt_logprobs` are not available when `stream=True`.",
    ),
    ({"stop": ["a", ""]}, "stop", "stop cannot contain an empty string."),
    ({"stop": ""}, "stop", "stop cannot contain an empty string."),
    ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "4"),
    (
        {"logit_bias": {"a": 1}}, "logit_bias",
        "logit_bias contains key(s) that cannot be converted to integer token IDs: a",
    ),
    ({"cache_salt": ""}, "cache_salt", "Parameter 'cache_salt' must be a non-empty string if provided."),
    ({"cache_salt": "s" * 129}, "cache_salt", "128"),
    (
        {"structured_outputs": {"json": {}, "regex": "x"}}, "structured_outputs",
        "You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').",
    ),
    (
        {"response_format": {"type": "json_schema"}}, "response_format",
        "When response_format type is 'json_schema', the 'json_schema' field must be provided.",
    ),
    (
        {"stream": True, "kv_transfer_params": {"do_remote_decode": True}}, "kv_transfer_params",
        "Prefill does not support streaming",
    ),
]  # fmt: skip
CHAT_RULES: list[tuple[dict[str, Any], str | None, str]] = [
    ({"top_logprobs": 2}, "top_logprobs", "when using `top_logprobs`, `logprobs` must be set to true."),
    ({"logprobs": True, "top_logprobs": -2}, "top_logprobs", "`top_logprobs` must be a positive value or -1."),
    (
        {"logprobs": True, "top_logprobs": 21}, "top_logprobs",
        "Requested sample logprobs of 21, which is greater than max allowed: 20",
    ),
    (
        {"tools": []}, "tools",
        "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.",
    ),
    ({"tool_choice": "auto"}, "tool_choice", "When using `tool_choice`, `tools` must be set."),
    (
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "often"}, "tool_choice",
        'Invalid value for `tool_choice`: often! Only named tools, "none", "auto" or "required" are supported.',
    ),
    (
        {
            "tools": [{"type": "function", "function": {"name": "f"}}],
            "tool_choice": {"type": "function", "function": {"name": "g"}},
        },
        "tool_choice", "The tool specified in `tool_choice` does not match any of the specified `tools`",
    ),
    (
        {"continue_final_message": True, "add_generation_prompt": True}, None,
        "Cannot set both `continue_final_message` and `add_generation_prompt` to True.",
    ),
    ({"max_completion_tokens": 0}, "max_completion_tokens", "must be at least 1, got 0."),
    ({"messages": []}, "messages", "messages"),
]  # fmt: skip
COMPLETION_RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": ""}, "prompt", "Either prompt or prompt_embeds must be provided and non-empty."),
    ({"prompt": None}, "prompt", "Either prompt or prompt_embeds must be provided and non-empty."),
    ({"prompt": []}, "prompt", "prompt array must contain at least one prompt"),
    ({"prompt": ["a", ""]}, "prompt", "prompt must not contain an empty string"),
    ({"prompt": [[1], []]}, "prompt", "prompt must not contain an empty token-id array"),
    ({"prompt": [[]]}, "prompt", "prompt must not contain an empty token-id array"),
    ({"prompt": ["a"] * 1025}, "prompt", "1024"),
    ({"logprobs": -2}, "logprobs", "logprobs must be non-negative or -1, got -2."),
    ({"logprobs": 21}, "logprobs", "Requested sample logprobs of 21, which is greater than max allowed: 20"),
    ({"suffix": "x", "echo": True}, "suffix", "Echo is unsupported with suffix."),
]


@pytest.fixture(autouse=True)
def alive(server: Server) -> Iterator[None]:
    yield
    server.assert_healthy()


@pytest.mark.parametrize(
    ("path", "fields", "param", "message"),
    [
        *((path, *rule) for path in BODIES for rule in RULES),
        *(("/v1/chat/completions", *rule) for rule in CHAT_RULES),
        *(("/v1/completions", *rule) for rule in COMPLETION_RULES),
    ],
)
def test_rules(server: Server, path: str, fields: dict[str, Any], param: str | None, message: str) -> None:
    error = refusal(server, path, BODIES[path] | fields)
    assert message in error["message"]
    assert error["param"] == param


@pytest.mark.parametrize(
    "field", ["max_tokens", "n", "min_tokens", "seed", "top_k", "priority", "logprobs", "stream_interval"]
)
@pytest.mark.parametrize(
    "number",
    [
        "1e30",
        "-1e30",
        "1e400",
        "-1e400",
        "9223372036854775808",
        "-9223372036854775809",
        "1" * 400,
        "0.1",
        "1e-400",
        "2147483648.5",
    ],
)
def test_extreme_numbers(server: Server, field: str, number: str) -> None:
    """Numbers that no counter holds are refused, not wrapped around."""
    body = f'{{"prompt":"x","{field}":{number}}}'.encode()
    answer = server.post("/v1/completions", content=body)
    if number == "1e-400" and answer.status_code == 200:
        return  # Zero, where zero is legal.
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["param"] == field or field in error["message"]


@pytest.mark.parametrize("field", ["temperature", "top_p", "min_p", "presence_penalty", "repetition_penalty"])
@pytest.mark.parametrize("number", ["1e308", "-1e308", "1e400", "-1e400"])
def test_extreme_fractions(server: Server, field: str, number: str) -> None:
    body = f'{{"prompt":"x","max_tokens":1,"{field}":{number}}}'.encode()
    answer = server.post("/v1/completions", content=body)
    if field == "repetition_penalty" and number == "1e308":
        assert answer.status_code == 200
        return
    assert answer.status_code == 400 and answer.json()["error"]["param"] == field


@pytest.mark.parametrize("number", ["3.0", "3e0", "30e-1"])
def test_whole_numbers_in_another_notation(server: Server, number: str) -> None:
    answer = server.post(
        "/v1/completions", content=f'{{"prompt":"x","ignore_eos":true,"max_tokens":{number}}}'.encode()
    )
    assert answer.status_code == 200 and answer.json()["usage"]["completion_tokens"] == 3
