"""`/tokenize` and `/detokenize` with the simple tokenizer (llm-d-inference-sim, simple tokenizer)."""

import pytest

from support.server import Server, ServerPool


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Hello, world!", [4116459851, 2312110321, 933488787, 604802540]),
        ("This is a test.", [3157421587, 1477013615, 186949092, 2949673445, 722245873]),
        ("### user: Hello\n", [638357778, 638357778, 399020470, 1618501362, 2382766391, 2166458707]),
        ("it's 3.14", [1194886160, 571247302, 4149321222, 906799682, 722245873, 401286136]),
        ("", []),
    ],
)
def test_ids(server: Server, text: str, ids: list[int]) -> None:
    answer = server.post("/tokenize", {"prompt": text}).json()
    assert answer == {"count": len(ids), "max_model_len": 1024, "tokens": ids, "token_strs": None}


def test_token_strings(server: Server) -> None:
    answer = server.post("/tokenize", {"prompt": "Hello, world!", "return_token_strs": True}).json()
    assert answer["token_strs"] == ["Hello", ", ", "world", "!"]


def test_messages(server: Server) -> None:
    """A conversation is tokenized as the prompt that a chat would have."""
    messages = [{"role": "user", "content": "Hello"}]
    as_messages = server.post("/tokenize", {"messages": messages}).json()
    as_prompt = server.post("/tokenize", {"prompt": "### user: Hello\n"}).json()
    assert as_messages == as_prompt
    usage = server.post("/v1/chat/completions", {"messages": messages, "max_tokens": 1}).json()["usage"]
    assert usage["prompt_tokens"] == as_messages["count"]


@pytest.mark.parametrize(
    "text", ["Grüße, Jürgen – 你好 🎉!", "  leading", "tabs\tand\nlines\r\n", "back`quote\x00nul", "é́ combining"]
)
def test_round_trip(server: Server, text: str) -> None:
    """Non-ASCII text survives."""
    ids = server.post("/tokenize", {"prompt": text}).json()["tokens"]
    assert server.post("/detokenize", {"tokens": ids}).json() == {"prompt": text}


def test_unknown_ids(serve: ServerPool) -> None:
    """Only ids that clients have seen have a text."""
    server = serve()
    answer = server.post("/detokenize", {"tokens": [123456]})
    assert answer.status_code == 400
    assert "123456" in answer.json()["error"]["message"]
    assert server.post("/detokenize", {"tokens": []}).json() == {"prompt": ""}


@pytest.mark.parametrize("path", ["/tokenize", "/detokenize"])
def test_unknown_model(server: Server, path: str) -> None:
    answer = server.post(path, {"model": "nope", "prompt": "x", "tokens": [1]})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "The model `nope` does not exist."


def test_prompt_or_messages(server: Server) -> None:
    both = server.post("/tokenize", {"prompt": "x", "messages": []})
    assert both.status_code == 400
    assert both.json()["error"]["message"] == "both prompt and messages fields in tokenize request"
    assert server.post("/tokenize", {}).status_code == 400
