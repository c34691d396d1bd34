"""Fixtures: servers for one test, servers for a module, and the default server that read-only tests share."""

from collections.abc import Generator, Iterator

import pytest

pytest.register_assert_rewrite("support")

from support.pool import Pool  # noqa: E402
from support.server import Server, ServerPool  # noqa: E402


@pytest.fixture
def serve() -> Iterator[ServerPool]:
    """Starts servers: `serve("--max-num-seqs", "1", env={…})`. Each must exit with 0 at the end of the test."""
    pool = ServerPool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def serve_for_module() -> Iterator[ServerPool]:
    """As `serve`, for servers that a module's tests share."""
    pool = ServerPool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def server(serve_for_module: ServerPool) -> Server:
    """A server with defaults, for tests that change nothing."""
    return serve_for_module("--seed", "1")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the logs of what a test has started beside its failure."""
    report = yield
    if report.when == "call" and report.failed:
        for pool in getattr(item, "funcargs", {}).values():
            for process in pool.started if isinstance(pool, Pool) else []:
                report.sections.append((f"log of {' '.join(process.words[1:])}", process.log[-4000:]))
    return report
