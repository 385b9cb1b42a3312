"""The exact order in which visits are bought: a prefix of it is the plan of any budget."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.frames import LEDGER, names
from hotspots.tasking.greedy import Frontier


def ledger(frontier: Frontier, ids: NDArray[np.object_], *, most: int) -> pd.DataFrame:
    """List the visits between floors and caps in blocks, best first.

    Parameters
    ----------
    frontier : Frontier
        Best plans under the bounds.
    ids : ndarray, shape (n,)
        Hotspot ids in their order.
    most : int
        Visits after which the list may end.

    Returns
    -------
    DataFrame
        Columns `hotspots.frames.LEDGER`. Blocks of one turn begin together: their visits are
        bought one each, in order of ids, until each block is used up.
    """
    lower, upper = frontier.lower, np.minimum(frontier.upper, frontier.lower + most)
    blocks = frontier.order.blocks(lower, upper)
    blocks = _cut(blocks).sort_values(
        ["key", "start", "spot"], ascending=[False, True, True], kind="stable"
    )
    same = blocks[["key", "start"]].ne(blocks[["key", "start"]].shift()).any(axis=1)
    visits = (blocks["end"] - blocks["start"]).to_numpy()
    turn = same.cumsum().to_numpy()
    before = np.cumsum(visits) - visits
    enough = turn[np.searchsorted(before, most, side="left") - 1] if len(turn) else 0
    keep = turn <= enough
    spots = blocks["spot"].to_numpy()
    bought = np.flatnonzero(lower)
    floors = frontier.order.covered(lower)[bought] / lower[bought]
    columns = (
        np.concatenate([np.zeros(len(bought), dtype=np.int64), np.arange(1, keep.sum() + 1)]),
        np.concatenate([np.zeros(len(bought), dtype=np.int64), turn[keep]]),
        np.concatenate([ids[bought], ids[spots[keep]]]),
        np.concatenate([lower[bought], visits[keep]]),
        np.concatenate([floors, blocks["gain"].to_numpy()[keep]]),
    )
    return pd.DataFrame(dict(zip(names(LEDGER), columns, strict=True)))


def _cut(blocks: pd.DataFrame) -> pd.DataFrame:
    """Cut blocks of equal gains where another of them begins, so that turns stay in step."""
    tied = blocks["key"].duplicated(keep=False)
    if not (tied & (blocks["start"] > 0)).any():
        return blocks
    parts = [blocks[~tied]]
    for _, group in blocks[tied].groupby("key", sort=False):
        marks = np.unique(group[["start", "end"]].to_numpy())
        for low, high in pairwise(marks):
            inside = group[(group["start"] <= low) & (group["end"] >= high)]
            parts.append(inside.assign(start=low, end=high))
    return pd.concat(parts, ignore_index=True)
