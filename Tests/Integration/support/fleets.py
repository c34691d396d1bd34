"""Fixtures for tests of `understudy up`: a module names this one in its `pytest_plugins`."""

from collections.abc import Iterator

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
