"""What a test starts, and what is closed at its end."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar


class Closable(Protocol):
    words: list[str]
    """Its command line."""

    @property
    def log(self) -> str: ...

    def close(self) -> None: ...


Started = TypeVar("Started", bound=Closable)


class Pool(Generic[Started]):
    """Starts processes and closes them all at the end, the latest first."""

    def __init__(self, kind: Callable[..., Started]) -> None:
        self._kind = kind
        self.started: list[Started] = []

    def __call__(self, *arguments: Any, **options: Any) -> Started:
        started = self._kind(*arguments, **options)
        self.started.append(started)
        return started

    def close(self) -> None:
        failures: list[AssertionError] = []
        while self.started:
            try:
                self.started.pop().close()
            except AssertionError as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
