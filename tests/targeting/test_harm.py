"""Harm tables: the bundled one holds what its README says, and bad ones are refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hotspots.errors import InputError, SettingsError
from hotspots.settings import Settings
from hotspots.targeting.harm import harm_weights

ROOT = Path(__file__).parents[2]


def test_bundled_weights_are_those_published() -> None:
    """Days of the Cambridge Crime Harm Index, 2026, by category of data.police.uk."""
    assert harm_weights() == {
        "anti-social behaviour": 0.0, "bicycle theft": 2.0, "burglary": 248.8,
        "criminal damage and arson": 8.11, "drugs": 3.29, "other crime": 10.0, "other theft": 2.0,
        "possession of weapons": 273.75, "public order": 7.5, "robbery": 365.0,
        "shoplifting": 1.0, "theft from the person": 2.0, "vehicle crime": 5.0,
        "violence and sexual offences": 227.8,
    }  # fmt: skip
    with (ROOT / "data" / "harm" / "cambridge-chi.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] for row in rows)


def test_own_table_is_read(tmp_path: Path) -> None:
    """Order, further columns, case and a byte order mark do not matter."""
    table = tmp_path / "own.csv"
    table.write_text("\ufeffNote,Weight,Category\nx,2.5, Robbery\ny,0,\n", encoding="utf-8")
    assert harm_weights(table) == {"robbery": 2.5, "": 0.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no column category or weight; .* found: nothing"),
        ("category,days\nRobbery,3\n", "has no column weight; .* found: category, days"),
        ("category,weight\n", "has no rows below its header"),
        ("category,weight\nRobbery,1\nrobbery ,2\n", "names 'robbery ' twice"),
        ("category,weight\nRobbery,many\n", "line 2: the weight of 'Robbery' is 'many'"),
        ("category,weight\nRobbery,-1\n", "is '-1'; write a number of 0 or more"),
        ("category,weight\nRobbery,inf\n", "is 'inf'"),
        ("category,weight\nRobbery,nan\n", "is 'nan'"),
        ("category,weight\nRobbery\n", "is ''"),
        ('category,weight\n"Robbery,1\n', "is not a CSV file"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong, and where, in one line."""
    table = tmp_path / "own.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as error:
        harm_weights(table)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """A missing file, a folder and binary content are named."""
    with pytest.raises(InputError, match=r"Cannot read the harm table .*none\.csv: No such file"):
        harm_weights(tmp_path / "none.csv")
    with pytest.raises(InputError, match="Cannot read the harm table"):
        harm_weights(tmp_path)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8 text"):
        harm_weights(tmp_path / "binary.csv")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"rank_by": "severity"},
            "targeting.rank_by must be one of 'excess', 'incidents', 'shrunk', 'harm'",
        ),
        ({"harm_table": " "}, "harm_table must be a file's path"),
        ({"significance_q": 0.0}, "significance_q must be a rate above 0"),
        ({"significance_q": 1.0}, "significance_q must be a rate above 0 and below 1"),
        ({"draws": 18}, "draws must be 0, or between 19 and 99,999; it is 18"),
        ({"seed": -1}, "seed must be 0 or more"),
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, object], message: str) -> None:
    """Each setting of the evidence has its range."""
    with pytest.raises(SettingsError, match=message):
        Settings().replace(targeting=changes)
