"""Styles in the language of QGIS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """How a polygon looks: colours as ``red,green,blue,opacity``, 0 to 255; width in mm."""

    fill: str = "0,0,0,0"
    outline: str = "0,0,0,0"
    width_mm: float = 0.3
    line: str = "solid"  # solid, dash, dot, or no


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a layer looks.

    Attributes
    ----------
    symbols
        Value of `column` -> what the legend says of it, and its symbol. Without a column there
        is one entry, of any name.
    column
        Column whose values are told apart; empty: all look alike.
    label
        Column that labels the shapes; empty: none.
    """

    symbols: Mapping[str, tuple[str, Symbol]]
    column: str = ""
    label: str = ""


def alike(label: str = "", **symbol: str | float) -> Style:
    """Style of a layer whose shapes all look alike."""
    return Style(symbols={"": ("", Symbol(**symbol))}, label=label)  # type: ignore[arg-type]


def qml(style: Style) -> str:
    """Write a style as QGIS keeps it."""
    symbols = "".join(
        f"<symbol type='fill' name='{number}' alpha='1' clip_to_extent='1' force_rhr='0'>"
        f"<layer class='SimpleFill' enabled='1' locked='0' pass='0'>{_options(symbol)}</layer>"
        "</symbol>"
        for number, (_, symbol) in enumerate(style.symbols.values())
    )
    head = "forceraster='0' symbollevels='0' enableorderby='0'"
    if style.column:
        categories = "".join(
            f"<category symbol='{number}' value={quoteattr(value)} label={quoteattr(says)} "
            "render='true'/>"
            for number, (value, (says, _)) in enumerate(style.symbols.items())
        )
        renderer = (
            f"<renderer-v2 type='categorizedSymbol' attr={quoteattr(style.column)} {head}>"
            f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
        )
    else:
        renderer = (
            f"<renderer-v2 type='singleSymbol' {head}><symbols>{symbols}</symbols></renderer-v2>"
        )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f"<qgis version='3.34.0' styleCategories='Symbology|Labeling' "
        f"labelsEnabled='{bool(style.label):d}'>{renderer}{_labels(style)}</qgis>\n"
    )


def _options(symbol: Symbol) -> str:
    properties = {
        "color": symbol.fill,
        "style": "solid",
        "outline_color": symbol.outline,
        "outline_style": symbol.line,
        "outline_width": f"{symbol.width_mm:g}",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    options = "".join(
        f"<Option type='QString' name={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in properties.items()
    )
    # QGIS before 3.26 reads these
    old = "".join(
        f"<prop k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in properties.items()
    )
    return f"<Option type='Map'>{options}</Option>{old}"


def _labels(style: Style) -> str:
    if not style.label:
        return ""
    colour = next(iter(style.symbols.values()))[1].outline
    return (
        "<labeling type='simple'><settings calloutType='simple'>"
        f"<text-style fieldName={quoteattr(style.label)} isExpression='0' fontSize='9' "
        f"fontSizeUnit='Point' fontWeight='75' textColor={quoteattr(colour)} textOpacity='1'>"
        "<text-buffer bufferDraw='1' bufferSize='0.8' bufferSizeUnits='MM' "
        "bufferColor='255,255,255,255' bufferOpacity='1'/></text-style>"
        "<placement placement='1'/><rendering drawLabels='1' obstacle='0'/>"
        "</settings></labeling>"
    )
