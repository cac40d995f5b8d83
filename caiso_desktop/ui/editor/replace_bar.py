"""Find and replace in a text that is edited: a bar above it, worked by key."""

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from caiso_desktop.ui.editor.long_text import LongTextEdit
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.tool_button import tool_button

_COUNT_AFTER_MS = 150


class ReplaceBar(QWidget):
    """Looks for a text as it is typed, upper and lower case alike unless it is asked to tell them apart.

    ``rewrite`` puts another view in the place of all of it, as one step of the text's history; a replacement of one
    place is a step too. Enter finds the next, Shift+Enter the one before, Escape closes the bar.
    """

    def __init__(self, editor: LongTextEdit, rewrite: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "replaceBar", "Find and replace in the XML")
        self._editor = editor
        self._rewrite = rewrite
        self.wanted = self._field("replaceWanted", "Find in the XML", "Find")
        self.by = self._field("replaceBy", "Replace it by", "Replace by")
        self.case = styled(named(QToolButton(), "replaceCase", "Tell upper and lower case apart"), quiet=True)
        self.case.setText("Aa")
        self.case.setToolTip("Tell upper and lower case apart")
        self.case.setCheckable(True)
        self.found = styled(named(QLabel(), "replaceFound", "How often it is there"), tone="muted")
        self.found.setMinimumWidth(72)
        self.one = tool_button("replaceOne", "Replace", "Replace this one, find the next", Symbol.EDIT, self.replace)
        self.all = tool_button(
            "replaceAll", "Replace all", "Replace every one; Ctrl+Z takes it back", Symbol.REFRESH, self.replace_all
        )
        self._pause = pause(self, _COUNT_AFTER_MS, self._count)
        self._lay_out()
        self.wanted.textChanged.connect(self._typed)
        self.case.toggled.connect(lambda checked: self._typed())
        editor.textChanged.connect(self._edited)
        self.hide()

    def begin(self, *, replacing: bool) -> None:
        """Show the bar, with what is selected to look for."""
        chosen = self._editor.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.wanted.setText(chosen)
        self.by.setVisible(replacing)
        self.one.setVisible(replacing)
        self.all.setVisible(replacing)
        self.show()
        self.wanted.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted.selectAll()
        self._count()

    def leave(self) -> None:
        """Hide the bar, and go back to the text."""
        self.hide()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, *, back: bool = False) -> bool:
        """Select the next place, or the one before, around the end; whether there is one."""
        pattern = self._pattern()
        view, caret = self._editor.view(), self._editor.caret()
        if pattern is None:
            return False
        places = [found.span() for found in pattern.finditer(view)]
        if not places:
            self._tell(0)
            return False
        low, high = sorted(caret)
        if back:
            start, end = next((each for each in reversed(places) if each[1] <= low), places[-1])
        else:
            start, end = next((each for each in places if each[0] >= high), places[0])
        self._editor.set_caret(end, start)
        self._editor.centerCursor()
        self._tell(len(places), places.index((start, end)) + 1)
        return True

    def replace(self) -> None:
        """Replace what is selected where it is one of the places, then go to the next."""
        pattern = self._pattern()
        if pattern is None or self._editor.isReadOnly():
            return
        view, (low, high) = self._editor.view(), sorted(self._editor.caret())
        if low != high and pattern.fullmatch(view, low, high):
            by = self.by.text()
            self._rewrite(view[:low] + by + view[high:])
            self._editor.set_caret(low + len(by), low + len(by))
        self.step()

    def replace_all(self) -> None:
        """Replace every place, as one step."""
        pattern = self._pattern()
        if pattern is None or self._editor.isReadOnly():
            return
        by = self.by.text()
        view, count = pattern.subn(lambda found: by, self._editor.view())
        if count:
            self._rewrite(view)
        self.found.setText(f"{count:,} replaced")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt: the bar's keys in its fields."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.by:
                    self.replace()
                else:
                    self.step(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
        return super().eventFilter(watched, event)

    def _field(self, name: str, words: str, hint: str) -> QLineEdit:
        field = named(QLineEdit(), name, words)
        field.setPlaceholderText(hint)
        field.setClearButtonEnabled(True)
        field.installEventFilter(self)
        return field

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        find, replace = QHBoxLayout(), QHBoxLayout()
        for widget in (
            self.case,
            tool_button(
                "replacePrevious", "", "The one before (Shift+Enter)", Symbol.PREVIOUS, lambda: self.step(back=True)
            ),
            tool_button("replaceNext", "", "The next (Enter)", Symbol.NEXT, self.step),
            self.found,
        ):
            find.addWidget(widget)
        find.addStretch(1)
        find.addWidget(tool_button("replaceClose", "", "Close (Esc)", Symbol.CLOSE, self.leave))
        for widget in (self.one, self.all):
            replace.addWidget(widget)
        replace.addStretch(1)
        layout.addWidget(self.wanted, 0, 0)
        layout.addLayout(find, 0, 1)
        layout.addWidget(self.by, 1, 0)
        layout.addLayout(replace, 1, 1)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(1, 1)

    def _pattern(self) -> re.Pattern[str] | None:
        wanted = self.wanted.text()
        return re.compile(re.escape(wanted), 0 if self.case.isChecked() else re.IGNORECASE) if wanted else None

    def _typed(self) -> None:
        """Go to the first place from where the cursor is, while one types."""
        low = min(self._editor.caret())
        self._editor.set_caret(low, low)
        if not self.step():
            self._count()

    def _edited(self) -> None:
        if self.isVisible():
            self._pause.start()

    def _count(self) -> None:
        pattern = self._pattern()
        self._tell(sum(1 for _ in pattern.finditer(self._editor.view())) if pattern is not None else -1)

    def _tell(self, count: int, place: int = 0) -> None:
        words = f"{place:,} of {count:,}" if place else f"{count:,} found" if count else "not there"
        self.found.setText(words if count >= 0 else "")
        styled(self.wanted, wrong=not count)
