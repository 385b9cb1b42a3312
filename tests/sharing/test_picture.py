"""The static map is true to scale, shows the page's classes, and can be read."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hotspots
from hotspots.frames import Plan
from hotspots.sharing.picture import compose, png
from hotspots.sharing.picture.labels import Box, number_box, place_numbers
from hotspots.sharing.picture.letters import fitted, line, width, wrapped
from hotspots.sharing.picture.scene import HEIGHT, WIDTH, Raster, Scene, Shape, Text
from hotspots.sharing.raster import PALETTES

from .plan_factory import small_plan, with_changes

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return compose(with_changes(small_plan()))


def texts(scene: Scene) -> list[Text]:
    return [mark for mark in scene.marks if isinstance(mark, Text)]


def test_the_sheet_says_what_it_is(scene: Scene) -> None:
    """Title, period, hours, marking twice, legend with its unit, names, numbers, sources."""
    said = [mark.text for mark in texts(scene)]
    assert said.count("OFFICIAL") == 2
    assert "Hotspot patrol plan: Leeds and Bradford" in said
    assert (
        "January to February 2021. 3 hotspots in 2 of 2 districts, 75 officer-hours in 52 weeks."
        in said
    )
    assert "per km² and month" in said
    assert {"Leeds", "Bradford", "Former hotspot", "N", "500 m"} <= set(said)
    assert said.count("1") == said.count("2") == said.count("3") == 2
    assert {"Market Street", "Call Lane", "38"} <= set(said)
    whole = " ".join(said)
    assert "Open Government Licence v3.0" in whole
    assert "not evidence about any person" in whole


def test_the_map_is_true_to_scale(scene: Scene) -> None:
    """Two districts side by side are 4 km by 2 km; the bar's length is that of its label."""
    polygons = [m for m in scene.marks if isinstance(m, Shape) and m.fill == "#ffffff"][1:3]
    points = np.vstack([ring for shape in polygons for ring in shape.rings])
    wide, high = np.ptp(points, axis=0)
    assert wide / high == pytest.approx(2.0)
    bar = next(
        m for m in scene.marks if isinstance(m, Shape) and len(m.rings[0]) == 4 and not m.closed
    )
    label = next(t.text for t in texts(scene) if re.fullmatch(r"[\d.]+ k?m", t.text))
    metres = float(label.split()[0]) * (1000 if "km" in label else 1)
    assert np.ptp(bar.rings[0][:, 0]) / metres == pytest.approx(wide / 4000)


def test_density_shows_the_class_of_each_cell(scene: Scene) -> None:
    """At the centre of a cell stands the class that its value has by the breaks of the legend."""
    plan = small_plan()
    picture = next(m for m in scene.marks if isinstance(m, Raster))
    lower = [
        float(t.text.split()[0].replace(",", ""))
        for t in texts(scene)
        if re.fullmatch(r"[\d.,]+ (to [\d.,]+|and more)", t.text)
    ]
    assert len(lower) == 6
    density = plan.targeting.density
    both = [m for m in scene.marks if isinstance(m, Shape) and m.fill == "#ffffff"][1:3]
    points = np.vstack([ring for shape in both for ring in shape.rings])
    left, top = points.min(axis=0)
    scale = np.ptp(points[:, 0]) / 4000
    for row in range(4):
        for column in range(4):
            x = left + (column * 500 + 250) * scale
            y = top + (2000 - (row * 500 + 250)) * scale
            pixel = picture.classes[
                int((y - picture.y) / picture.height * picture.classes.shape[0]),
                int((x - picture.x) / picture.width * picture.classes.shape[1]),
            ]
            value = density.values_per_km2[row, column] / 2
            near = {np.searchsorted(lower, value + d, side="right") for d in (-0.01, 0.01)}
            assert pixel in near


