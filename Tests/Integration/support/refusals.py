"""Requests that must be refused with 400, and smallest ones that are served."""

from typing import Any

from .server import Server

CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
COMPLETION: dict[str, Any] = {"prompt": "x", "max_tokens": 1}
BODIES = {"/v1/chat/completions": CHAT, "/v1/completions": COMPLETION}


def refusal(server: Server, path: str, body: Any, **options: Any) -> dict[str, Any]:
    """The error object of a request that must be refused with 400."""
    answer = server.post(path, body, **options)
    assert answer.status_code == 400, f"{body}: {answer.status_code} {answer.text[:300]}"
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["code"] == 400
    return error
