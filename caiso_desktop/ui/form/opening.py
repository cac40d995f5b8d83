"""Offers the form beside a payload's XML; what it is made of is imported when it is first looked at."""

from PySide6.QtWidgets import QWidget

from caiso_desktop.model.payload import Payloads
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.payload_panel import PayloadPanel
from caiso_desktop.ui.payload_views import XML

FORM = "form"


def offer_form(payload: PayloadPanel, desk: Desk, payloads: Payloads, jobs: Jobs) -> None:
    """Offer it for a payload."""

    def make() -> QWidget:
        from caiso_desktop.ui.form.panel import FormPanel

        form = FormPanel(desk, payloads, jobs, payload.composing, lambda: payload.unheld, lambda: payload.preparing)
        form.view.undo_asked.connect(payload.undo)
        form.view.redo_asked.connect(payload.redo)
        form.told.connect(lambda words: payload.problem.say(words, "warning"))
        payload.judged.connect(form.show_judgement)
        form.show_judgement(payload.judgement)
        return form

    payload.add_view(FORM, "Form", "The payload as a form (Alt+1)", Symbol.FORM, make, before=XML)
