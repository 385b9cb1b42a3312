"""What overrides are about: which candidate, which hotspot of an earlier plan, which ground."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InfeasibleError, InputError
from hotspots.frames import ADD, FIX_HOURS, FORBID, MOVE, PIN, RENAME, Override
from hotspots.targeting.candidates import polygons
from hotspots.targeting.changes import SAME_SHARE

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


#: Kinds of what is not there: no candidate any more, and outside the districts.
NOTHING, ELSEWHERE = "nothing", "elsewhere"


@dataclass(frozen=True)
class Meant:
    """An override and what it is about.

    Attributes
    ----------
    override
        The override.
    key
        What it is about, the same for overrides of the same; a kind and an id.
    place
        Ground of that, as it is without overrides; None where nothing is there.
    hotspot_id, name
        Id and name of that, where it has them.
    outline, district
        Ground that is set by hand, cut to one district, and the row of that district.
    needs
        Id of the override that adds what this one is about.
    left_out
        Share of the ground drawn that lies in other districts.
    """

    override: Override
    key: tuple[str, str]
    place: Any = None
    hotspot_id: str = ""
    name: str = ""
    outline: Any = None
    district: int = -1
    needs: str = ""
    left_out: float = 0.0


@dataclass(frozen=True)
class Known:
    """What overrides can be about: the plan without them, and the plan before it."""

    hotspots: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    old: gpd.GeoDataFrame | None
    districts: gpd.GeoDataFrame
    area_cap_km2: float

    def meant(self, overrides: Sequence[Override]) -> list[Meant]:
        """Find what each override is about, in their order.

        Raises
        ------
        InputError
            An id is unknown, nothing is at a point, or ground lies outside or is too large.
        InfeasibleError
            Two overrides contradict each other.
        """
        away = {one.override_id for one in overrides if one.carried and self._is_away(one)}
        added = {
            one.override_id: self._added(one)
            for one in overrides
            if one.action == ADD and one.override_id not in away
        }
        found = [
            Meant(one, (ELSEWHERE, one.override_id), hotspot_id=one.hotspot)
            if one.override_id in away
            else added.get(one.override_id) or self._about(one, list(added.values()))
            for one in overrides
        ]
        _check_agreement(found)
        return found

    def _is_away(self, one: Override) -> bool:
        """Whether what an earlier plan decided lies outside the districts of this one."""
        import shapely

        point = None if one.point is None else shapely.Point(one.point)
        ground = next((shape for shape in (one.place, one.area, point) if shape is not None), None)
        land = self.districts.geometry.to_numpy()
        return ground is not None and not bool(shapely.intersects(land, ground).any())

    def _added(self, one: Override) -> Meant:
        outline, home, left_out = self._in_one_district(one, one.area)
        return Meant(
            one, (ADD, one.override_id), outline, name=one.name, outline=outline, district=home,
            left_out=left_out,
        )  # fmt: skip

    def _about(self, one: Override, added: Sequence[Meant]) -> Meant:
        if one.action == FORBID and one.place is None and not one.hotspot:
            return Meant(one, (FORBID, one.override_id))
        target = self._target(one, added)
        if target is None:
            return Meant(one, (NOTHING, one.override_id), hotspot_id=one.hotspot)
        if one.action == MOVE:
            return self._moved(one, target)
        if one.action == PIN and target.key[0] == "earlier":
            outline, home, _ = self._in_one_district(one, target.place)
            return Meant(one, target.key, target.place, target.hotspot_id, target.name,
                         outline, home)  # fmt: skip
        return Meant(one, target.key, target.place, target.hotspot_id, target.name,
                     needs=target.needs)  # fmt: skip

    def _moved(self, one: Override, target: Meant) -> Meant:
        import shapely

        outline = one.outline
        if one.shift_m is not None:
            outline = shapely.transform(target.place, lambda xy: xy + np.array(one.shift_m))
        if target.needs:
            raise InputError(
                f"{_label(one)}: an added hotspot is moved by drawing it elsewhere in "
                f"{target.needs}."
            )
        home = self._in_one_district(one, target.place)[1]
        outline, home, left_out = self._in_one_district(one, outline, home)
        return Meant(one, target.key, target.place, target.hotspot_id, target.name, outline, home,
                     left_out=left_out)  # fmt: skip

    def _target(self, one: Override, added: Sequence[Meant]) -> Meant | None:
        """What an override names, by the ground it had, by its id, or by a point in it."""
        import shapely

        if one.place is not None:
            return self._at(one, one.place, added)
        if one.hotspot:
            return self._called(one, added)
        point = shapely.Point(one.point)
        for table in (self.candidates, self.old):
            if table is not None:
                held = np.flatnonzero(shapely.intersects(table.geometry.to_numpy(), point))
                if len(held):
                    return self._at(one, table.geometry.iloc[held[0]], added)
        for other in added:
            if shapely.intersects(other.outline, point):
                return _of_added(one, other)
        raise InputError(
            f"{_label(one)}: no candidate and no hotspot holds the point "
            f"{one.definition.get('longitude')}, {one.definition.get('latitude')}; give a point "
            "inside one, or add a hotspot there."
        )

    def _called(self, one: Override, added: Sequence[Meant]) -> Meant:
        for table, column in (
            (self.hotspots, "hotspot_id"),
            (self.old, "hotspot_id"),
            (self.candidates, "candidate_id"),
        ):
            if table is not None and (table[column] == one.hotspot).any():
                row = table[table[column] == one.hotspot].iloc[0]
                found = self._at(one, row.geometry, ())
                assert found is not None
                return found
        for other in added:
            if other.override.override_id == one.hotspot:
                return _of_added(one, other)
        known = [
            *self.hotspots["hotspot_id"],
            *(self.old["hotspot_id"] if self.old is not None else ()),
            *self.candidates["candidate_id"],
            *(other.override.override_id for other in added),
        ]
        near = difflib.get_close_matches(one.hotspot, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "ids stand in the plan without overrides."
        raise InputError(
            f"{_label(one)}: no hotspot or candidate has the id {one.hotspot!r}; {hint}"
        )

    def _at(self, one: Override, place: Any, added: Sequence[Meant]) -> Meant | None:
        """The candidate, or else the earlier hotspot, that has some ground."""
        for other in added:
            if shares(np.array([other.outline]), place)[0] >= SAME_SHARE:
                return _of_added(one, other)
        row = row_at(self.candidates, place)
        if row is not None:
            label = str(self.candidates["candidate_id"].iloc[row])
            name = str(self.candidates["name"].iloc[row])
            own = str(self.candidates["hotspot_id"].iloc[row]) or one.hotspot or label
            ground = self.candidates.geometry.iloc[row]
            return Meant(one, ("candidate", label), ground, own, name)
        if self.old is not None:
            row = row_at(self.old, place)
            if row is not None:
                label, name = (str(self.old[key].iloc[row]) for key in ("hotspot_id", "name"))
                return Meant(one, ("earlier", label), place, label, name)
        if one.action in (PIN, MOVE):
            return Meant(one, ("earlier", one.hotspot), place, one.hotspot)
        return None

    def _in_one_district(self, one: Override, shape: Any, home: int = -1) -> tuple[Any, int, float]:
        """Ground cut to one district, the row of that district, and the share that is lost."""
        import shapely

        homes = self.districts.geometry.to_numpy()
        common = shapely.area(shapely.intersection(homes, shape))
        best = home if home >= 0 else int(np.argmax(common.round(3)))
        if common[best] <= 0:
            where = "the districts" if home < 0 else str(self.districts["district"].iloc[best])
            raise InputError(f"{_label(one)}: its ground lies outside {where}; draw it inside.")
        cut = polygons(shapely.intersection(shape, homes[best]))
        km2 = float(shapely.area(cut)) / 1e6
        if km2 > self.area_cap_km2 * (1 + 1e-9):
            raise InputError(
                f"{_label(one)}: its ground is {km2:.3f} km², larger than the cap of "
                f"{self.area_cap_km2:g}; draw it smaller, or raise targeting.area_cap_km2."
            )
        return cut, best, float(1 - shapely.area(cut) / shapely.area(shape))


def shares(shapes: NDArray[np.object_], place: Any) -> NDArray[np.float64]:
    """Area that each shape has in common with some ground / the smaller of both areas."""
    import shapely

    common = np.zeros(len(shapes))
    near = np.flatnonzero(shapely.intersects(shapes, place))
    common[near] = shapely.area(shapely.intersection(shapes[near], place))
    smaller = np.minimum(shapely.area(shapes), shapely.area(place))
    return np.asarray(common / smaller, dtype=np.float64)


def row_at(table: gpd.GeoDataFrame, place: Any) -> int | None:
    """Row that shares most of some ground, at least `SAME_SHARE` of the smaller area; or None."""
    import shapely

    shapes = table.geometry.to_numpy()
    share = shares(shapes, place)
    near = np.flatnonzero(share >= SAME_SHARE)
    if not len(near):
        return None
    common = shapely.area(shapely.intersection(shapes[near], place)).round(3)
    return int(near[np.argmax(common)])


def _of_added(one: Override, other: Meant) -> Meant:
    return Meant(one, other.key, other.outline, name=other.name, needs=other.override.override_id)


def _label(one: Override) -> str:
    return f"The override {one.override_id} ({one.action})"


def _check_agreement(found: Sequence[Meant]) -> None:
    """Refuse overrides that contradict each other."""
    where = {PIN: "kept", FORBID: "kept", MOVE: "kept", RENAME: "name", FIX_HOURS: "hours"}
    said: dict[tuple[str, tuple[str, str]], Meant] = {}
    for one in found:
        kinds = [where[one.override.action]] if one.override.action in where else []
        if one.override.action == ADD:
            given = {"name": one.override.name, "hours": one.override.hours is not None}
            kinds = [kind for kind, has in given.items() if has]
        if one.key[0] in (NOTHING, ELSEWHERE, FORBID):
            continue
        for kind in kinds:
            other = said.setdefault((kind, one.key), one)
            actions = {one.override.action, other.override.action}
            if other is one or actions in ({PIN}, {FORBID}):
                continue
            what = one.hotspot_id or one.name or one.key[1]
            raise InfeasibleError(
                f"The overrides {other.override.override_id} ({other.override.action}) and "
                f"{one.override.override_id} ({one.override.action}) contradict each other about "
                f"{what}; lift one of them."
            )
