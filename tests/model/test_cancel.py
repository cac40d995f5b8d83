"""The cancel token: hooks run once, also when they come late."""

import threading
from functools import partial

from caiso_desktop.model.cancel import CancelToken, current_token, under


def test_hooks_run_once_when_cancelled() -> None:
    token, runs = CancelToken(), []
    token.on_cancel(lambda: runs.append("early"))
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert runs == ["early"]


def test_a_late_hook_runs_at_once() -> None:
    token, runs = CancelToken(), []
    token.cancel()
    token.on_cancel(lambda: runs.append("late"))
    assert runs == ["late"]


def test_what_a_thread_does_goes_by_the_innermost_token() -> None:
    outer, inner = CancelToken(), CancelToken()
    elsewhere: list[CancelToken | None] = []
    with under(outer):
        with under(inner):
            assert current_token() is inner
        assert current_token() is outer
        thread = threading.Thread(target=lambda: elsewhere.append(current_token()))
        thread.start()
        thread.join()
    assert elsewhere == [None]
    assert current_token() is None


def test_what_is_over_is_not_stopped_any_more() -> None:
    token = CancelToken()
    runs: list[str] = []
    first, second = partial(runs.append, "first"), partial(runs.append, "second")
    token.on_cancel(first)
    token.on_cancel(second)
    token.forget(first)
    token.forget(first)
    token.cancel()
    assert runs == ["second"]
