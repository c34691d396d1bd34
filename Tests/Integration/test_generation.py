"""What is said: seeds, echo mode, lengths and finish reasons (llm-d-inference-sim, text generation)."""

import collections

import pytest

from support import sse
from support.server import Server, ServerPool


def conversation(server: Server) -> list[str]:
    """A fixed sequence of requests and what came back."""
    said = []
    for turn in range(6):
        said.append(server.complete(f"turn {turn}", max_tokens=30)["choices"][0]["text"])
        said += [choice["message"]["content"] for choice in server.chat("x", n=2)["choices"]]
    return said


def test_server_seed(serve: ServerPool) -> None:
    """Equal seeds and equal requests give equal answers; other seeds others."""
    first, second, other = (conversation(serve("--seed", seed)) for seed in ("42", "42", "43"))
    assert first == second
    assert first != other
    assert len(set(first)) > len(first) // 2


def test_request_seed(server: Server) -> None:
    """A request's own seed makes it reproducible, whatever came before."""
    fields = {"max_tokens": 50, "seed": 1234, "n": 2}
    answers = []
    for _ in range(3):
        answers.append([choice["text"] for choice in server.complete(**fields)["choices"]])
        server.complete(max_tokens=20)
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] != answers[0][1]
    others = [server.complete(**fields | {"seed": seed})["choices"][0]["text"] for seed in (-1, 0, 2**63 - 1)]
    assert len({answers[0][0], *others}) == 4


def test_ids_are_reproducible_too(serve: ServerPool) -> None:
    """Version 5 UUIDs of seed, port and a counter: unique, and of the right form."""
    server = serve("--seed", "100")
    ids = [server.complete(max_tokens=1)["id"] for _ in range(3)]
    assert len(set(ids)) == 3
    for text in ids:
        groups = text.removeprefix("cmpl-").split("-")
        assert [len(group) for group in groups] == [8, 4, 4, 4, 12] and groups[2][0] == "5"


@pytest.mark.parametrize(
    "text", ["Hello, how are you today?", "Grüße aus Köln – 你好, 世界! 🎉", '  "quoted"\t\\ and `ticks`\n', "a"]
)
def test_echo_mode(serve: ServerPool, text: str) -> None:
    server = serve("--mode", "echo")
    chat = server.chat(text)
    assert chat["choices"][0]["message"]["content"] == text
    assert chat["choices"][0]["finish_reason"] == "stop"
    assert server.complete(text)["choices"][0]["text"] == text
    with server.connect() as connection:
        answer = connection.post("/v1/completions", {"prompt": text, "stream": True})
    assert sse.text_of(sse.chunks(answer.body)) == text


def test_echo_mode_is_not_truncated(serve: ServerPool) -> None:
    """A maximum changes only the finish reason: `length` when it is not above the number of tokens."""
    server = serve("--mode", "echo")
    for maximum, reason in ((1, "length"), (3, "length"), (4, "stop")):
        answer = server.complete("one two three", max_tokens=maximum)
        assert answer["choices"][0]["text"] == "one two three"
        assert answer["choices"][0]["finish_reason"] == reason
        assert answer["usage"]["completion_tokens"] == 3


def test_echo_mode_of_messages_and_ids(serve: ServerPool) -> None:
    server = serve("--mode", "echo")
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "u"},
        {"role": "tool", "content": "last"},
    ]
    answer = server.post("/v1/chat/completions", {"messages": messages}).json()
    assert answer["choices"][0]["message"]["content"] == "last"
    assert server.complete([7, 8, 9])["choices"][0]["text"] == "7,8,9"


def test_lengths_with_a_maximum(server: Server) -> None:
    """1 to the maximum; `length` exactly when it is the maximum (llm-d-inference-sim, random mode)."""
    lengths: collections.Counter[int] = collections.Counter()
    for _ in range(4):
        answer = server.complete([[1]] * 100, max_tokens=20, return_token_ids=True)
        for choice in answer["choices"]:
            count = len(choice["token_ids"])
            lengths[count] += 1
            assert 1 <= count <= 20
            assert choice["finish_reason"] == ("length" if count == 20 else "stop")
    # 15 % are exactly the maximum; 400 draws stay well within these bounds.
    assert 30 <= lengths[20] <= 95
    assert len(lengths) >= 15


def test_lengths_without_a_maximum(server: Server) -> None:
    """Normal with mean 40 and deviation 20, above 0."""
    lengths = []
    for _ in range(4):
        answer = server.complete([[1]] * 100, return_token_ids=True)
        lengths += [len(choice["token_ids"]) for choice in answer["choices"]]
        assert all(choice["finish_reason"] == "stop" for choice in answer["choices"])
    assert min(lengths) >= 1 and max(lengths) < 140
    assert 37 < sum(lengths) / len(lengths) < 45


def test_the_rest_of_the_context(serve: ServerPool) -> None:
    """Without a maximum an answer ends with the context."""
    server = serve("--max-model-len", "12")
    for _ in range(30):
        usage = server.complete("a b c d e f g h")["usage"]
        assert 1 <= usage["completion_tokens"] <= 4


def test_ignore_eos(server: Server) -> None:
    for maximum in (1, 7, 200):
        answer = server.complete(max_tokens=maximum, ignore_eos=True)
        assert answer["usage"]["completion_tokens"] == maximum
        assert answer["choices"][0]["finish_reason"] == "length"


def test_min_tokens(server: Server) -> None:
    answer = server.complete([[1]] * 50, max_tokens=10, min_tokens=8, return_token_ids=True)
    assert all(8 <= len(choice["token_ids"]) <= 10 for choice in answer["choices"])


def test_response_role(serve: ServerPool) -> None:
    server = serve("--response-role", "bard")
    assert server.chat(max_tokens=1)["choices"][0]["message"]["role"] == "bard"


def test_usage_agrees_with_tokenize(server: Server) -> None:
    prompt = "The quick brown fox, they say; jumps – over."
    count = server.post("/tokenize", {"prompt": prompt}).json()["count"]
    answer = server.complete(prompt, max_tokens=40)
    assert answer["usage"]["prompt_tokens"] == count
    text = answer["choices"][0]["text"]
    assert server.post("/tokenize", {"prompt": text}).json()["count"] == answer["usage"]["completion_tokens"]


def test_tokens_as_ids(server: Server) -> None:
    answer = server.complete(
        max_tokens=3, logprobs=0, ignore_eos=True, return_tokens_as_token_ids=True, return_token_ids=True
    )
    (choice,) = answer["choices"]
    assert choice["logprobs"]["tokens"] == [f"token_id:{number}" for number in choice["token_ids"]]


def test_prompt_text(server: Server) -> None:
    assert server.chat("Hi", max_tokens=1, return_prompt_text=True)["prompt_text"] == "### user: Hi\n"


@pytest.mark.parametrize(
    ("flags", "pattern"),
    [
        ([], "vllm-0.33.0-"),
        (["--fingerprint-mode", "none"], None),
        (["--fingerprint-value", "fp_test"], "fp_test"),
    ],
)
def test_fingerprint(serve: ServerPool, flags: list[str], pattern: str | None) -> None:
    shown = serve(*flags).complete(max_tokens=1)["system_fingerprint"]
    assert shown is None if pattern is None else shown.startswith(pattern)
