"""The exact frames of a stream and their order (vLLM 0.33, streaming rules)."""

import json
from typing import Any

import pytest

from support import sse
from support.raw import Answer
from support.server import MODEL, Server, ServerPool

CHAT = "/v1/chat/completions"
COMPLETIONS = "/v1/completions"


def stream(server: Server, path: str, **fields: Any) -> Answer:
    body: dict[str, Any] = {"max_tokens": 3, "ignore_eos": True, "stream": True}
    body |= {"messages": [{"role": "user", "content": "Hello"}]} if path == CHAT else {"prompt": "Hello"}
    with server.connect() as connection:
        answer = connection.post(path, body | fields)
    assert answer.status == 200, answer.body
    return answer


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_headers(server: Server, path: str) -> None:
    answer = stream(server, path)
    assert answer.header("content-type") == "text/event-stream; charset=utf-8"
    assert answer.header("transfer-encoding") == "chunked"
    assert answer.header("content-length") is None
    assert answer.body.endswith(b"data: [DONE]\n\n")


def test_chat_frames(server: Server) -> None:
    """Every byte but the id, the time and the text is known."""
    frames = sse.payloads(stream(server, CHAT).body)
    first = json.loads(frames[0])
    head = (
        f'{{"id":"{first["id"]}","object":"chat.completion.chunk","created":{first["created"]},"model":"{MODEL}",'
        '"choices":['
    )
    texts = [json.loads(frame)["choices"][0]["delta"]["content"] for frame in frames[1:-1]]
    assert len(texts) == 3 and all(texts)
    tail = f'"system_fingerprint":"{json.loads(frames[3])["system_fingerprint"]}"}}'
    rest = '"finish_reason":null,"token_ids":null}]}'
    assert frames == [
        head + '{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}',
        head + '{"index":0,"delta":{"content":"' + texts[0] + '"},"logprobs":null,' + rest,
        head + '{"index":0,"delta":{"content":"' + texts[1] + '"},"logprobs":null,' + rest,
        head + '{"index":0,"delta":{"content":"' + texts[2] + '"},"logprobs":null,"finish_reason":"length",'
        '"stop_reason":null,"token_ids":null}],' + tail,
        "[DONE]",
    ]  # fmt: skip


def test_completion_frames(server: Server) -> None:
    frames = sse.payloads(stream(server, COMPLETIONS).body)
    first = json.loads(frames[0])
    head = (
        f'{{"id":"{first["id"]}","object":"text_completion","created":{first["created"]},"model":"{MODEL}","choices":['
    )
    texts = [json.loads(frame)["choices"][0]["text"] for frame in frames[:-1]]
    assert len(texts) == 3 and all(texts)
    rest = '"stop_reason":null,"prompt_token_ids":null,"token_ids":null}]'
    tail = f',"system_fingerprint":"{json.loads(frames[2])["system_fingerprint"]}"}}'
    assert frames == [
        head + '{"index":0,"text":"' + texts[0] + '","logprobs":null,"finish_reason":null,' + rest + "}",
        head + '{"index":0,"text":"' + texts[1] + '","logprobs":null,"finish_reason":null,' + rest + "}",
        head + '{"index":0,"text":"' + texts[2] + '","logprobs":null,"finish_reason":"length",' + rest + tail,
        "[DONE]",
    ]


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_usage_frame(server: Server, path: str) -> None:
    """Usage has a frame of its own, after the last delta, and is absent elsewhere."""
    frames = sse.chunks(stream(server, path, stream_options={"include_usage": True}).body)
    assert list(frames[-1]) == ["id", "object", "created", "model", "choices", "usage"]
    assert frames[-1]["choices"] == []
    usage = frames[-1]["usage"]
    assert usage["completion_tokens"] == 3 and usage["total_tokens"] == usage["prompt_tokens"] + 3
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0}
    assert all("usage" not in frame for frame in frames[:-1])


def test_forced_usage(serve: ServerPool) -> None:
    server = serve("--enable-force-include-usage")
    assert "usage" in sse.chunks(stream(server, CHAT).body)[-1]


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_continuous_usage(server: Server, path: str) -> None:
    options = {"include_usage": True, "continuous_usage_stats": True}
    frames = sse.chunks(stream(server, path, stream_options=options).body)
    counts = [frame["usage"]["completion_tokens"] for frame in frames]
    assert counts == ([0] if path == CHAT else []) + [1, 2, 3, 3]


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_choices_each_have_their_frames(server: Server, path: str) -> None:
    frames = sse.chunks(stream(server, path, n=3).body)
    for index in range(3):
        own = [frame["choices"][0] for frame in frames if frame["choices"][0]["index"] == index]
        if path == CHAT:
            assert own[0]["delta"] == {"role": "assistant", "content": ""}
            own = own[1:]
        assert len(own) == 3
        assert [choice["finish_reason"] for choice in own] == [None, None, "length"]


