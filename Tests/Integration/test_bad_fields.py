"""Fields of the wrong type or out of range: 400 that names the field (vLLM 0.33, request fields and sampling)."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.server import Server

CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
COMPLETION: dict[str, Any] = {"prompt": "x", "max_tokens": 1}
BODIES = {"/v1/chat/completions": CHAT, "/v1/completions": COMPLETION}

WRONG: dict[str, list[Any]] = {
    "string": [5, 1.5, True, [], {}],
    "boolean": ["maybe", 7, 1.5, [], {}],
    "integer": ["abc", 1.5, [], {}, 10**30, -(10**30)],
    "number": ["abc", [], {}],
    "object": [5, "x", True, []],
    "array": [5, "x", True, {}],
}

COMMON: dict[str, str] = {
    "model": "string", "frequency_penalty": "number", "presence_penalty": "number", "logit_bias": "object",
    "max_tokens": "integer", "n": "integer", "seed": "integer", "stream": "boolean", "stream_options": "object",
    "temperature": "number", "top_p": "number", "user": "string", "response_format": "object",
    "top_k": "integer", "min_p": "number", "repetition_penalty": "number", "length_penalty": "number",
    "use_beam_search": "boolean", "stop_token_ids": "array", "include_stop_str_in_output": "boolean",
    "ignore_eos": "boolean", "min_tokens": "integer", "skip_special_tokens": "boolean",
    "spaces_between_special_tokens": "boolean", "bad_words": "array", "allowed_token_ids": "array",
    "truncate_prompt_tokens": "integer", "truncation_side": "string", "prompt_logprobs": "integer",
    "logprob_token_ids": "array", "thinking_token_budget": "integer", "repetition_detection": "object",
    "stream_interval": "integer", "echo": "boolean", "add_special_tokens": "boolean", "structured_outputs": "object",
    "priority": "integer", "request_id": "string", "session_id": "string", "cache_salt": "string",
    "return_tokens_as_token_ids": "boolean", "return_token_ids": "boolean", "return_token_offsets": "boolean",
    "return_prompt_text": "boolean", "return_weight_versions": "boolean", "kv_transfer_params": "object",
    "ec_transfer_params": "object", "vllm_xargs": "object", "routed_experts_prompt_start": "integer",
}  # fmt: skip
ONLY_CHAT: dict[str, str] = {
    "messages": "array", "logprobs": "boolean", "top_logprobs": "integer", "max_completion_tokens": "integer",
    "tools": "array", "parallel_tool_calls": "boolean", "reasoning_effort": "string",
    "add_generation_prompt": "boolean", "continue_final_message": "boolean", "documents": "array",
    "chat_template": "string", "chat_template_kwargs": "object", "media_io_kwargs": "object",
    "mm_processor_kwargs": "object", "include_reasoning": "boolean", "return_mm_kwargs": "boolean",
}  # fmt: skip
ONLY_COMPLETIONS: dict[str, str] = {"logprobs": "integer", "suffix": "string"}

FIELDS = [
    *((path, field, kind) for path in BODIES for field, kind in COMMON.items()),
    *(("/v1/chat/completions", field, kind) for field, kind in ONLY_CHAT.items()),
    *(("/v1/completions", field, kind) for field, kind in ONLY_COMPLETIONS.items()),
]


@pytest.fixture(autouse=True)
def alive(server: Server) -> Iterator[None]:
    yield
    server.assert_healthy()


def refusal(server: Server, path: str, body: Any, **options: Any) -> dict[str, Any]:
    """The error object of a request that must be refused with 400."""
    answer = server.post(path, body, **options)
    assert answer.status_code == 400, f"{body}: {answer.status_code} {answer.text[:300]}"
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["code"] == 400
    return error


@pytest.mark.parametrize(("path", "field", "kind"), FIELDS)
def test_wrong_type(server: Server, path: str, field: str, kind: str) -> None:
    for value in WRONG[kind]:
        error = refusal(server, path, BODIES[path] | {field: value})
        assert error["param"] is not None and error["param"].split(".")[0] == field, (value, error)
        assert field in error["message"], (value, error)


@pytest.mark.parametrize(("path", "field", "kind"), FIELDS)
def test_null_is_as_good_as_absent(server: Server, path: str, field: str, kind: str) -> None:
    if field == "messages":
        return
    answer = server.post(path, BODIES[path] | {field: None})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("path", "fields", "param"),
    [
        ("/v1/completions", {"prompt": 5}, "prompt"),
        ("/v1/completions", {"prompt": True}, "prompt"),
        ("/v1/completions", {"prompt": {}}, "prompt"),
        ("/v1/completions", {"prompt": ["a", 5]}, "prompt.1"),
        ("/v1/completions", {"prompt": [1, "a"]}, "prompt.1"),
        ("/v1/completions", {"prompt": [1, 2.5]}, "prompt.1"),
        ("/v1/completions", {"prompt": [-1]}, "prompt.0"),
        ("/v1/completions", {"prompt": [4294967296]}, "prompt.0"),
        ("/v1/completions", {"prompt": [[1], ["a"]]}, "prompt.1.0"),
        ("/v1/completions", {"prompt": [[1], 2]}, "prompt.1"),
        ("/v1/completions", {"prompt": [None]}, "prompt.0"),
        ("/v1/completions", {"stop": 5}, "stop"),
        ("/v1/completions", {"stop": ["a", 5]}, "stop.1"),
        ("/v1/completions", {"stop": {}}, "stop"),
        ("/v1/completions", {"stop_token_ids": ["a"]}, "stop_token_ids.0"),
        ("/v1/completions", {"stop_token_ids": [-5]}, "stop_token_ids.0"),
        ("/v1/completions", {"bad_words": [1]}, "bad_words.0"),
        ("/v1/completions", {"logit_bias": {"5": "x"}}, "logit_bias.5"),
        ("/v1/completions", {"stream": True, "stream_options": {"include_usage": "x"}}, "stream_options.include_usage"),
        ("/v1/completions", {"kv_transfer_params": {"do_remote_decode": 5}}, "kv_transfer_params.do_remote_decode"),
        ("/v1/completions", {"response_format": {"type": 5}}, "response_format.type"),
        ("/v1/completions", {"response_format": {}}, "response_format.type"),
        ("/v1/chat/completions", {"messages": [5]}, "messages.0"),
        ("/v1/chat/completions", {"messages": [{}]}, "messages.0.role"),
        ("/v1/chat/completions", {"messages": [{"role": 5, "content": "x"}]}, "messages.0.role"),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": [5]}]}, "messages.0.content.0"),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": [{}]}]}, "messages.0.content.0.type"),
        (
            "/v1/chat/completions", {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages.0.content.0.text",
        ),
        (
            "/v1/chat/completions", {"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]},
            "messages.0.content.0.text",
        ),
        ("/v1/chat/completions", {"messages": [{"role": "user", "tool_calls": 5}]}, "messages.0.tool_calls"),
        ("/v1/chat/completions", {"tool_choice": 5}, "tool_choice"),
        ("/v1/chat/completions", {"tools": [5]}, "tools.0"),
        ("/v1/chat/completions", {"tools": [{"type": "function"}]}, "tools.0.function"),
    ],
)  # fmt: skip
def test_wrong_type_inside(server: Server, path: str, fields: dict[str, Any], param: str) -> None:
    error = refusal(server, path, BODIES[path] | fields)
    assert error["param"] == param
    assert param in error["message"]


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
    ({"logit_bias": {"a": 1}}, "logit_bias", "logit_bias contains key(s) that cannot be converted to integer token IDs: "),
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
    ({"stream": True, "kv_transfer_params": {"do_remote_decode": True}}, "kv_transfer_params", "Prefill does not support streaming"),
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


@pytest.mark.parametrize("field", ["max_tokens", "n", "min_tokens", "seed", "top_k", "priority", "logprobs", "stream_interval"])
@pytest.mark.parametrize(
    "number",
    ["1e30", "-1e30", "1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "1" * 400, "0.1", "1e-400", "2147483648.5"],
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
    answer = server.post("/v1/completions", content=f'{{"prompt":"x","ignore_eos":true,"max_tokens":{number}}}'.encode())
    assert answer.status_code == 200 and answer.json()["usage"]["completion_tokens"] == 3


# The context


@pytest.mark.parametrize("stream", [True, False])
def test_prompt_over_the_context(server: Server, stream: bool) -> None:
    """Both numbers are named."""
    error = refusal(server, "/v1/completions", {"prompt": "word " * 1500, "stream": stream})
    assert error["message"].startswith(
        "This model's maximum context length is 1024 tokens. However, your prompt contains 1500 input tokens"
    )
    assert "(parameter=input_tokens, value=1500)" in error["message"] and error["param"] == "input_tokens"
    chat = refusal(
        server, "/v1/chat/completions", {"messages": [{"role": "user", "content": "word " * 1500}], "stream": stream}
    )
    assert "1024" in chat["message"] and "1505" in chat["message"]


@pytest.mark.parametrize("stream", [True, False])
def test_maximum_over_the_context(server: Server, stream: bool) -> None:
    error = refusal(server, "/v1/completions", {"prompt": "Hello world", "max_tokens": 5000, "stream": stream})
    assert error["message"] == (
        "This model's maximum context length is 1024 tokens. However, you requested 5002 tokens (2 in the messages, "
        "5000 in the completion). Please reduce the length of the messages or completion"
    )


def test_exactly_the_context(server: Server) -> None:
    assert server.complete("word " * 1000, max_tokens=24)["usage"]["prompt_tokens"] == 1000
    refusal(server, "/v1/completions", {"prompt": "word " * 1000, "max_tokens": 25})
    refusal(server, "/v1/completions", {"prompt": "word " * 1024})
    assert server.complete("word " * 1023)["usage"]["completion_tokens"] == 1


# Other endpoints


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/tokenize", {"prompt": 5}, "prompt"),
        ("/tokenize", {"prompt": ["a"]}, "prompt"),
        ("/tokenize", {"messages": 5}, "messages"),
        ("/tokenize", {"messages": [{"content": "x"}]}, "messages.0.role"),
        ("/tokenize", {"prompt": "x", "model": 5}, "model"),
        ("/tokenize", {"prompt": "x", "return_token_strs": "maybe"}, "return_token_strs"),
        ("/tokenize", {"prompt": "x", "add_special_tokens": []}, "add_special_tokens"),
        ("/detokenize", {}, "tokens"),
        ("/detokenize", {"tokens": 5}, "tokens"),
        ("/detokenize", {"tokens": None}, "tokens"),
        ("/detokenize", {"tokens": ["a"]}, "tokens.0"),
        ("/detokenize", {"tokens": [1.5]}, "tokens.0"),
        ("/detokenize", {"tokens": [-1]}, "tokens.0"),
        ("/detokenize", {"tokens": [1], "model": []}, "model"),
        ("/v1/load_lora_adapter", {"lora_name": 5, "lora_path": "p"}, "lora_name"),
        ("/v1/load_lora_adapter", {"lora_name": "n", "lora_path": []}, "lora_path"),
        ("/v1/load_lora_adapter", {"lora_name": "n", "lora_path": "p", "load_inplace": "x"}, "load_inplace"),
        ("/v1/load_lora_adapter", {"lora_name": "n", "lora_path": "p", "is_3d_lora_weight": "x"}, "is_3d_lora_weight"),
        ("/v1/unload_lora_adapter", {"lora_name": 5}, "lora_name"),
        ("/v1/unload_lora_adapter", {"lora_name": "n", "lora_int_id": "x"}, "lora_int_id"),
    ],
)
def test_other_endpoints(server: Server, path: str, body: dict[str, Any], param: str) -> None:
    error = refusal(server, path, body)
    assert error["param"] == param and param in error["message"]


@pytest.mark.parametrize("name", ["nope", "", "x" * 10_000, "Test-Model", "test-model ", "../test-model", "test-model\x00"])
@pytest.mark.parametrize("path", BODIES)
def test_unknown_model(server: Server, path: str, name: str) -> None:
    for stream in (True, False):
        answer = server.post(path, BODIES[path] | {"model": name, "stream": stream})
        assert answer.status_code == 404
        assert answer.json() == {
            "error": {
                "message": f"The model `{name}` does not exist.", "type": "NotFoundError", "param": "model",
                "code": 404,
            }
        }  # fmt: skip
