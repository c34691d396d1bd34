"""Chat completions through the official SDK (vLLM 0.33, chat completions and streaming rules)."""

import asyncio
import base64
from typing import Any

import openai
import pytest

from support.server import MODEL, Server

MESSAGES: Any = [{"role": "user", "content": "Hello, how are you?"}]


@pytest.fixture(scope="module")
def client(server: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=20)


def test_answer(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, max_tokens=12, extra_body={"ignore_eos": True}
    )
    assert answer.object == "chat.completion" and answer.id.startswith("chatcmpl-") and answer.model == MODEL
    (choice,) = answer.choices
    assert choice.message.role == "assistant" and choice.message.content
    assert choice.finish_reason == "length"
    assert choice.message.tool_calls is None
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 12
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 12
    assert answer.usage.prompt_tokens_details is not None and answer.usage.prompt_tokens_details.cached_tokens == 0
    assert answer.system_fingerprint is not None and answer.system_fingerprint.startswith("vllm-0.33.0-")


def test_stream(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, max_completion_tokens=7, stream=True, extra_body={"ignore_eos": True}
    )
    chunks = list(stream)
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[0].choices[0].delta.content == ""
    assert len([chunk for chunk in chunks if chunk.choices[0].delta.content]) == 7
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * 7 + ["length"]
    assert all(chunk.usage is None for chunk in chunks)


def test_stream_with_usage(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model=MODEL,
        messages=MESSAGES,
        max_tokens=5,
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"ignore_eos": True},
    )
    *deltas, last = list(stream)
    assert all(chunk.usage is None for chunk in deltas)
    assert last.choices == [] and last.usage is not None
    assert last.usage.completion_tokens == 5
    assert last.usage.total_tokens == last.usage.prompt_tokens + 5


def test_usage_in_every_frame(client: openai.OpenAI) -> None:
    # vLLM's extension, which the SDK's types do not know.
    options: Any = {"include_usage": True, "continuous_usage_stats": True}
    stream = client.chat.completions.create(
        model=MODEL,
        messages=MESSAGES,
        max_tokens=4,
        stream=True,
        extra_body={"ignore_eos": True},
        stream_options=options,
    )
    counts = [chunk.usage.completion_tokens for chunk in stream if chunk.usage is not None]
    assert counts == [0, 1, 2, 3, 4, 4]


def test_several_choices(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, n=3, max_tokens=6, extra_body={"ignore_eos": True}
    )
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert answer.usage is not None and answer.usage.completion_tokens == 18
    single = client.chat.completions.create(model=MODEL, messages=MESSAGES, max_tokens=1)
    assert single.usage is not None and answer.usage.prompt_tokens == single.usage.prompt_tokens


def test_several_choices_in_a_stream(client: openai.OpenAI) -> None:
    texts = ["", "", ""]
    roles: list[int] = []
    reasons: dict[int, str] = {}
    for chunk in client.chat.completions.create(
        model=MODEL, messages=MESSAGES, n=3, max_tokens=6, stream=True, extra_body={"ignore_eos": True}
    ):
        (choice,) = chunk.choices
        if choice.delta.role:
            roles.append(choice.index)
        texts[choice.index] += choice.delta.content or ""
        if choice.finish_reason:
            assert choice.index not in reasons
            reasons[choice.index] = choice.finish_reason
    assert sorted(roles) == [0, 1, 2] and all(texts)
    assert reasons == {0: "length", 1: "length", 2: "length"}


def test_logprobs(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, max_tokens=4, logprobs=True, top_logprobs=2, extra_body={"ignore_eos": True}
    )
    choice = answer.choices[0]
    assert choice.logprobs is not None and choice.logprobs.content is not None
    assert "".join(entry.token for entry in choice.logprobs.content) == choice.message.content
    for entry in choice.logprobs.content:
        assert entry.bytes == list(entry.token.encode())
        assert len(entry.top_logprobs) == 2
        assert entry.top_logprobs[0].token == entry.token and entry.top_logprobs[0].logprob == entry.logprob
        assert entry.top_logprobs[1].logprob < entry.logprob < 0


