"""Groups as they come out of an engine, batch by batch: compact, each text held once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.intake.collapse import SEPARATOR, TEXTS
from hotspots.intake.positions import positions

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_BATCH, _SMALL_BATCH = 500_000, 100_000
# Rows that are looked at first, whether few are alike, and how few.
_FIRST_LOOK = 100_000
_SCATTERED = 0.8
# 64 MB of marks, with which even a hundred million positions can be counted.
_MARK_BITS = 26
# Odd numbers near 2**64 / golden ratio and / sqrt(2): a product with one loses nothing.
_ODD = (0x9E3779B97F4A7C15, 0xB504F333F9DE6485)
_NOTHING: Mapping[str, str] = {}


def gather(engine: Any, groups: Any, *, geographic: bool) -> pa.Table:
    """Run the expression `groups` of `collapse` and take its rows batch by batch.

    Returns
    -------
    pyarrow.Table
        Columns x, y and fault, as of `positions`; texts in a dictionary, or each of `TEXTS` in
        one of its own; weight and ids.
    """
    import pyarrow as pa

    batches = [_encoded(batch, geographic) for batch in _batches(engine, groups, _BATCH)]
    schema = (batches or [_encoded(_nothing(groups), geographic)])[0].schema
    return pa.Table.from_batches(batches, schema).unify_dictionaries()


def gather_scattered(
    engine: Any, rows: Any, *, geographic: bool, constant: Mapping[str, str]
) -> pa.Table | None:
    """Take the rows of `collapse.listed` as groups of one row each, as long as few are alike.

    That is looked at again and again, so that memory stays bounded by the number of positions.

    Parameters
    ----------
    engine, rows, geographic
        As for `gather`.
    constant
        Texts that were left out, as all rows have the same.

    Returns
    -------
    pyarrow.Table or None
        As of `gather`; None as soon as more than a fifth of the rows repeat another's position:
        then they had better be grouped.
    """
    import pyarrow as pa

    batches: list[pa.RecordBatch] = []
    distinct = _Distinct()
    # a look at the first rows costs next to nothing, and spares the start of a scan in vain
    looked = 0
    for batch in _batches(engine, rows.select("x_text", "y_text").limit(_FIRST_LOOK), _BATCH):
        distinct.add(*positions(*batch.columns, geographic=geographic)[:2])
        looked += batch.num_rows
    if distinct.count() < _SCATTERED * looked:
        return None
    held, due = 0, 4 * _FIRST_LOOK
    for batch in _batches(engine, rows, _SMALL_BATCH):
        batches.append(_encoded(batch, geographic, constant))
        distinct.add(*(batches[-1].column(name).to_numpy() for name in ("x", "y")))
        held += batch.num_rows
        if held >= due:
            if distinct.count() < _SCATTERED * held:
                return None
            due = 4 * held
    schema = (batches or [_encoded(_nothing(rows), geographic, constant)])[0].schema
    return pa.Table.from_batches(batches, schema).unify_dictionaries()


class _Distinct:
    """About how many different positions there are, by linear counting (Whang et al. 1990).

    The hash of each position marks one of m places; if n hashes are different, a share exp(-n/m)
    of the places is left without a mark.
    """

    def __init__(self) -> None:
        import numpy as np

        self._marked = np.zeros(1 << _MARK_BITS, dtype=np.bool_)

    def add(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        import numpy as np

        mixed = (x.view(np.uint64) * _ODD[0]) ^ (y.view(np.uint64) * _ODD[1])
        self._marked[mixed >> np.uint64(64 - _MARK_BITS)] = True

    def count(self) -> float:
        size = self._marked.size
        free = size - int(self._marked.sum())
        return size * math.log(size / max(1, free))


def join(parts: list[pa.Table]) -> pa.Table:
    """Put gathered tables together, some of which may have no ids."""
    import pyarrow as pa

    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts, promote_options="default").unify_dictionaries()


def of_source(groups: pa.Table, source: str) -> pa.Table:
    """Rows of one source, whose name is taken from their texts."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = _texts(groups)
    ending = SEPARATOR + source
    own = pc.ends_with(texts.dictionary, ending).to_numpy(zero_copy_only=False)
    held = own[texts.indices.to_numpy()]
    kept = groups.filter(pa.array(held))
    code = texts.indices.to_numpy()[held]
    number = np.cumsum(own) - 1
    shortened = pc.utf8_slice_codeunits(texts.dictionary.filter(pa.array(own)), 0, -len(ending))
    return _with_texts(kept, number[code], shortened)


