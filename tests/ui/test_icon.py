"""Every meaning has a picture, in the colours of the palette."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.palette import palette_of
from caiso_desktop.ui.token import DARK, LIGHT


def inked(picture: QImage) -> set[str]:
    """The colours of the fully covered pixels."""
    colours = (picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height()))
    return {colour.name().upper() for colour in colours if colour.alpha() == 255}


@pytest.mark.parametrize("symbol", list(Symbol))
def test_every_symbol_has_a_glyph_of_its_own_font(qapp: QApplication, symbol: Symbol) -> None:
    picture = icon(symbol, Tone.PLAIN).pixmap(QSize(48, 48)).toImage()
    covered = sum(picture.pixelColor(x, y).alpha() > 0 for x in range(48) for y in range(48))
    assert 40 < covered < 48 * 48 * 0.8
    edges = [(x, y) for x in range(48) for y in (0, 47)] + [(x, y) for x in (0, 47) for y in range(48)]
    assert not any(picture.pixelColor(x, y).alpha() for x, y in edges), "cut off at the edge"


def test_no_two_symbols_look_the_same(qapp: QApplication) -> None:
    pictures = {bytes(icon(symbol).pixmap(QSize(32, 32)).toImage().constBits()) for symbol in Symbol}
    assert len(pictures) == len(Symbol)


@pytest.mark.parametrize("tone", list(Tone))
def test_an_icon_changes_colour_with_the_palette(qapp: QApplication, tone: Tone) -> None:
    made = icon(Symbol.STOP, tone)
    before = qapp.palette()
    try:
        for tokens in (LIGHT, DARK):
            qapp.setPalette(palette_of(tokens))
            assert inked(made.pixmap(QSize(64, 64)).toImage()) == {getattr(tokens, tone)}
            disabled = made.pixmap(QSize(64, 64), QIcon.Mode.Disabled).toImage()
            assert inked(disabled) == {tokens.text_disabled}
    finally:
        qapp.setPalette(before)


def test_an_icon_paints_into_a_widget_where_it_is_told(qapp: QApplication) -> None:
    canvas = QPixmap(100, 40)
    canvas.fill(QColor("white"))
    painter = QPainter(canvas)
    icon(Symbol.SEND, Tone.PLAIN).paint(painter, 60, 10, 20, 20)
    painter.end()
    picture = canvas.toImage()
    touched = {(x, y) for x in range(100) for y in range(40) if picture.pixelColor(x, y) != QColor("white")}
    assert touched
    assert all(60 <= x < 80 and 10 <= y < 30 for x, y in touched)


def test_qtawesome_itself_stays_unimported() -> None:
    code = "import sys, caiso_desktop.ui.icon; print([m for m in sys.modules if m.startswith(('qtawesome', 'qtpy'))])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "[]"


def test_an_icon_in_a_cycle_is_deleted_once() -> None:
    program = """
import gc
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QPushButton
from caiso_desktop.ui.icon import Symbol, Tone, icon
application = QApplication([])
for symbol in Symbol:
    button, made = QPushButton(), icon(symbol, Tone.MUTED)
    button.setIcon(made)
    assert not made.pixmap(QSize(16, 16)).isNull()
    cycle = [made, button, button.icon()]
    cycle.append(cycle)
    del cycle, made, button
    gc.collect()
print("whole")
"""
    # Of what is freed nothing may be read again: glibc writes over it.
    environment = {**os.environ, "MALLOC_PERTURB_": "165", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr
