"""Collapsed files are kept, found again by content, and give the same as reading all anew."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import hotspots
from hotspots.errors import OutputError
from hotspots.intake import Store, engines, read_districts, read_places
from hotspots.settings import IntakeSettings


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three monthly files with an id repeated across two of them and a line that is broken."""
    folder = tmp_path_factory.mktemp("months")
    with zipfile.ZipFile(hotspots.sample_incidents()) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".csv"))
        tables = [pd.read_csv(archive.open(name), dtype=str, nrows=3000) for name in names]
    paths = []
    for number, table in enumerate(tables):
        table.loc[table["Crime type"] == "Robbery", "Crime ID"] = "the same one"
        paths.append(folder / f"{number}-street.csv")
        table.to_csv(paths[-1], index=False)
    with paths[1].open("a") as file:
        file.write("one,column,too,few\n")
    return paths


@pytest.fixture
def read_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the CSV files that the engine is asked to read."""
    seen: list[str] = []
    original = engines.read_csv

    def spy(engine: object, paths: list[Path], *rest: object) -> object:
        seen.extend(path.name for path in paths)
        return original(engine, paths, *rest)

    monkeypatch.setattr(engines, "read_csv", spy)
    return seen


def _places(paths: list[Path], store: Store | None, **settings: str) -> hotspots.Places:
    districts = read_districts("west-yorkshire")
    return read_places(paths, districts, IntakeSettings(**settings), store=store)[0]


def _same(one: hotspots.Places, other: hotspots.Places) -> None:
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.quality == other.quality


def test_a_refresh_reads_only_the_new_month(
    months: list[Path], tmp_path: Path, read_paths: list[str]
) -> None:
    """Two months kept and a third added: only the third is read, and nothing else differs."""
    store = Store(tmp_path / "places")
    _places(months[:2], store)
    store.save()
    read_paths.clear()
    store = Store(tmp_path / "places")
    refreshed = _places(months, store)
    assert read_paths == [months[2].name]
    store.save()
    full = _places(months, None)
    _same(refreshed, full)
    assert full.quality.left_out["repeated_id"] > 2
    assert full.quality.left_out["unreadable_row"] == 1
    read_paths.clear()
    _same(_places(months, Store(tmp_path / "places")), full)
    assert read_paths == []


def test_content_and_settings_are_the_key(
    months: list[Path], tmp_path: Path, read_paths: list[str]
) -> None:
    """Another name of the same content is known; other content or settings are not."""
    store = Store(tmp_path / "places")
    _places(months[:1], store)
    store.save()
    read_paths.clear()
    renamed = tmp_path / "another-street.csv"
    shutil.copy(months[0], renamed)
    _places([renamed], Store(tmp_path / "places"))
    assert read_paths == []
    _places([renamed], Store(tmp_path / "places"), from_month="2016-01")
    assert read_paths == [renamed.name]
    read_paths.clear()
    lines = renamed.read_text().splitlines(keepends=True)
    renamed.write_text("".join(lines[:-1]))
    _places([renamed], Store(tmp_path / "places"))
    assert read_paths == [renamed.name]


def test_a_damaged_store_is_read_anew(
    months: list[Path], tmp_path: Path, read_paths: list[str]
) -> None:
    """A truncated file of the store counts as none, and saving mends it."""
    store = Store(tmp_path / "places")
    expected = _places(months[:1], store)
    store.save()
    (kept,) = (tmp_path / "places").glob("*.parquet")
    kept.write_bytes(kept.read_bytes()[:100])
    read_paths.clear()
    store = Store(tmp_path / "places")
    _same(_places(months[:1], store), expected)
    assert read_paths == [months[0].name]
    store.save()
    assert kept.stat().st_size > 100


def test_what_is_not_used_is_removed(months: list[Path], tmp_path: Path) -> None:
    """The store holds the files of the last run and no others."""
    for paths in (months, months[1:]):
        store = Store(tmp_path / "places")
        _places(paths, store)
        store.save()
    assert len(list((tmp_path / "places").iterdir())) == 2


def test_nothing_is_written_before_saving(months: list[Path], tmp_path: Path) -> None:
    """Reading with a store leaves the disk as it is."""
    _places(months[:1], Store(tmp_path / "places"))
    assert not (tmp_path / "places").exists()


def test_a_store_that_cannot_be_written_is_one_line(months: list[Path], tmp_path: Path) -> None:
    """A file in the place of the folder is refused in one line."""
    (tmp_path / "places").write_text("")
    store = Store(tmp_path / "places")
    _places(months[:1], store)
    with pytest.raises(OutputError, match="Cannot keep collapsed places"):
        store.save()


def test_categories_of_equal_number_are_in_order_of_their_names(tmp_path: Path) -> None:
    """The report lists categories by number, then by name, however the engine returns them."""
    lines = ["Crime ID,Month,Longitude,Latitude,Location,LSOA name,Crime type"]
    names = ["Robbery", "Drugs", "Vehicle crime", "Burglary", "Public order", "Other theft"]
    lines += [f",2021-01,-1.54{n},53.80{n},,,{name}" for n, name in enumerate(names)]
    path = tmp_path / "2021-01-street.csv"
    path.write_text("\n".join(lines) + "\n")
    for _ in range(5):
        listed = [entry["category"] for entry in _places([path], None).quality.categories]
        assert listed == sorted(names)
