"""Measures of accuracy: how many later incidents fell inside, on how much ground.

With n of N incidents inside an area a of A. Where a measure would divide by nothing it is empty
(NaN), never infinite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

EMPTY = float("nan")

#: Power of the area share in `ppai`, unless another is given.
ALPHA = 0.5


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else EMPTY


def hit_rate(inside: float, total: float) -> float:
    """Share of incidents inside, n / N.

    Examples
    --------
    >>> hit_rate(74, 1_000)
    0.074
    """
    return _ratio(inside, total)


def pai(inside: float, total: float, area_km2: float, total_area_km2: float) -> float:
    """Prediction accuracy index, (n / N) / (a / A): 1 is no better than chance.

    Chainey, Tompson and Uhlig (2008), *The utility of hotspot mapping for predicting spatial
    patterns of crime*, Security Journal 21.

    Examples
    --------
    A quarter of the incidents on a hundredth of the ground:

    >>> pai(25, 100, 1, 100)
    25.0
    """
    return _ratio(_ratio(inside, total), _ratio(area_km2, total_area_km2))


def pei(pai_reached: float, pai_best: float) -> float:
    """Prediction efficiency index: PAI / the best PAI possible on the same area.

    Hunt (2016), *Do crime hot spots move?* (dissertation, American University).

    Examples
    --------
    >>> pei(30.0, 40.0)
    0.75
    """
    return _ratio(pai_reached, pai_best)


def ser(inside: float, area_km2: float) -> float:
    """Search efficiency rate, n / a: incidents inside per km².

    Bowers, Johnson and Pease (2004), *Prospective hot-spotting*, British Journal of
    Criminology 44.

    Examples
    --------
    >>> ser(50, 2)
    25.0
    """
    return _ratio(inside, area_km2)


def ppai(
    inside: float,
    total: float,
    area_km2: float,
    total_area_km2: float,
    *,
    alpha: float = ALPHA,
) -> float:
    """Penalised prediction accuracy index, (n / N) / (a / A) ** alpha.

    At alpha 1 it is PAI, which rewards ever smaller areas; at 0 it is the hit rate, which
    rewards ever larger ones. Joshi, Curtis-Ham, D'Ath and Searle (2021), *Considerations for
    developing predictive spatial models of crime and new methods for measuring their accuracy*,
    ISPRS International Journal of Geo-Information 10.

    Raises
    ------
    InputError
        `alpha` is not between 0 and 1.

    Examples
    --------
    >>> ppai(25, 100, 1, 100)
    2.5
    """
    if not 0 <= alpha <= 1:
        raise InputError(f"alpha must be between 0 and 1; it is {alpha:g}.")
    share = _ratio(area_km2, total_area_km2)
    return _ratio(_ratio(inside, total), share**alpha) if share > 0 else EMPTY


def rri_stability(pai_before: float, pai_after: float) -> float:
    """Recapture rate index as stability: PAI later / PAI in the period that was targeted.

    Levine (2008), *The "hottest" part of a hotspot*, Security Journal 21; Drawve (2016), *A
    metric comparison of predictive hot spot techniques and RTM*, Justice Quarterly 33. Below 1
    the places chosen hold less of what follows than of what they were chosen by: regression to
    the mean does so without any patrol. Not to be mistaken for `rri_prediction`.

    Examples
    --------
    >>> rri_stability(100.0, 80.0)
    0.8
    """
    return _ratio(pai_after, pai_before)


def rri_prediction(predicted: float, observed: float) -> float:
    """Recovery rate index as prediction: incidents predicted inside / observed inside.

    Wheeler and Steenbeek (2021), *Mapping the risk terrain for crime using machine learning*,
    Journal of Quantitative Criminology 37. Above 1 fewer came than was predicted. Not to be
    mistaken for `rri_stability`.

    Examples
    --------
    >>> rri_prediction(90.0, 100.0)
    0.9
    """
    return _ratio(predicted, observed)


def accuracy_by_rank(
    observed: ArrayLike, predicted: ArrayLike, area_km2: ArrayLike
) -> pd.DataFrame:
    """Measure units of ground, the highest predicted density first, one more at a time.

    Parameters
    ----------
    observed, predicted
        Incidents observed and predicted in each unit, shape (n,).
    area_km2
        Area of each unit.

    Returns
    -------
    pandas.DataFrame
        One row per unit, in the order taken (equals in the order given): columns unit (its
        number), area_share, hit_rate, pai, pei, rri_prediction, all for the units so far. The
        best possible of `pei` takes as many units in the order of observed density.

    Raises
    ------
    InputError
        Lengths differ, a count is negative, or an area is not above 0.
    """
    import pandas as pd

    seen, told, area = (np.asarray(v, dtype=np.float64) for v in (observed, predicted, area_km2))
    if not len(seen) == len(told) == len(area):
        raise InputError(
            "observed, predicted and area_km2 differ in length: "
            f"{len(seen)}, {len(told)}, {len(area)}."
        )
    if not ((seen >= 0).all() and (told >= 0).all() and (area > 0).all()):
        raise InputError("Counts must be 0 or more and areas above 0.")
    order = np.argsort(-told / area, kind="stable")
    best = np.argsort(-seen / area, kind="stable")

    def indices(chosen: np.ndarray) -> list[float]:
        inside, ground = np.cumsum(seen[chosen]), np.cumsum(area[chosen])
        return [pai(n, seen.sum(), a, area.sum()) for n, a in zip(inside, ground, strict=True)]

    reached, possible = indices(order), indices(best)
    predictions = zip(np.cumsum(told[order]), np.cumsum(seen[order]), strict=True)
    return pd.DataFrame(
        {
            "unit": order,
            "area_share": np.cumsum(area[order]) / area.sum(),
            "hit_rate": [hit_rate(n, seen.sum()) for n in np.cumsum(seen[order])],
            "pai": reached,
            "pei": [pei(mine, most) for mine, most in zip(reached, possible, strict=True)],
            "rri_prediction": [rri_prediction(p, n) for p, n in predictions],
        }
    )
