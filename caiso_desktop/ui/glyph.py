"""The few marks that a style sheet can only take from a file: ticks and chevrons, drawn in the scheme's colours."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from caiso_desktop.ui.token import Tokens

# Polylines on a grid of 12 by 12.
_TICK = ((2.5, 6.5), (5.0, 9.0), (9.5, 3.5))
_DASH = ((3.0, 6.0), (9.0, 6.0))
_DOWN = ((3.0, 4.5), (6.0, 7.5), (9.0, 4.5))
_UP = ((3.0, 7.5), (6.0, 4.5), (9.0, 7.5))


def draw_glyphs(tokens: Tokens, folder: Path, density: int = 1) -> Mapping[str, str]:
    """Draw every mark into ``folder``; returns name -> path for a sheet.

    They are drawn plain, doubled for a screen that may be plugged in later, and for the densest screen there is now.
    """
    drawn = {}
    for name, points, colour in (
        ("tick", _TICK, tokens.on_accent),
        ("dash", _DASH, tokens.on_accent),
        ("tick_disabled", _TICK, tokens.text_disabled),
        ("down", _DOWN, tokens.text_muted),
        ("down_disabled", _DOWN, tokens.text_disabled),
        ("up", _UP, tokens.text_muted),
        ("up_disabled", _UP, tokens.text_disabled),
    ):
        path = folder / f"{name}.png"
        for scale in {1, 2, density}:
            suffix = "" if scale == 1 else f"@{scale}x"
            _draw(points, colour, scale).save(str(path.with_stem(name + suffix)))
        drawn[name] = path.as_posix()
    return drawn


def _draw(points: tuple[tuple[float, float], ...], colour: str, scale: int) -> QImage:
    image = QImage(12 * scale, 12 * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QColor(colour), 1.5, Qt.PenStyle.SolidLine, cap, join))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
    painter.end()
    return image
