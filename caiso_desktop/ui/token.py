"""The named colours of the program, as ``#RRGGBB``."""

from typing import NamedTuple


class Tokens(NamedTuple):
    """One scheme. A token is named after what it is for; ``on_x`` is the text written on ``x``."""

    # Surfaces, from the window's chrome to what lies in it.
    window: str
    base: str
    alternate: str
    header: str
    button: str
    hover: str
    pressed: str
    selection: str
    selection_inactive: str
    on_selection: str
    tip: str
    on_tip: str
    shadow: str
    # Lines: between surfaces, around controls, and around what has the keyboard.
    line: str
    control_line: str
    focus: str
    scroll: str
    scroll_hover: str
    # Text on any surface but the selection.
    text: str
    text_muted: str
    text_disabled: str
    # The one accent: the primary button, links, the current tab.
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    # What became of something: the word's colour, and a soft ground for a line of text.
    success: str
    success_ground: str
    warning: str
    warning_ground: str
    error: str
    error_ground: str
    info: str
    info_ground: str
    # Environments.
    simulator: str
    on_simulator: str
    sandbox: str
    on_sandbox: str
    map_stage: str
    on_map_stage: str
    production: str
    on_production: str
    production_ecn: str
    on_production_ecn: str
    # XML in the fixed font.
    xml_tag: str
    xml_attribute: str
    xml_value: str
    xml_comment: str
    xml_cdata: str
    line_number: str
    chip: str
    on_chip: str
    found: str
    on_found: str
    found_current: str
    on_found_current: str


LIGHT = Tokens(
    window="#F3F5F7",
    base="#FFFFFF",
    alternate="#F8FAFB",
    header="#EAEEF2",
    button="#FBFCFD",
    hover="#EDF3F6",
    pressed="#DFE8ED",
    selection="#CFE5ED",
    selection_inactive="#E2E8ED",
    on_selection="#0F1B26",
    tip="#232C38",
    on_tip="#F3F6F9",
    shadow="#9AA4B0",
    line="#DCE1E7",
    control_line="#B4BDC8",
    focus="#0C7A98",
    scroll="#C3CAD3",
    scroll_hover="#9CA6B2",
    text="#1A222D",
    text_muted="#55606E",
    text_disabled="#9BA4AF",
    accent="#0A6781",
    accent_hover="#0B7390",
    accent_pressed="#085468",
    on_accent="#FFFFFF",
    success="#1B7038",
    success_ground="#E7F4EB",
    warning="#875200",
    warning_ground="#FFF4DC",
    error="#B3261E",
    error_ground="#FDEDEB",
    info="#1F5CA8",
    info_ground="#E9F1FB",
    simulator="#2459C4",
    on_simulator="#FFFFFF",
    sandbox="#1E7B45",
    on_sandbox="#FFFFFF",
    map_stage="#F2A900",
    on_map_stage="#2B1D00",
    production="#B3261E",
    on_production="#FFFFFF",
    production_ecn="#6A3FB5",
    on_production_ecn="#FFFFFF",
    xml_tag="#17589B",
    xml_attribute="#7A4A05",
    xml_value="#22693A",
    xml_comment="#59646F",
    xml_cdata="#7A3E9D",
    line_number="#626C79",
    chip="#E6EBF0",
    on_chip="#47525F",
    found="#FFEBA8",
    on_found="#2B2100",
    found_current="#FFC93C",
    on_found_current="#2B2100",
)

DARK = Tokens(
    window="#1A1E24",
    base="#14171C",
    alternate="#181C22",
    header="#21262D",
    button="#262C34",
    hover="#222932",
    pressed="#1D2229",
    selection="#1E4252",
    selection_inactive="#2A323C",
    on_selection="#F0F6F9",
    tip="#DCE2E9",
    on_tip="#14171C",
    shadow="#0A0C0F",
    line="#2E353E",
    control_line="#465060",
    focus="#5CBAD6",
    scroll="#3C4551",
    scroll_hover="#566170",
    text="#DCE2E9",
    text_muted="#9CA7B4",
    text_disabled="#5E6875",
    accent="#5CBAD6",
    accent_hover="#74C8E1",
    accent_pressed="#46A3BF",
    on_accent="#062029",
    success="#6CCB8B",
    success_ground="#152D1F",
    warning="#E9B44C",
    warning_ground="#33270F",
    error="#FF8F84",
    error_ground="#3A1C1A",
    info="#82BAF2",
    info_ground="#162A40",
    simulator="#5B8DEF",
    on_simulator="#06142E",
    sandbox="#4FB477",
    on_sandbox="#04180D",
    map_stage="#F0B429",
    on_map_stage="#241900",
    production="#CF4037",
    on_production="#FFFFFF",
    production_ecn="#7D57D6",
    on_production_ecn="#FFFFFF",
    xml_tag="#82BDF5",
    xml_attribute="#E3B778",
    xml_value="#9BCB8B",
    xml_comment="#A0ABB8",
    xml_cdata="#CFA9E8",
    line_number="#7F8A97",
    chip="#2A313A",
    on_chip="#B4BFCB",
    found="#4D4013",
    on_found="#F7E9B4",
    found_current="#E0B02E",
    on_found_current="#201800",
)
