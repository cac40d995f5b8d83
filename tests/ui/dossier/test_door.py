"""What was sent, opened as a draft from a saved exchange."""

from pathlib import Path

import pytest

from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.ui.window import Window


@pytest.mark.parametrize(
    ("payload", "service", "says"),
    [
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<Request>\xff</Request>', None, "is not UTF-8"),
        (b"<Request>" + b"<b/>\n" * (EDITABLE_BYTES // 5) + b"</Request>", None, "can be edited here"),
        (b"<Request/>", "Nothing", "Nothing"),
    ],
)
def test_what_cannot_be_a_draft_is_said_and_opens_none(
    window: Window, retrieve: Target, payload: bytes, service: str | None, says: str
) -> None:
    told: list[CaisoError] = []
    target = Target(retrieve.application, service, "v1", Variant.AP) if service else retrieve
    window.dossiers.take(target, payload, told.append)
    [error] = told
    assert says in error.detail
    assert not window.drafts.panels


def test_what_was_sent_becomes_a_draft_of_the_same_service(window: Window, retrieve: Target) -> None:
    window.dossiers.take(retrieve, b"<Request/>", lambda error: pytest.fail(str(error)))
    [panel] = window.drafts.panels
    assert panel.desk.target == retrieve
    assert panel.desk.draft.text == "<Request/>"


def test_a_payload_that_lies_in_a_file_is_not_read_to_be_refused(window: Window, retrieve: Target) -> None:
    told: list[CaisoError] = []
    nowhere = PayloadFile(Path("nowhere.xml"), EDITABLE_BYTES + 1, "")
    window.dossiers.take(retrieve, nowhere, told.append)
    assert "2,000,001 bytes" in told[0].detail
    assert not window.drafts.panels
