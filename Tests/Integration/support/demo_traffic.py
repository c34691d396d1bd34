"""Traffic that gives every panel of a dashboard something to draw."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

Call = tuple[str, dict[str, Any], int]
# Long enough for a few blocks of a prefix index.
PROMPT = "Once upon a time there was a small server that answered everyone. " * 8


def completion(model: str, status: int = 200, **fields: Any) -> Call:
    """A completion of the prompt that all share, and the status that it must get."""
    return "/v1/completions", {"model": model, "prompt": PROMPT, "max_tokens": 12, "ignore_eos": True} | fields, status


def chat(model: str, **fields: Any) -> Call:
    """A chat that begins as all others do."""
    return "/v1/chat/completions", {"model": model, "messages": [{"role": "user", "content": PROMPT}]} | fields, 200


@contextmanager
def traffic(url: str, calls: Sequence[Call], clients: int) -> Iterator[None]:
    """Inside the context, this many clients make the calls in turn, again and again; each must get its status."""
    stop = threading.Event()
    order = itertools.cycle(calls)

    def client(post: Callable[..., httpx.Response]) -> None:
        while not stop.is_set():
            path, body, status = next(order)
            answer = post(path, json=body)
            assert answer.status_code == status, f"{body} got {answer.status_code} {answer.text[:300]}"

    with httpx.Client(base_url=url, timeout=20, trust_env=False) as http, ThreadPoolExecutor(clients) as threads:
        running = [threads.submit(client, http.post) for _ in range(clients)]
        try:
            yield
        finally:
            stop.set()
        for each in running:
            each.result()