def test_each_choice_has_its_own_reason(server: Server) -> None:
    """The simulator gives all choices the first one's reason; that is not copied."""
    for seed in range(40):
        frames = sse.chunks(stream(server, COMPLETIONS, n=6, max_tokens=6, ignore_eos=False, seed=seed).body)
        reasons = sse.finish_reasons(frames)
        assert sorted(reasons) == list(range(6)) and all(len(found) == 1 for found in reasons.values())
        if {found[0] for found in reasons.values()} == {"stop", "length"}:
            return
    raise AssertionError("never both reasons in one answer")


def test_stop_reason_of_a_stream(server: Server) -> None:
    fields: dict[str, Any] = {"max_tokens": 30, "seed": 11}
    text = sse.text_of(sse.chunks(stream(server, COMPLETIONS, **fields).body))
    word = text.split(" ")[3]
    frames = sse.chunks(stream(server, COMPLETIONS, **fields, stop=[word]).body)
    assert sse.text_of(frames) == text[: text.index(word)]
    last = frames[-1]["choices"][0]
    assert (last["finish_reason"], last["stop_reason"]) == ("stop", word)


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_stream_interval(serve: ServerPool, path: str) -> None:
    """The first token goes alone, then so many per frame."""
    server = serve("--stream-interval", "4")
    frames = sse.chunks(stream(server, path, max_tokens=10, return_token_ids=True).body)
    sizes = [len(frame["choices"][0].get("token_ids") or []) for frame in frames]
    assert sizes == ([0] if path == CHAT else []) + [1, 4, 5] or sizes == ([0] if path == CHAT else []) + [1, 4, 4, 1]
    own = sse.chunks(stream(server, path, max_tokens=3, stream_interval=1).body)
    assert len(own) == (4 if path == CHAT else 3)


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_stream_equals_whole(server: Server, path: str) -> None:
    """A seeded request says the same whether it is streamed or not."""
    frames = sse.chunks(stream(server, path, max_tokens=25, seed=99, n=2).body)
    body: dict[str, Any] = {"max_tokens": 25, "seed": 99, "n": 2, "ignore_eos": True}
    body |= {"messages": [{"role": "user", "content": "Hello"}]} if path == CHAT else {"prompt": "Hello"}
    choices = server.post(path, body).json()["choices"]
    for index, choice in enumerate(choices):
        whole = choice["message"]["content"] if path == CHAT else choice["text"]
        assert sse.text_of(frames, index) == whole


def test_echo_in_a_stream(server: Server) -> None:
    frames = sse.chunks(stream(server, COMPLETIONS, prompt="One two ", echo=True).body)
    assert frames[0]["choices"][0]["text"] == "One two "
    assert len(frames) == 4


def test_final_message_is_echoed(server: Server) -> None:
    """With `continue_final_message` and `echo` the answer begins with the last message."""
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well, "}]
    fields = {"messages": messages, "echo": True, "continue_final_message": True, "add_generation_prompt": False}
    frames = sse.chunks(stream(server, CHAT, **fields).body)
    assert frames[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert frames[1]["choices"][0]["delta"] == {"content": "Well, "}


def test_keep_alive_comments(serve: ServerPool) -> None:
    server = serve("--sse-keep-alive-interval", "0.1", "--time-to-first-token", "450ms")
    text = stream(server, CHAT).body.decode()
    comment = ": keep-alive\n\n"
    assert 2 <= text.count(comment) <= 4
    assert len(sse.chunks(text.replace(comment, "").encode())) == 4


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
@pytest.mark.parametrize("fields", [{"model": "nope"}, {"max_tokens": 5000}, {"n": 0}])
def test_refusal_of_a_stream_has_its_status(server: Server, path: str, fields: dict[str, Any]) -> None:
    """What is known before the first token is said with the right status and no stream."""
    body: dict[str, Any] = {"stream": True}
    body |= {"messages": [{"role": "user", "content": "Hello"}]} if path == CHAT else {"prompt": "Hello"}
    with server.connect() as connection:
        answer = connection.post(path, body | fields)
    assert answer.status in (400, 404)
    assert answer.header("content-type") == "application/json"
    assert answer.json["error"]["code"] == answer.status


@pytest.mark.parametrize("interval", [2, 255, 256, 257, 400, 1000])
def test_long_stream_intervals_end(server: Server, interval: int) -> None:
    """However long the interval is, no token is lost and the stream ends."""
    usage = {"include_usage": True}
    answer = stream(server, COMPLETIONS, max_tokens=600, stream_interval=interval, stream_options=usage)
    frames = sse.payloads(answer.body)
    assert frames[-1] == sse.DONE and '"completion_tokens":600' in frames[-2]
    # The first token goes alone, the last frame carries what remains.
    assert len(frames) - 2 == 1 + -(-599 // interval)
