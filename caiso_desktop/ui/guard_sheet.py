"""What is shown before a submit to the real market, in place of the payload: read from the payload itself."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.guard import ARMED_FOR, PRODUCTION, Approval, Sheet, is_typed
from caiso_desktop.model.policy import Policy
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.page import Page

NO_SCHEMA = "Well-formed. Not checked against a schema: none is known for this service."
_MINUTES = int(ARMED_FOR.total_seconds() // 60)


class GuardSheet(QFrame):
    """``armed`` carries what was typed; ``left`` says that the user goes back. ``approval_asked``: look for it again.

    ``approved`` says that the user approves this payload for somebody else to send.
    """

    armed = Signal(str)
    left = Signal()
    approval_asked = Signal()
    approved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "guardSheet", "Before this goes to the real market")
        self._sheet: Sheet | None = None
        self._wanting = False
        self._page = Page("guardPage", "What would be submitted")
        self._asked = QLabel()
        self._asked.setTextFormat(Qt.TextFormat.PlainText)
        self.word = named(QLineEdit(), "guardWord", "Type the word that lets it through")
        self.word.setMinimumWidth(200)
        self.word.textChanged.connect(self._look)
        self.word.returnPressed.connect(self._arm)
        self.arm = styled(
            named(QPushButton(f"Arm for {_MINUTES} minutes"), "armButton", "Arm this draft"), primary=True
        )
        self.arm.setIcon(icon(Symbol.SECURE, Tone.ON_ACCENT))
        self.arm.clicked.connect(self._arm)
        back = named(QPushButton("Back"), "guardBackButton", "Back to the draft", "Nothing is sent (Esc)")
        back.clicked.connect(self.left)
        row = QHBoxLayout()
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._asked)
        row.addWidget(self.word)
        row.addWidget(self.arm)
        row.addWidget(back)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._page, 1)
        layout.addLayout(row)

    @property
    def sheet(self) -> Sheet | None:
        """What it shows."""
        return self._sheet

    @property
    def text(self) -> str:
        """All the words on it."""
        notices = [notice.text for notice in self._page.findChildren(Notice)]
        return "\n".join([*notices, self._page.text, self._asked.text()])

    def show_sheet(
        self,
        sheet: Sheet,
        policy: Policy,
        approval: Approval | None,
        macros: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Show what would be submitted; nothing typed before counts. ``macros``: what each was replaced with."""
        self._sheet = sheet
        self._page.clear()
        place = sheet.environment.name
        self._page.add(
            Notice(
                "warning",
                f"This submits to the real market of {place}",
                f"{sheet.service} goes to {sheet.host}. What follows was read from the payload itself.",
            )
        )
        if sheet.invalid:
            self._page.add(
                Notice(
                    "warning",
                    "The payload breaks its schema",
                    sheet.verdict,
                    "CAISO's verdict counts, not ours: arming it lets it through, and the journal keeps that.",
                )
            )
        self._wanting = policy.second_person and approval is None
        if policy.second_person:
            self._page.add(self._approval(sheet, approval))
        self._page.add_table(
            "guardFacts",
            "What would be submitted",
            ("What", "In this payload"),
            [*_facts(sheet), *((f"{written} is", value) for written, value in macros)],
            stretch=1,
        )
        if sheet.difference is not None and sheet.difference.examples:
            rows = [(example,) for example in sheet.difference.examples]
            self._page.add_table(
                "guardDifference", "What differs from the last submit", ("Difference",), rows, stretch=0
            )
        if sheet.doubt:
            self._page.add(Notice("warning", "Not compared with the last submit", sheet.doubt))
        word = sheet.word
        self._asked.setText(f"To arm it, type  {word}  here:")
        self.word.setAccessibleName(f"Type {word} to arm the draft")
        self.word.setPlaceholderText(PRODUCTION if word == PRODUCTION else "scheduling coordinator")
        self.word.clear()
        self._look()
        self.word.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _approval(self, sheet: Sheet, approval: Approval | None) -> Notice:
        about = f"The payload's SHA-256 begins with {sheet.seal.payload[:12]}."
        if approval is not None:
            when = approval.when.astimezone().strftime("%Y-%m-%d %H:%M")
            return Notice("info", f"Approved by {approval.by}", f"At {when}. {about}")
        notice = Notice(
            "warning",
            "Your company's policy wants a second person's approval",
            f"Nobody has approved this payload yet. {about}",
            "A colleague opens the same payload on a computer of their own and approves it there.",
        )
        notice.offer("lookForApprovalButton", "Look again", self.approval_asked.emit)
        notice.offer("approveButton", "Approve it for a colleague", self.approved.emit)
        return notice

    def _look(self) -> None:
        typed = self.word.text()
        right = self._sheet is not None and is_typed(typed, self._sheet.reading)
        self.arm.setEnabled(right and not self._wanting)
        wrong = bool(typed) and not right
        if self.word.property("wrong") != wrong:
            styled(self.word, wrong=wrong)

    def _arm(self) -> None:
        if self.arm.isEnabled():
            self.armed.emit(self.word.text())


def _facts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    reading = sheet.reading
    coordinators = ", ".join(reading.scheduling_coordinators)
    yield "Scheduling coordinator", coordinators or "none was found in the payload"
    yield "Trade dates and hours", reading.when or "none were found in the payload"
    named_here = ", ".join(reading.resources)
    more = reading.resource_count - len(reading.resources)
    yield "Resources", (f"{named_here} and {more:,} more" if more > 0 else named_here) or "none were found"
    yield "Records", f"{reading.records:,}"
    for range_ in reading.ranges:
        yield "Numbers", str(range_)
    if not reading.complete:
        yield "Not all was read", "The payload is bigger than what is read of it here."
    yield "Schema", sheet.verdict or NO_SCHEMA
    if not sheet.doubt:
        yield "From the last submit", _difference(sheet)
    yield "Host", sheet.host
    yield "Certificate", sheet.subject
    yield "Payload, SHA-256", sheet.seal.payload


def _difference(sheet: Sheet) -> str:
    if sheet.difference is None:
        return "No submit of this service to this environment is in the journal."
    said = str(sheet.difference)
    return said[:1].upper() + said[1:]
