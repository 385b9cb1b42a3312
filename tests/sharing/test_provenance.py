"""Where a result comes from is said once and the same everywhere."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

import hotspots
from hotspots.errors import InputError
from hotspots.settings import Settings
from hotspots.sharing.provenance import (
    check_provenance,
    describe,
    file_record,
    period_text,
    run_manifest,
    settings_sha256,
    to_json,
)

from .plan_factory import small_plan


@pytest.mark.parametrize(
    ("months", "text"),
    [
        ([f"2021-{month:02}" for month in range(1, 13)], "January to December 2021"),
        (["2018-07", "2016-07", "2017-07"], "July 2016, July 2017, July 2018"),
        (["2021-04"], "April 2021"),
        (["2021-04", "2021-04"], "April 2021"),
        (["2020-12", "2021-01"], "December 2020 to January 2021"),
        (
            [f"2020-{m:02}" for m in range(1, 13) if m not in (4, 5)]
            + ["2021-01", "2021-02", "2021-03"],
            "January 2020 to March 2021 (2 months missing)",
        ),
        (
            [f"2020-{m:02}" for m in (1, 2, 3, 4, 6)],
            "January to June 2020 (1 month missing)",
        ),
        ([], "unknown period"),
    ],
)
def test_a_period_is_said_as_a_reader_would(months: list[str], text: str) -> None:
    """Whole spans, gaps and single months each have their sentence."""
    assert period_text(months) == text


def test_provenance_says_what_is_needed() -> None:
    """Title, period, counts, inputs, CRS and attribution are those of the plan."""
    provenance = small_plan().provenance
    assert provenance["version"] == hotspots.__version__
    assert provenance["title"] == "Hotspot patrol plan: Leeds and Bradford"
    assert provenance["period"] == "January to February 2021"
    assert provenance["crs"] == "EPSG:27700"
    assert provenance["transformation_accuracy_m"] == 2.0
    assert provenance["attribution"] == [
        "Contains public sector information, Open Government Licence v3.0"
    ]
    assert provenance["input_sha256"] == [
        {"name": "2021-01-street.csv", "bytes": 1234, "sha256": "ab" * 32}
    ]
    assert (provenance["rows_read"], provenance["rows_kept"]) == (250, 200)
    assert provenance["seed"] is None


def test_a_title_counts_many_districts() -> None:
    """Beyond three districts the title says how many, and whose force they are."""
    plan = small_plan()
    many = plan.targeting.districts.iloc[[0, 1, 0, 1]]
    title = describe(replace(plan.targeting, districts=many), plan.settings)["title"]
    assert title == "Hotspot patrol plan: West Yorkshire Police, 4 districts"


def test_settings_come_first_and_known_rights_stay() -> None:
    """What the user sets leads; the attribution that the data need is kept beside it."""
    plan = small_plan()
    settings = Settings.from_dict({"sharing": {"attribution": "Ours", "source": "Records"}})
    said = describe(plan.targeting, settings, source="elsewhere", attribution=["OS", "OS"])
    assert said["source"] == "Records"
    assert said["attribution"] == ["Ours", "OS"]


def test_file_names_are_the_last_resort() -> None:
    """Without a known source the files are named; without files the plan is refused."""
    plan = small_plan()
    said = describe(plan.targeting, plan.settings)
    assert said["attribution"] == ["Incidents: 2021-01-street.csv"]
    bare = replace(plan.targeting, quality=replace(plan.targeting.quality, files=[]))
    with pytest.raises(InputError, match=r"set sharing\.attribution"):
        describe(bare, plan.settings)


def test_nothing_is_shared_without_attribution() -> None:
    """A plan whose attribution is empty is refused, with what is missing."""
    provenance = dict(small_plan().provenance)
    check_provenance(provenance)
    with pytest.raises(InputError, match="does not say its attribution"):
        check_provenance(provenance | {"attribution": []})
    with pytest.raises(InputError, match="title or marking or period or attribution"):
        check_provenance({})


def test_the_checksum_of_settings_follows_their_values() -> None:
    """The same values give the same checksum in any order, other values another."""
    one = Settings.from_dict({"tasking": {"hotspot_floors": {"A-01": 1.0, "B-01": 2.0}}})
    two = Settings.from_dict({"tasking": {"hotspot_floors": {"B-01": 2.0, "A-01": 1.0}}})
    assert settings_sha256(one) == settings_sha256(two)
    assert settings_sha256(one) != settings_sha256(Settings())


def test_the_manifest_differs_only_in_what_was_measured(tmp_path: Path) -> None:
    """Two runs agree byte for byte outside the key "measured", and counts are the plan's."""
    output = tmp_path / "plan.xlsx"
    output.write_bytes(b"abc")
    runs = [
        run_manifest(
            small_plan(),
            timings_s={"intake": seconds},
            peak_memory_mb=100 * seconds,
            places=57,
            outputs=[output],
        )
        for seconds in (0.5, 1.5)
    ]
    measured = [run.pop("measured") for run in runs]
    assert to_json(runs[0]) == to_json(runs[1])
    assert measured[1] == {"timings_s": {"intake": 1.5}, "peak_memory_mb": 150.0}
    assert runs[0]["counts"] == {
        "rows_read": 250,
        "rows_kept": 200,
        "places": 57,
        "districts": 2,
        "candidates": 4,
        "hotspots": 3,
        "districts_served": 2,
        "visits": 100,
        "officer_hours": 75.0,
        "budget_hours": 75.0,
    }
    assert str(tmp_path) not in to_json(runs[0])
    assert Settings.from_dict(runs[0]["settings"]) == small_plan().settings


def test_a_file_record_has_the_checksum_of_the_bytes(tmp_path: Path) -> None:
    """The checksum is SHA-256 as FIPS 180-2 gives it for "abc"."""
    (tmp_path / "a.bin").write_bytes(b"abc")
    assert file_record(tmp_path / "a.bin") == {
        "name": "a.bin",
        "bytes": 3,
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }
    assert hashlib.sha256(b"abc").hexdigest() == file_record(tmp_path / "a.bin")["sha256"]


def test_json_takes_what_plans_are_made_of() -> None:
    """NumPy values, paths, tuples and sets become plain JSON, keys stay in their order."""
    value = {
        "z": np.int64(3),
        "a": np.float64(0.5),
        "flag": np.bool_(True),
        "path": PurePosixPath("x/y"),
        "pair": (1, None),
        "set": {"b", "a"},
        "array": np.array([1.5, 2.0]),
        "text": "Ŵ 🚓",
    }
    text = to_json(value)
    assert text.endswith("}\n")
    assert "Ŵ 🚓" in text
    assert list(json.loads(text)) == list(value)
    assert json.loads(text)["array"] == [1.5, 2.0]
    assert json.loads(text)["set"] == ["a", "b"]


def test_json_refuses_what_is_no_number() -> None:
    """A number that is not finite is an error, not invalid JSON; so is an unknown kind."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"a": float("nan")})
    with pytest.raises(TypeError, match="object cannot be written"):
        to_json({"a": object()})


def test_json_keeps_broken_text_as_escapes() -> None:
    """A file name that is not valid Unicode can be written and comes back the same."""
    text = to_json({"name": "a\udcffb"})
    assert json.loads(text.encode("utf-8")) == {"name": "a\udcffb"}
