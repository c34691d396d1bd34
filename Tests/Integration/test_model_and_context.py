"""Prompts and maxima that do not fit the context, and models that are not served (the issue, bad input)."""

from collections.abc import Iterator

import pytest

from support.refusals import BODIES, refusal
from support.server import Server


@pytest.fixture(autouse=True)
def alive(server: Server) -> Iterator[None]:
    yield
    server.assert_healthy()


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


@pytest.mark.parametrize(
    "name", ["nope", "", "x" * 10_000, "Test-Model", "test-model ", "../test-model", "test-model\x00"]
)
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
