"""Ctrl-C while something is under way: it cancels, however often it comes, and tears nothing."""

import os
import signal
import sys
import threading

import pytest

from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.model.cancel import CancelToken

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")


def test_whoever_is_impatient_is_told_all_the_same_what_became_of_it() -> None:
    def task(token: CancelToken) -> str:
        heard = threading.Event()
        token.on_cancel(heard.set)
        for _ in range(2_000):
            os.kill(os.getpid(), signal.SIGINT)
        return "told" if heard.wait(10) else "not cancelled"

    for _ in range(20):
        assert until_done(task, "impatience") == "told"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:

        def task(token: CancelToken) -> bool:
            os.kill(os.getpid(), signal.SIGINT)
            return token.cancelled

        assert not until_done(task, "in the background")
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
