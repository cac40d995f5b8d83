"""A payload's panel over payloads that are really read, of a service whose schema is the fake bid set's."""

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.contract.infer import infer
from caiso_desktop.contract.outline import outline
from caiso_desktop.model.call import Problem
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.fake_shape import NAMESPACE, bid_set_shape
from caiso_desktop.model.form.row import Row
from caiso_desktop.model.outline import NodePath, Outline
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.form.cell_words import VALUE
from caiso_desktop.ui.form.opening import FORM, offer_form
from caiso_desktop.ui.form.panel import FormPanel
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.payload_panel import PayloadPanel

TEXT = f"""<?xml version="1.0"?>\r
<BidSet xmlns="{NAMESPACE}">\r
  <MessagePayload>\r
    <Bid number="1">\r
      <resource>UNIT_7</resource>\r
      <Product>\r
        <product>EN</product>\r
        <Hour><start>2026-11-01T08:00:00Z</start><end>2026-11-01T09:00:00Z</end></Hour>\r
      </Product>\r
      <odd>kept\u00a0so</odd>\r
    </Bid>\r
    <Bid number="2">\r
      <resource>UNIT_8</resource>\r
      <selfSchedule>50</selfSchedule>\r
    </Bid>\r
  </MessagePayload>\r
</BidSet>\r
"""
BID: NodePath = (0, 0)


class ReadPayloads(FakePayloads):
    """Fake payloads whose elements are really read, and whose shapes are really inferred."""

    def outline(self, draft: Draft) -> Outline | Problem:
        """What the contract reads."""
        return outline(draft)

    def infer(self, samples: Sequence[str | bytes], source: str) -> Shape:
        """What the contract infers."""
        return infer(samples, source)


class Writer:
    """Somebody before a form."""

    def __init__(self, qtbot: QtBot, panel: PayloadPanel, desk: Desk, payloads: ReadPayloads) -> None:
        self.qtbot = qtbot
        self.panel = panel
        self.desk = desk
        self.payloads = payloads
        panel.show()
        form = panel.view(FORM)
        assert isinstance(form, FormPanel)
        self.view = form.view
        self.fields = self.view.fields
        self.model = self.view.model

    @property
    def text(self) -> str:
        """The draft, which the XML must show too."""
        assert self.panel.editor.view() == self.desk.draft.view()
        return self.desk.draft.text

    def begin(self, text: str, view: str = "form") -> None:
        """Begin with a text, and look at it."""
        self.panel.show_draft(Draft(text))
        self.look(view)
        if view == "form":
            self.read()

    def look(self, view: str) -> None:
        """Look at the draft as a form, or as XML."""
        self.panel.views.choose(view)

    def read(self) -> None:
        """Wait until the form shows the draft as it is."""
        self.qtbot.waitUntil(
            lambda: self.model.outline is not None and self.model.outline.revision == self.desk.draft.revision
        )

    def go(self, *labels: str) -> Row:
        """Go to a row by the labels that lead to it."""
        index = self.model.index(0, VALUE)
        for label in labels:
            above = index.siblingAtColumn(0)
            while self.model.canFetchMore(above):
                self.model.fetchMore(above)
            rows = [self.model.index(at, 0, above) for at in range(self.model.rowCount(above))]
            index = next(each for each in rows if self.model.row(each).label == label)
        self.fields.select(index)
        return self.model.row(index)

    def editor(self) -> QWidget:
        """Open the editor of the row one is at."""
        self.fields.edit(self.fields.currentIndex())
        found = self.fields.indexWidget(self.fields.currentIndex()) or self.fields.viewport().focusWidget()
        assert found is not None
        return found

    def write(self, words: str, *labels: str) -> None:
        """Go to a field and type over what it says."""
        from PySide6.QtWidgets import QLineEdit

        self.go(*labels)
        editor = self.editor()
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        QTest.keyClicks(editor, words)


@pytest.fixture
def writer(qtbot: QtBot, catalogue: Catalogue, submit: Target, files: FakeFiles, window_jobs: Jobs) -> Iterator[Writer]:
    payloads = ReadPayloads()
    payloads.known = bid_set_shape()
    desk = Desk(catalogue.environments[0], submit)
    panel = PayloadPanel(desk, payloads, window_jobs, files)
    qtbot.addWidget(panel)
    panel.resize(700, 700)
    offer_form(panel, desk, payloads, window_jobs)
    panel.views.choose(FORM)
    writer = Writer(qtbot, panel, desk, payloads)
    yield writer
    desk.deleteLater()
