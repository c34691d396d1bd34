"""Completions through the official SDK (vLLM 0.33, completions)."""

import asyncio

import openai
import pytest

from support.server import MODEL, Server


@pytest.fixture(scope="module")
def client(server: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=20)


def test_answer(client: openai.OpenAI) -> None:
    answer = client.completions.create(model=MODEL, prompt="Hello world", max_tokens=9, extra_body={"ignore_eos": True})
    assert answer.object == "text_completion" and answer.id.startswith("cmpl-")
    (choice,) = answer.choices
    assert choice.text and choice.finish_reason == "length" and choice.logprobs is None
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (2, 9, 11)


def test_stream(client: openai.OpenAI) -> None:
    stream = client.completions.create(
        model=MODEL,
        prompt="Hello",
        max_tokens=5,
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"ignore_eos": True},
    )
    *deltas, last = list(stream)
    assert [chunk.choices[0].finish_reason for chunk in deltas] == [None] * 4 + ["length"]
    assert all(chunk.choices[0].text for chunk in deltas)
    assert last.choices == [] and last.usage is not None and last.usage.completion_tokens == 5


@pytest.mark.parametrize(
    ("prompt", "prompt_tokens", "choices"),
    [
        ("a b c", 3, 1),
        (["a b", "c d e"], 5, 2),
        ([11, 22, 33], 3, 1),
        ([[1, 2], [3], [4, 5, 6]], 6, 3),
        ([0, 4294967295], 2, 1),
    ],
)
@pytest.mark.parametrize("n", [1, 2])
def test_prompt_forms(
    client: openai.OpenAI,
    prompt: str | list[str] | list[int] | list[list[int]],
    prompt_tokens: int,
    choices: int,
    n: int,
) -> None:
    answer = client.completions.create(model=MODEL, prompt=prompt, n=n, max_tokens=3, extra_body={"ignore_eos": True})
    assert [choice.index for choice in answer.choices] == list(range(choices * n))
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == prompt_tokens
    assert answer.usage.completion_tokens == 3 * choices * n


def test_echo(client: openai.OpenAI) -> None:
    answer = client.completions.create(
        model=MODEL, prompt=["One two ", "Three four "], echo=True, max_tokens=2, n=2, extra_body={"ignore_eos": True}
    )
    texts = [choice.text for choice in answer.choices]
    assert all(text.startswith("One two ") and len(text) > 8 for text in texts[:2])
    assert all(text.startswith("Three four ") and len(text) > 11 for text in texts[2:])


def test_echo_alone(client: openai.OpenAI) -> None:
    """With a maximum of 0 only the prompt comes back."""
    answer = client.completions.create(model=MODEL, prompt="One two", echo=True, max_tokens=0)
    assert answer.choices[0].text == "One two"
    assert answer.usage is not None and answer.usage.completion_tokens == 0


def test_logprobs(client: openai.OpenAI) -> None:
    answer = client.completions.create(
        model=MODEL, prompt="Hello", max_tokens=5, logprobs=3, extra_body={"ignore_eos": True}
    )
    choice = answer.choices[0]
    logprobs = choice.logprobs
    assert logprobs is not None and logprobs.tokens is not None and logprobs.text_offset is not None
    assert "".join(logprobs.tokens) == choice.text
    assert [choice.text[offset:].startswith(t) for offset, t in zip(logprobs.text_offset, logprobs.tokens)] == [
        True
    ] * 5
    assert logprobs.token_logprobs is not None and all(value < 0 for value in logprobs.token_logprobs)
    assert logprobs.top_logprobs is not None
    assert [len(top) for top in logprobs.top_logprobs] == [3] * 5
    assert all(token in top for token, top in zip(logprobs.tokens, logprobs.top_logprobs))


def test_logprobs_with_echo(client: openai.OpenAI) -> None:
    """The first prompt token has no logprob."""
    answer = client.completions.create(
        model=MODEL, prompt="One two", max_tokens=2, logprobs=1, echo=True, extra_body={"ignore_eos": True}
    )
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None and logprobs.tokens is not None and logprobs.token_logprobs is not None
    assert logprobs.tokens[:2] == ["One ", "two"] and len(logprobs.tokens) == 4
    assert logprobs.token_logprobs[0] is None
    assert all(isinstance(value, float) for value in logprobs.token_logprobs[1:])


def test_stop_string_is_kept_on_request(server: Server) -> None:
    fields = {"max_tokens": 30, "ignore_eos": True, "seed": 3}
    whole = server.complete(**fields)["choices"][0]["text"]
    word = whole.split(" ")[3]
    cut = server.complete(**fields, stop=word)["choices"][0]
    kept = server.complete(**fields, stop=word, include_stop_str_in_output=True)["choices"][0]
    assert cut["text"] == whole[: whole.index(word)]
    assert kept["text"] == cut["text"] + word
    assert cut["finish_reason"] == kept["finish_reason"] == "stop"
    assert cut["stop_reason"] == kept["stop_reason"] == word


def test_stop_waits_for_min_tokens(server: Server) -> None:
    """A stop string does not end the text before `min_tokens`."""
    fields = {"max_tokens": 40, "ignore_eos": True, "seed": 3}
    stop = server.complete(**fields)["choices"][0]["text"].split(" ")[0]
    at_once = server.complete(**fields, stop=stop)
    later = server.complete(**fields, stop=stop, min_tokens=10)
    assert at_once["usage"]["completion_tokens"] < 10 <= later["usage"]["completion_tokens"]


def test_stop_token_ids(server: Server) -> None:
    fields = {"max_tokens": 10, "ignore_eos": True, "seed": 5, "return_token_ids": True}
    ids = server.complete(**fields)["choices"][0]["token_ids"]
    assert len(ids) == 10
    cut = server.complete(**fields, stop_token_ids=[ids[4]])["choices"][0]
    assert cut["finish_reason"] == "stop" and cut["stop_reason"] == ids[4]
    assert len(cut["token_ids"]) == ids.index(ids[4]) + 1


def test_token_ids_match_tokenize(server: Server) -> None:
    answer = server.complete("Hello world", max_tokens=4, ignore_eos=True, return_token_ids=True)
    prompt = server.post("/tokenize", {"prompt": "Hello world"}).json()["tokens"]
    (choice,) = answer["choices"]
    assert choice["prompt_token_ids"] == prompt
    text = server.post("/detokenize", {"tokens": choice["token_ids"]}).json()["prompt"]
    assert text == choice["text"]


def test_async_stream(server: Server) -> None:
    async def run() -> list[str]:
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
            stream = await client.completions.create(model=MODEL, prompt="x", max_tokens=4, stream=True)
            return [chunk.choices[0].text async for chunk in stream]

    assert all(asyncio.run(run()))


def test_non_stream_keys(server: Server) -> None:
    """All keys are there, null when unused."""
    answer = server.complete(max_tokens=1)
    assert set(answer) == {
        "id",
        "object",
        "created",
        "model",
        "choices",
        "service_tier",
        "system_fingerprint",
        "usage",
        "kv_transfer_params",
        "ec_transfer_params",
        "metrics",
    }
    assert set(answer["choices"][0]) == {
        "index",
        "text",
        "logprobs",
        "finish_reason",
        "stop_reason",
        "token_ids",
        "prompt_logprobs",
        "prompt_token_ids",
        "routed_experts",
        "weight_versions",
    }
