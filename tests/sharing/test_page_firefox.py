"""Every edition in Firefox: no request, no complaint, controls that work, a state that returns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hotspots.sharing.map import draw

from .firefox import PROGRAM, Firefox, firefox
from .test_page_whatif import allocated

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="Firefox is not installed"),
]

ROWS = "[...document.querySelectorAll('#plan tbody tr[data-n]')]"
SHOWN = f"{ROWS}.filter(row => row.offsetParent).length"


def changed(control: str, value: str) -> str:
    """Script that sets a control as a reader would."""
    return (
        f"(() => {{ const it = document.querySelector('{control}'); it.value = '{value}';"
        "it.dispatchEvent(new Event('input', {bubbles: true}));"
        "it.dispatchEvent(new Event('change', {bubbles: true})); return true; })()"
    )


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One Firefox for all editions."""
    with firefox(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.mark.parametrize("audience", ["restricted", "partner", "public"])
def test_an_edition_in_firefox(tiny_plan, tmp_path, tab, audience):
    """Table, filter, details, slider and link do what they do in Chromium, from a file alone."""
    path = tmp_path / "map.html"
    plan = allocated(tiny_plan)
    draw(plan, audience).save(path)
    tab.begin()
    tab.open(path.as_uri())
    every = tab.run(SHOWN)
    assert every == len(plan.hotspots)
    assert tab.run("document.querySelectorAll('.leaflet-pane path').length") > every
    tab.run(changed("#district", "Watford"))
    some = tab.run(SHOWN)
    assert 0 < some < every
    tab.run("document.querySelector('#plan tbody tr .open').click()")
    assert tab.run("!document.querySelector('#details').hidden")
    if audience == "restricted":
        before = tab.run("document.querySelector('#plan tbody').innerText")
        tab.run(changed("#budget", "40"))
        assert tab.run("document.querySelector('#plan tbody').innerText") != before
    link = tab.run("new Promise(done => setTimeout(() => done(location.href), 600))")
    assert "district=Watford" in link
    tab.open("about:blank")
    tab.open(link)
    assert tab.run(SHOWN) == some
    assert tab.trouble == []
