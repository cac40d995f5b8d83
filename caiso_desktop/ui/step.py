"""Steps of the GUI thread, with room in between for whatever else there is to do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

Step = Callable[[], object]


def take(
    steps: Sequence[Step], owner: QObject, *, wanted: Callable[[], bool], failed: Callable[[Exception], None]
) -> None:
    """Take the first step now, and each other after everything else that waited meanwhile.

    No more are taken when they are not ``wanted`` any more, when the owner is gone, or after one that failed.
    """
    if not steps or not wanted():
        return
    try:
        steps[0]()
    except Exception as error:  # noqa: BLE001  # whoever wants the steps tells of it
        failed(error)
    else:
        # With 0 the next step would come before other timers and input.
        QTimer.singleShot(1, owner, lambda: take(steps[1:], owner, wanted=wanted, failed=failed))
