"""Fixtures for tests of `understudy up`: a module names this one in its `pytest_plugins`."""

from collections.abc import Generator, Iterator

import pytest

from .fleet import FleetPool


@pytest.fixture
def up() -> Iterator[FleetPool]:
    """Starts fleets: `up({"pool.yaml": [deployment(…), pool(…)]}, "--split", "smooth")`. Each must exit with 0."""
    pool = FleetPool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def up_for_module() -> Iterator[FleetPool]:
    """As `up`, for fleets that a module's tests share."""
    pool = FleetPool()
    yield pool
    pool.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the fleets' logs beside a failure."""
    report = yield
    if report.when == "call" and report.failed:
        for name in ("up", "up_for_module"):
            pool = getattr(item, "funcargs", {}).get(name)
            for fleet in pool.fleets if isinstance(pool, FleetPool) else []:
                report.sections.append((f"log of {' '.join(fleet.words[1:])}", fleet.log[-4000:]))
    return report
