"""Fields of the wrong type: 400 that names the field (vLLM 0.33, request fields and sampling)."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.refusals import BODIES, CHAT, COMPLETION, refusal
from support.server import Server

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


def test_fields_that_change_nothing_are_accepted(server: Server) -> None:
    """Samplers and hints cannot change made-up text, and are no reason to refuse."""
    fields: dict[str, Any] = {
        "temperature": 0.7, "top_p": 0.9, "top_k": 40, "min_p": 0.05, "presence_penalty": 1,
        "frequency_penalty": -0.5,
        "repetition_penalty": 1.1, "length_penalty": 1.0, "logit_bias": {"5": -100, "7": 1.5}, "user": "someone",
        "bad_words": ["no"], "allowed_token_ids": [1, 2, 3], "skip_special_tokens": False, "priority": 0,
        "spaces_between_special_tokens": False, "vllm_xargs": {"a": 1}, "request_id": "r", "session_id": "s",
        "cache_salt": "salt", "response_format": {"type": "text"}, "use_beam_search": False, "stream_options": {},
        "truncation_side": "left", "thinking_token_budget": -1, "kv_transfer_params": {}, "prompt_logprobs": None,
        "best_of": 3, "add_special_tokens": True, "return_token_ids": False,
    }  # fmt: skip
    chat: dict[str, Any] = {
        "reasoning_effort": "high", "parallel_tool_calls": False, "include_reasoning": True, "documents": [{"a": 1}],
        "chat_template_kwargs": {"enable_thinking": False}, "chat_template": "{{ x }}", "tool_choice": "none",
        "service_tier": "auto", "store": False, "metadata": {"k": "v"},
    }  # fmt: skip
    assert server.post("/v1/completions", COMPLETION | fields).status_code == 200
    assert server.post("/v1/chat/completions", CHAT | fields | chat).status_code == 200


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
