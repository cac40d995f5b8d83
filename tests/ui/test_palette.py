"""The palette is legible in both schemes, and reaches every widget."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from caiso_desktop.ui.glyph import draw_glyphs
from caiso_desktop.ui.palette import Appearance, Scheme, apply, environment_colour, palette_of, tokens_of
from caiso_desktop.ui.style_sheet import style_sheet
from caiso_desktop.ui.token import DARK, LIGHT, Tokens

SCHEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])

SURFACES = ("window", "base", "alternate", "header", "button", "hover", "pressed")
TEXT = ("text", "text_muted", "accent", "success", "warning", "error", "info")
XML = ("xml_tag", "xml_attribute", "xml_value", "xml_comment", "xml_cdata", "text")
PAIRS = (
    [(text, surface) for text in ("text", "text_muted") for surface in SURFACES]
    + [(text, surface) for text in TEXT for surface in ("window", "base", "alternate", "header", "hover")]
    + [(text, surface) for text in XML for surface in ("base", "selection", "selection_inactive")]
    + [("on_selection", ground) for ground in ("selection", "selection_inactive")]
    + [(word, f"{word}_ground") for word in ("success", "warning", "error", "info")]
    + [("text", f"{word}_ground") for word in ("success", "warning", "error", "info")]
    + [("on_accent", ground) for ground in ("accent", "accent_hover", "accent_pressed")]
    + [
        (f"on_{ground}", ground)
        for ground in (
            *("simulator", "sandbox", "map_stage", "production", "production_ecn"),
            *("tip", "chip", "found", "found_current"),
        )
    ]
    + [("line_number", "base")]
)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: the ratio of relative luminances, 1 to 21."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_the_one_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@SCHEMES
def test_every_text_is_legible_where_it_stands(tokens: Tokens) -> None:
    colours = tokens._asdict()
    poor = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text, ground in PAIRS
        if contrast(colours[text], colours[ground]) < 4.5
    }
    assert poor == {}


@SCHEMES
def test_every_text_token_is_in_a_pair(tokens: Tokens) -> None:
    texts = {name for name in tokens._asdict() if name.startswith(("on_", "text", "xml_"))}
    assert texts - {text for text, _ in PAIRS} == {"text_disabled"}


@SCHEMES
def test_focus_and_stripes_stand_out_from_what_is_around_them(tokens: Tokens) -> None:
    """WCAG 2.2, 1.4.11: 3:1 for what is not text; amber in a light window relies on the word beside it."""
    for surface in ("window", "base", "alternate"):
        assert contrast(tokens.focus, getattr(tokens, surface)) >= 3
    for stripe in ("simulator", "sandbox", "production", "production_ecn"):
        assert contrast(getattr(tokens, stripe), tokens.window) >= 3


@SCHEMES
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    for name, colour in tokens._asdict().items():
        assert re.fullmatch(r"#[0-9A-F]{6}", colour), name


@SCHEMES
def test_environments_differ_and_an_unknown_one_is_legible(tokens: Tokens) -> None:
    known = ("simulator", "sandbox", "map-stage", "production", "production-ecn")
    stripes = [environment_colour(name, tokens).stripe for name in known]
    assert len(set(stripes)) == len(known)
    unknown = environment_colour("elsewhere", tokens)
    assert unknown.stripe not in stripes
    assert contrast(unknown.stripe, unknown.text) >= 4.5


@SCHEMES
def test_the_tokens_of_a_palette_are_found_again(qapp: QApplication, tokens: Tokens) -> None:
    assert tokens_of(palette_of(tokens)) is tokens


@SCHEMES
def test_the_sheet_uses_only_colours_of_the_scheme(tokens: Tokens, tmp_path: Path, qapp: QApplication) -> None:
    sheet = style_sheet(tokens, draw_glyphs(tokens, tmp_path))
    assert "$" not in sheet
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", sheet)) <= set(tokens._asdict().values())
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    assert all(not QImage(picture).isNull() for picture in pictures)


def test_a_choice_reaches_the_application_and_is_told(qapp: QApplication, qtbot: QtBot) -> None:
    before, sheet = qapp.palette(), qapp.styleSheet()
    button = QPushButton("Send")
    qtbot.addWidget(button)
    appearance = apply(qapp, Scheme.LIGHT)
    try:
        told: list[Tokens] = []
        appearance.changed.connect(told.append)
        assert appearance.tokens is LIGHT
        appearance.choose(Scheme.DARK)
        appearance.choose(Scheme.DARK)
        assert told == [DARK]
        assert appearance.scheme is Scheme.DARK
        qtbot.waitUntil(lambda: tokens_of(button.palette()) is DARK)
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
        assert DARK.accent in qapp.styleSheet()
        appearance.choose(Scheme.SYSTEM)
        assert appearance.tokens in (LIGHT, DARK)
    finally:
        appearance.deleteLater()
        qapp.setStyleSheet(sheet)
        qapp.setPalette(before)


def test_a_window_in_sight_is_never_seen_without_a_sheet(qapp: QApplication, qtbot: QtBot) -> None:
    before, sheet = qapp.palette(), qapp.styleSheet()
    window = QPushButton("Send")
    qtbot.addWidget(window)
    appearance = apply(qapp, Scheme.LIGHT)
    try:
        window.show()
        told: list[Tokens] = []
        appearance.changed.connect(told.append)
        appearance.choose(Scheme.DARK)
        assert appearance.tokens is DARK
        assert (qapp.styleSheet(), window.updatesEnabled(), told) == ("", False, [])
        qtbot.waitUntil(lambda: told == [DARK])
        assert window.updatesEnabled()
        assert DARK.accent in qapp.styleSheet()
        gone = QPushButton("Cancel")
        gone.show()
        appearance.choose(Scheme.LIGHT)
        appearance.choose(Scheme.DARK)
        appearance.choose(Scheme.LIGHT)
        delete(gone)
        qtbot.waitUntil(lambda: told == [DARK, LIGHT])
        assert window.updatesEnabled()
        assert LIGHT.accent in qapp.styleSheet()
        assert tokens_of(window.palette()) is LIGHT
    finally:
        appearance.deleteLater()
        qapp.setStyleSheet(sheet)
        qapp.setPalette(before)


def test_there_is_a_colour_for_a_system_that_does_not_say(qapp: QApplication) -> None:
    before, sheet = qapp.palette(), qapp.styleSheet()
    appearance = Appearance(qapp)
    try:
        assert appearance.scheme is Scheme.SYSTEM
        assert appearance.tokens in (LIGHT, DARK)
    finally:
        appearance.deleteLater()
        qapp.setStyleSheet(sheet)
        qapp.setPalette(before)
