"""Keys are remembered for as long as their contexts live."""

import gc
import sys

import pytest

from caiso_desktop.wire.provider.presentation import provider
from tests.wire.conftest import Authority, TestIdentity
from tests.wire.provider.conftest import Recorder, client


def test_three_hundred_contexts_leave_nothing_behind(authority: Authority, jane: TestIdentity) -> None:
    def make(count: int) -> None:
        for _ in range(count):
            client(authority, jane, Recorder())
        gc.collect()

    if sys.platform == "win32":
        pytest.skip("Windows counts memory elsewhere")
    import resource

    make(100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    keys = len(provider().keys)
    make(300)
    assert len(provider().keys) == keys
    assert len(provider().signatures) == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1024  # kilobytes
