"""The cancel token: hooks run once, also when they come late."""

from caiso_desktop.model.cancel import CancelToken


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
