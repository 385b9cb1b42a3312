"""Rows that repeat an id, and which of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotspots.threads import in_order

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

_ORDER = ("period", "x", "y", "category", "location", "area_name")


def count_ids_once(table: pd.DataFrame, ids: pa.ChunkedArray) -> pd.DataFrame:
    """Count one row of each repeated id, and account for the others as repeated.

    The row that counts is the first by selecting category, month, position, category and
    location. Only a non-blank id marks a repeat: full duplicates without one are incidents of
    their own.

    Parameters
    ----------
    table
        The table of `hotspots.intake.groups.Groups`.
    ids
        Ids, or their hashes, of the rows in each group.
    """
    import numpy as np
    import pandas as pd

    counting = (table["reason"] == "").to_numpy()
    repeated = _repeated(list(_counted(ids, counting)))
    if not len(repeated):
        return table
    held = [
        (values[among], group[among])
        for values, group, counts in _chunks(ids, counting)
        if (among := _among(values, repeated) & counts).any()
    ]
    rows = pd.DataFrame(
        {
            "id": np.concatenate([values for values, _ in held]),
            "group": np.concatenate([group for _, group in held]),
        }
    )
    keys = table.take(np.unique(rows["group"])).assign(other=lambda few: ~few["selecting"])
    keys = keys.sort_values(["other", *_ORDER], kind="stable")
    rank = pd.Series(np.arange(len(keys)), index=keys.index)
    rows = rows.assign(rank=rank.loc[rows["group"]].to_numpy())
    rows = rows.sort_values(["id", "rank"], kind="stable")
    over = rows.loc[rows["id"].duplicated(), "group"].value_counts()
    repeats = table.loc[over.index].assign(weight=over)
    repeats.loc[:, "reason"] = "repeated_id"
    weight = table["weight"].to_numpy().copy()
    weight[over.index] -= over.to_numpy()
    table = table.assign(weight=weight)
    return pd.concat([table[weight > 0], repeats], ignore_index=True)


def _counted(ids: pa.ChunkedArray, counting: NDArray[np.bool_]) -> Any:
    """Ids of the groups that count, some at a time."""
    start = 0
    for chunk in ids.chunks:
        own = counting[start : start + len(chunk)]
        values = chunk.flatten().to_numpy(zero_copy_only=False)
        yield values if own.all() else values[own[chunk.value_parent_indices().to_numpy()]]
        start += len(chunk)


def _chunks(ids: pa.ChunkedArray, counting: NDArray[np.bool_]) -> Any:
    """Ids, the group of each, and whether it counts, some at a time."""
    start = 0
    for chunk in ids.chunks:
        values = chunk.flatten().to_numpy(zero_copy_only=False)
        group = chunk.value_parent_indices().to_numpy() + start
        yield values, group, counting[group]
        start += len(chunk)


def _repeated(parts: list[Any]) -> Any:
    """Distinct values that occur more than once."""
    import numpy as np

    values = np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)
    parts.clear()
    values = in_order(values)
    return np.unique(values[1:][values[1:] == values[:-1]])


def _among(values: Any, ordered: Any) -> NDArray[np.bool_]:
    """Whether each value is one of some in order."""
    import numpy as np

    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[place] == values)
