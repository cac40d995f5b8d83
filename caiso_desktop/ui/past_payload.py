"""What was sent once, shown as a draft's payload: in the editor, or from its file where it is too big for that."""

from PySide6.QtCore import QObject

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.draft import EDITABLE_BYTES, Draft, too_big_to_edit
from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.ui.payload_panel import PayloadPanel
from caiso_desktop.ui.port import Ports


class PastPayload(QObject):
    """For one draft; what cannot be shown is told beside the payload."""

    def __init__(self, panel: PayloadPanel, ports: Ports, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = panel
        self._ports = ports

    def show_of(self, exchange: Exchange) -> None:
        """Show what was sent in an exchange; what is large is read off this thread, which would wait for it."""
        payload = exchange.call.payload
        if isinstance(payload, PayloadFile) or len(payload) <= EDITABLE_BYTES:
            self.show(payload)
            return
        safety = self._ports.safety

        def read(token: CancelToken) -> Payload:
            entry = safety.memory.journal.find(exchange.id)
            if entry is None:
                raise UsageError("it is too big to be edited, and the journal has no copy of it any more.")
            return safety.look_back.payload(entry)

        self._ports.jobs.run(read, owner=self, done=self.show, failed=self._failed)

    def show(self, payload: Payload) -> None:
        """Show it; bytes are few enough for the editor, or are told to be too many."""
        if isinstance(payload, PayloadFile):
            self._panel.open(payload.path)
            return
        try:
            draft = Draft.from_bytes(payload)
        except CaisoError as error:
            self._failed(error)
            return
        reason = too_big_to_edit(draft.text)
        if reason:
            advice = "`caiso journal show CALL --payload` prints it; put into a file, it can be opened here."
            self._panel.problem.say(f"The payload is not shown. {reason} {advice}", "error")
        else:
            self._panel.show_draft(draft)

    def _failed(self, error: CaisoError) -> None:
        self._panel.problem.say(f"The payload is not shown: {error.detail} {error.advice}".strip(), "error")
