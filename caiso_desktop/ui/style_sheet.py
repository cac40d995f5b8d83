"""What Fusion does not draw as we want it: hairlines, flat headers and tabs, a visible focus, thin scroll bars.

Everything else comes from the palette. Distances are 4 and 8 px. Properties that a panel may set on a widget:
``primary`` (a button: the accent), ``quiet`` (a tool-like button without a frame), ``tone`` (a label: ``muted``,
``success``, ``warning``, ``error``, ``info``), ``banner`` (a label or frame: a line of text on a soft ground, in the
same words), ``chip`` (a button or label in a bar), ``title`` (a panel's heading).
"""

from collections.abc import Mapping
from string import Template

from caiso_desktop.ui.token import Tokens

_SHEET = Template("""
QToolTip { color: $on_tip; background: $tip; border: 1px solid $tip; padding: 4px 6px; }

QPushButton, QToolButton {
    color: $text; background: $button; border: 1px solid $control_line; border-radius: 4px;
    padding: 3px 12px; min-height: 18px;
}
QToolButton { padding: 3px 6px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked, QToolButton:pressed, QToolButton:checked { background: $pressed; }
QPushButton:focus, QToolButton:focus { border: 1px solid $focus; }
QPushButton:disabled, QToolButton:disabled { color: $text_disabled; background: $window; border-color: $line; }
QPushButton[primary="true"] {
    color: $on_accent; background: $accent; border-color: $accent; font-weight: 600; padding: 3px 16px;
}
QPushButton[primary="true"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[primary="true"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[primary="true"]:focus { border: 2px solid $text; padding: 2px 15px; }
QPushButton[primary="true"]:disabled { color: $text_disabled; background: $header; border-color: $line; }
QPushButton[quiet="true"], QToolButton[quiet="true"] { background: transparent; border-color: transparent; }
QPushButton[quiet="true"]:hover, QToolButton[quiet="true"]:hover { background: $hover; border-color: $line; }
QPushButton[quiet="true"]:checked, QToolButton[quiet="true"]:checked { background: $pressed; border-color: $line; }
QPushButton[quiet="true"]:focus, QToolButton[quiet="true"]:focus { border-color: $focus; }
QPushButton[quiet="true"]:disabled, QToolButton[quiet="true"]:disabled {
    background: transparent; border-color: transparent;
}
QPushButton[chip="true"], QLabel[chip="true"], QToolButton[chip="true"] {
    color: $on_chip; background: $chip; border: 1px solid $line; border-radius: 10px; padding: 1px 10px;
    min-height: 17px; max-height: 17px;
}
QPushButton[chip="true"]:hover, QToolButton[chip="true"]:hover { border-color: $control_line; color: $text; }
QPushButton[chip="true"]:focus, QToolButton[chip="true"]:focus { border-color: $focus; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {
    background: $base; color: $text; border: 1px solid $control_line; border-radius: 4px;
    selection-background-color: $selection; selection-color: $on_selection;
}
QLineEdit, QAbstractSpinBox, QComboBox { padding: 2px 6px; min-height: 18px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 1px solid $focus;
}
QLineEdit QToolButton { border: 0; padding: 0; min-height: 0; background: transparent; }
QLineEdit:read-only { background: $alternate; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: $text_disabled; background: $window; border-color: $line;
}
QAbstractSpinBox { padding: 2px 20px 2px 4px; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0; background: transparent; }
QComboBox { padding-right: 4px; }
QComboBox:hover, QAbstractSpinBox:hover, QLineEdit:hover { border-color: $scroll_hover; }
QComboBox:focus:hover, QAbstractSpinBox:focus:hover, QLineEdit:focus:hover { border-color: $focus; }
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down {
    subcontrol-origin: padding; subcontrol-position: center right; width: 20px; border: 0;
}
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow {
    image: url("$glyph_down"); width: 12px; height: 12px;
}
QComboBox::down-arrow:disabled { image: url("$glyph_down_disabled"); }
QComboBox QAbstractItemView { border: 1px solid $control_line; padding: 2px; }
QAbstractSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; width: 18px; border: 0; }
QAbstractSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right; width: 18px; border: 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url("$glyph_up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$glyph_down"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off { image: url("$glyph_up_disabled"); }
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off { image: url("$glyph_down_disabled"); }

QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
    width: 12px; height: 12px; background: $base; border: 1px solid $scroll_hover; border-radius: 3px;
}
QRadioButton::indicator { border-radius: 7px; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $focus; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $focus; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: url("$glyph_tick");
}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url("$glyph_dash");
}
QRadioButton::indicator:checked { background: $base; border: 4px solid $accent; width: 6px; height: 6px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $window; border-color: $line; }
QCheckBox::indicator:checked:disabled { image: url("$glyph_tick_disabled"); }
QCheckBox:disabled, QRadioButton:disabled { color: $text_disabled; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QLineEdit[wrong="true"] { border-color: $error; }

QAbstractItemView {
    background: $base; alternate-background-color: $alternate; color: $text; border: 1px solid $line;
    selection-background-color: $selection; selection-color: $on_selection; outline: 0;
}
QAbstractItemView:focus { border: 1px solid $focus; }
QTreeView::item, QTableView::item, QListView::item { padding: 1px 4px; border: 0; }
QTreeView::item, QListView::item { height: 20px; }
QTreeView::item:hover, QListView::item:hover, QTableView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {
    background: $selection; color: $on_selection;
}
QTreeView::item:selected:!active, QListView::item:selected:!active, QTableView::item:selected:!active {
    background: $selection_inactive; color: $on_selection;
}
QTreeView::item:disabled, QListView::item:disabled, QTableView::item:disabled { color: $text_disabled; }
QHeaderView { background: $header; border: 0; }
QHeaderView::section {
    background: $header; color: $text_muted; border: 0; border-right: 1px solid $line;
    border-bottom: 1px solid $line; padding: 3px 8px; text-align: left; font-weight: normal;
}
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: $header; border: 0; }

QTabWidget::pane { border: 0; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $text_muted; border: 0; border-bottom: 2px solid transparent;
    padding: 5px 12px 4px 12px;
}
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { background: $hover; }
QTabBar::tab:disabled { color: $text_disabled; }

QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $scroll; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px 3px; border: 0; border-radius: 3px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 3px 2px; border: 0; border-radius: 3px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }

QMenuBar { background: $window; border-bottom: 1px solid $line; }
QMenuBar::item { padding: 4px 8px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $base; border: 1px solid $control_line; padding: 4px 0; }
QMenu::item { padding: 4px 24px 4px 12px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; color: $on_selection; }
QMenu::item:disabled { color: $text_disabled; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0; }

QToolBar { background: $window; border: 0; border-bottom: 1px solid $line; spacing: 4px; padding: 4px 8px; }
QStatusBar { background: $window; border-top: 1px solid $line; color: $text_muted; }
QStatusBar::item { border: 0; }
QProgressBar { background: $header; border: 0; border-radius: 2px; max-height: 4px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QGroupBox { border: 1px solid $line; border-radius: 4px; margin-top: 8px; padding: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; padding: 0 4px; color: $text_muted; }

QLabel[title="true"] { font-weight: 600; color: $text; }
QLabel[tone="muted"] { color: $text_muted; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="info"] { color: $info; }
*[banner="success"] { color: $success; background: $success_ground; border: 0; border-radius: 4px; padding: 4px 8px; }
*[banner="warning"] { color: $warning; background: $warning_ground; border: 0; border-radius: 4px; padding: 4px 8px; }
*[banner="error"] { color: $error; background: $error_ground; border: 0; border-radius: 4px; padding: 4px 8px; }
*[banner="info"] { color: $info; background: $info_ground; border: 0; border-radius: 4px; padding: 4px 8px; }
""")


def style_sheet(tokens: Tokens, glyphs: Mapping[str, str]) -> str:
    """The application's style sheet in these colours; ``glyphs`` names the files of `draw_glyphs`."""
    return _SHEET.substitute(tokens._asdict(), **{f"glyph_{name}": path for name, path in glyphs.items()})