@given(
    st.lists(st.tuples(st.floats(20, 480), st.floats(20, 480), st.floats(1, 30)), max_size=12),
)
def test_numbers_do_not_cover_each_other(spots: list[tuple[float, float, float]]) -> None:
    """With room around, every number stands inside the frame and apart from all others."""
    frame = Box(-300, -300, 800, 800)
    boxes = [Box.around(x, y, size, size) for x, y, size in spots]
    numbers = list(range(1, len(boxes) + 1))
    placed = place_numbers(boxes, numbers, frame, [])
    found = [number_box(n, *spot) for n, spot in zip(numbers, placed, strict=True)]
    assert all(box.within(frame) for box in found)
    for n, box in enumerate(found):
        assert not any(box.meets(other) for other in found[:n])
    assert placed == place_numbers(boxes, numbers, frame, [])


@given(st.text(max_size=300), st.floats(20, 500), st.integers(1, 4))
def test_text_is_cut_to_its_room(text: str, most: float, lines: int) -> None:
    """No line is longer than allowed but for a lone ellipsis, and short text is not cut."""
    one = line(text)
    for part in [fitted(one, most, 12), *wrapped(one, most, 12, lines)]:
        assert width(part, 12) <= most or part == "…"
    assert len(wrapped(one, most, 12, lines)) <= lines
    if width(one, 12) <= most:
        assert fitted(one, most, 12) == one
        assert wrapped(one, most, 12, lines) == [one]


def test_marks_that_turn_text_are_left_out() -> None:
    """Signs of direction would turn what stands beside them."""
    assert line("\u202eabc\u200f\u2066 def\nghi") == "abc def ghi"


def test_the_png_has_the_colours_of_the_classes(scene: Scene) -> None:
    """Pixels of every class that is on the map are its colour at the opacity of the legend."""
    image = pytest.importorskip("matplotlib.image", reason="matplotlib is not installed")
    pixels = (image.imread(io.BytesIO(png(scene)))[:, :, :3] * 255).round().astype(int)
    assert pixels.shape == (int(HEIGHT * 1.6), int(WIDTH * 1.6), 3)
    picture = next(m for m in scene.marks if isinstance(m, Raster))
    seen = {tuple(colour) for colour in pixels.reshape(-1, 3)}
    for number in np.unique(picture.classes[picture.classes > 0]):
        colour = np.array(list(bytes.fromhex(PALETTES["inferno_r"][number - 1][1:])))
        wanted = 0.75 * colour + 0.25 * 255
        assert min(np.abs(np.array(one) - wanted).max() for one in seen) <= 2


@pytest.mark.browser
@pytest.mark.parametrize("text", [None, "A" * 10_000, "Long Name of a Street " * 40])
def test_a_browser_shows_all_text_within_the_sheet(
    watched, tiny_plan, tmp_path: Path, text: str | None
) -> None:
    """With the browser's fonts no text leaves the sheet, and names do not run into hours."""
    plan: Plan = tiny_plan(text, hotspots=30)
    path = hotspots.export(plan, tmp_path / "map.svg")
    view = watched(1600, 1131)
    page = view.open(path)
    boxes = page.evaluate(
        "[...document.querySelectorAll('text')].map((node) => {"
        "const box = node.getBBox();"
        "return [node.textContent, box.x, box.y, box.width, box.height]; })"
    )
    assert len(boxes) > 90
    for _, x, y, wide, high in boxes:
        assert x >= 0
        assert y >= 0
        assert x + wide <= WIDTH
        assert y + high <= HEIGHT
    panel = [box for box in boxes if box[1] > 1170 and box[2] > 330]
    for _, x, y, wide, _ in panel:
        for _, x2, y2, _, _ in panel:
            if x < x2 and abs(y - y2) < 2:
                assert x + wide <= x2 + 0.5
    assert view.trouble == []


def test_the_svg_has_a_name_and_a_description(tmp_path: Path) -> None:
    """A screen reader hears title and headline."""
    root = ElementTree.parse(hotspots.export(small_plan(), tmp_path / "map.svg")).getroot()
    assert root.get("role") == "img"
    named = root.get("aria-labelledby").split()
    ids = {element.get("id"): element.text for element in root if element.get("id")}
    assert [name in ids for name in named] == [True, True]
    assert ids["title"] == "Hotspot patrol plan: Leeds and Bradford"
    assert "75 officer-hours" in ids["description"]