def test_logprobs_in_a_stream(client: openai.OpenAI) -> None:
    text, tokens = "", ""
    for chunk in client.chat.completions.create(
        model=MODEL, messages=MESSAGES, max_tokens=4, logprobs=True, top_logprobs=1, stream=True
    ):
        (choice,) = chunk.choices
        text += choice.delta.content or ""
        if choice.logprobs is not None:
            tokens += "".join(entry.token for entry in choice.logprobs.content or [])
    assert text and tokens == text


def test_stop(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, max_tokens=40, seed=7, extra_body={"ignore_eos": True}
    ).choices[0]
    content = whole.message.content or ""
    word = content.split(" ")[4]
    cut = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, max_tokens=40, seed=7, stop=[word], extra_body={"ignore_eos": True}
    ).choices[0]
    assert cut.finish_reason == "stop"
    assert cut.message.content == content[: content.index(word)]
    assert (cut.model_extra or {})["stop_reason"] == word


def test_newer_maximum_wins(server: Server) -> None:
    answer = server.chat(max_tokens=9, max_completion_tokens=4, ignore_eos=True)
    assert answer["usage"]["completion_tokens"] == 4


def test_content_parts_of_text(client: openai.OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "Hello, how "}, {"type": "text", "text": "are you?"}]
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": parts}],
        max_tokens=2,
    )
    assert answer.choices[0].message.content


def test_raw_response_shows_headers(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=MESSAGES, max_tokens=1)
    assert raw.headers["content-type"] == "application/json"
    assert "date" in raw.headers
    assert raw.parse().choices[0].message.role == "assistant"


def test_default_model(server: Server) -> None:
    """A request without `model` uses the first served model; an empty name is no model."""
    assert server.chat(max_tokens=1)["model"] == MODEL
    refused = server.post("/v1/chat/completions", {"model": "", "messages": MESSAGES})
    assert refused.status_code == 404
    assert refused.json()["error"]["message"] == "The model `` does not exist."


def test_non_stream_keys(server: Server) -> None:
    """All keys are there, null when unused."""
    answer = server.chat(max_tokens=1)
    assert set(answer) == {
        "id",
        "object",
        "created",
        "model",
        "choices",
        "service_tier",
        "system_fingerprint",
        "usage",
        "prompt_logprobs",
        "prompt_token_ids",
        "prompt_text",
        "kv_transfer_params",
        "ec_transfer_params",
        "metrics",
    }
    (choice,) = answer["choices"]
    assert set(choice) == {
        "index",
        "message",
        "logprobs",
        "finish_reason",
        "stop_reason",
        "token_ids",
        "routed_experts",
        "weight_versions",
    }
    assert set(choice["message"]) == {
        "role",
        "content",
        "refusal",
        "annotations",
        "audio",
        "function_call",
        "reasoning",
    }
    assert set(answer["usage"]) == {
        "prompt_tokens",
        "total_tokens",
        "completion_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
    }


def test_async_client(server: Server) -> None:
    async def run() -> tuple[list[str], str]:
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
            answers = await asyncio.gather(
                *(client.chat.completions.create(model=MODEL, messages=MESSAGES, max_tokens=3) for _ in range(4))
            )
            stream = await client.chat.completions.create(model=MODEL, messages=MESSAGES, max_tokens=3, stream=True)
            text = ""
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
            return [answer.id for answer in answers], text

    ids, text = asyncio.run(run())
    assert len(set(ids)) == 4 and text


def test_unavailable_features_are_said_so(server: Server) -> None:
    """A field whose feature comes later is refused, never ignored."""
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    picture = base64.b64encode(b"x").decode()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"tools": [tool]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"structured_outputs": {"choice": ["a", "b"]}}, "structured_outputs"),
        ({"prompt_logprobs": 1}, "prompt_logprobs"),
        ({"use_beam_search": True}, "use_beam_search"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": picture}}]}]},
            "messages.0.content.0",
        ),
    ]
    for fields, name in cases:
        answer = server.post("/v1/chat/completions", {"messages": MESSAGES} | fields)
        assert answer.status_code == 400, (name, answer.text)
        error = answer.json()["error"]
        assert "not available yet" in error["message"] and error["param"] == name
