"""What the window and a draft are made of, to be imported on the GUI thread, one part after the other.

In the whole program no other thread may be the first to import a module that has to do with Qt. Shiboken (6.11, and its
source of November 2026) keeps what it knows of classes in one hash table. A class is entered there when a ``class``
statement derives it from one of Qt's, or when one of PySide's is used for the first time: under the interpreter's lock.
But at each paint and each event Qt asks widgets what they are (`QObject::metaObject`), and for that the table is read
without the lock (``SignalManager::retrieveMetaObject``). If the table grows just then, since another thread enters a
class, the widget's class is not found, an empty entry is made for it, and the program ends with a segmentation fault in
``MetaObjectBuilder::update``: in one of some 50 starts on a busy computer. A class that is entered by the thread that
also asks meets nobody. `tests/conftest.py` fails a test in which another thread imports such a module.
"""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module

HOUSE = "caiso_desktop.assembly.house"
"""What the window stands on. Nothing in it knows Qt, so a worker may import it."""

WINDOW_PARTS = tuple(
    f"caiso_desktop.ui.{name}"
    for name in (
        "jobs",
        "certificate.asking",
        "palette",
        "catalogue_door",
        "certificate.door",
        "watch.door",
        "window",
    )
)
"""What the window is made of, imported while the frame stands; each but a few hundredths of a second."""

DRAFT_PARTS = tuple(
    f"caiso_desktop.ui.{name}"
    for name in (
        "draft_head",
        "certificate.draft_watch",
        "call_bar",
        "macro.wording",
        "draft_call",
        "document.text",
        "form.composing",
        "editor.replace_bar",
        "payload_panel",
        "past_payload",
        "form.opening",
        "grid.opening",
        "deadline_watch",
        "draft_guard",
        "guard_sheet",
        "answer_saving",
        "answer_views",
        "answer_panel",
        "answer_offers",
        "watch.following",
        "watch.panel",
    )
)
"""What `caiso_desktop.ui.draft_panel` imports when the first draft is made."""


def importing(parts: Iterable[str]) -> list[Callable[[], object]]:
    """The steps in which these modules are imported."""
    return [partial(import_module, part) for part in parts]