def with_source(groups: pa.Table, source: str) -> pa.Table:
    """The rows of `of_source` with the name of their source put back."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = _texts(groups)
    ending, nothing = (pa.scalar(text, pa.large_string()) for text in (SEPARATOR + source, ""))
    dictionary = texts.dictionary.cast(pa.large_string())
    longer = pc.binary_join_element_wise(dictionary, ending, nothing)
    return _with_texts(groups, texts.indices.to_numpy(), longer)


def part(groups: pa.Table) -> dict[str, tuple[Any, pa.Array]]:
    """Of each of `TEXTS` the number of the text of each row, shape (rows,), and those texts.

    Raises
    ------
    InputError
        A text holds the control character that parts them.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if "texts" not in groups.column_names:
        apart = {name: groups[name].combine_chunks() for name in TEXTS}
        return {name: (own.indices.to_numpy(), own.dictionary) for name, own in apart.items()}
    texts = _texts(groups)
    parts = pc.split_pattern(texts.dictionary, SEPARATOR)
    wrong = pc.not_equal(pc.list_value_length(parts), len(TEXTS))
    if pc.any(wrong).as_py():
        first = texts.dictionary.filter(wrong)[0].as_py().replace(SEPARATOR, "\\x1f")
        raise InputError(
            f"A text holds the control character \\x1f: {first[:100]!r}; remove it from the input."
        )
    flat = pc.list_flatten(parts)
    code = texts.indices.to_numpy()
    return {
        name: (code, flat.take(pa.array(np.arange(place, len(flat), len(TEXTS)))))
        for place, name in enumerate(TEXTS)
    }


def _batches(engine: Any, groups: Any, size: int) -> Iterator[pa.RecordBatch]:
    if engine.name == "duckdb":
        # as Ibis would, but by a method that every DuckDB has
        relation = engine.con.sql(engine.compile(groups))
        name = "to_arrow_reader" if hasattr(relation, "to_arrow_reader") else "fetch_arrow_reader"
        yield from getattr(relation, name)(size)
    else:
        yield from engine.to_pyarrow(groups).to_batches(max_chunksize=size)


def _nothing(groups: Any) -> pa.RecordBatch:
    import pyarrow as pa

    schema = groups.schema().to_pyarrow()
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _encoded(
    batch: pa.RecordBatch, geographic: bool, constant: Mapping[str, str] = _NOTHING
) -> pa.RecordBatch:
    """One batch with its positions read and its texts in a dictionary."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    x, y, fault = positions(batch.column("x_text"), batch.column("y_text"), geographic=geographic)
    columns = {
        "x": pa.array(x),
        "y": pa.array(y),
        "fault": pa.array(fault),
    }
    for name in ("texts", *TEXTS):
        if name in constant:
            alike = pa.array(np.zeros(batch.num_rows, dtype=np.int32))
            one = pa.array([constant[name]], pa.large_string())
            columns[name] = pa.DictionaryArray.from_arrays(alike, one)
        elif name in batch.schema.names:
            columns[name] = pc.dictionary_encode(batch.column(name).cast(pa.large_string()))
    if "weight" in batch.schema.names:
        columns["weight"] = batch.column("weight").cast(pa.int64())
    else:
        columns["weight"] = pa.array(np.ones(batch.num_rows, dtype=np.int64))
    if "ids" in batch.schema.names:
        columns["ids"] = batch.column("ids")
    if "id" in batch.schema.names:
        columns["ids"] = _lists(batch.column("id"))
    return pa.RecordBatch.from_pydict(columns)


def _lists(values: pa.Array) -> pa.ListArray:
    """Each value as a list of one, each null as an empty list."""
    import numpy as np
    import pyarrow as pa

    held = values.is_valid().to_numpy(zero_copy_only=False)
    ends = np.concatenate(([0], np.cumsum(held))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values.drop_null())


def _texts(groups: pa.Table) -> pa.DictionaryArray:
    """Texts of all rows with one dictionary."""
    return groups["texts"].combine_chunks()


def _with_texts(groups: pa.Table, code: Any, dictionary: pa.Array) -> pa.Table:
    """The same rows with other texts."""
    import pyarrow as pa

    indices = pa.array(code, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, dictionary)
    return groups.set_column(groups.schema.get_field_index("texts"), "texts", column)
