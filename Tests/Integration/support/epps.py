"""Fixtures for tests of the endpoint picker for gateways: a module names this one in its `pytest_plugins`."""

from collections.abc import Iterator

import pytest

from .epp import PickerPool
from .fake_metrics import FakeServers


@pytest.fixture
def epp() -> Iterator[PickerPool]:
    """Starts pickers: `epp({"pool.yaml": [pool(…)]}, "--fallback-list")`. Each must exit with 0."""
    pool = PickerPool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def epp_for_module() -> Iterator[PickerPool]:
    """As `epp`, for pickers that a module's tests share."""
    pool = PickerPool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def fakes() -> Iterator[FakeServers]:
    """Three model servers whose loads tests set."""
    servers = FakeServers()
    yield servers
    servers.close()
