"""Bounded waits: a test polls for what it expects and fails with what it last saw."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], until: Callable[[T], bool], within: float = 5.0, every: float = 0.005) -> T:
    """Calls `look` until `until` holds for its result, and returns that; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s; last seen: {seen!r}")
        time.sleep(every)
