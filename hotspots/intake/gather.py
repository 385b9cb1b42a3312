"""Groups as they come out of an engine, batch by batch: compact, each text held once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.intake.collapse import SEPARATOR, TEXTS
from hotspots.intake.positions import positions

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 500_000


def gather(engine: Any, groups: Any, *, geographic: bool) -> pa.Table:
    """Run the expression `groups` of `collapse` and take its rows batch by batch.

    Returns
    -------
    pyarrow.Table
        Columns x, y and fault, as of `positions`; texts, in a dictionary; weight and ids.
    """
    import pyarrow as pa

    batches = [_encoded(batch, geographic) for batch in _batches(engine, groups)]
    schema = batches[0].schema if batches else _encoded(_nothing(groups), geographic).schema
    return pa.Table.from_batches(batches, schema).unify_dictionaries()


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


def part(groups: pa.Table) -> tuple[Any, dict[str, pa.Array]]:
    """Number of the text of each row, and the distinct texts apart.

    Returns
    -------
    code, texts
        Row of the texts, shape (rows,); and of each of `TEXTS` one array.

    Raises
    ------
    InputError
        A text holds the control character that parts them.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = _texts(groups)
    parts = pc.split_pattern(texts.dictionary, SEPARATOR)
    wrong = pc.not_equal(pc.list_value_length(parts), len(TEXTS))
    if pc.any(wrong).as_py():
        first = texts.dictionary.filter(wrong)[0].as_py().replace(SEPARATOR, "\\x1f")
        raise InputError(
            f"A text holds the control character \\x1f: {first[:100]!r}; remove it from the input."
        )
    flat = pc.list_flatten(parts)
    return texts.indices.to_numpy(), {
        name: flat.take(pa.array(np.arange(place, len(flat), len(TEXTS))))
        for place, name in enumerate(TEXTS)
    }


def _batches(engine: Any, groups: Any) -> Iterator[pa.RecordBatch]:
    if engine.name == "duckdb":
        # as Ibis would, but by a method that every DuckDB has
        relation = engine.con.sql(engine.compile(groups))
        name = "to_arrow_reader" if hasattr(relation, "to_arrow_reader") else "fetch_arrow_reader"
        yield from getattr(relation, name)(_BATCH)
    else:
        yield from engine.to_pyarrow(groups).to_batches(max_chunksize=_BATCH)


def _nothing(groups: Any) -> pa.RecordBatch:
    import pyarrow as pa

    schema = groups.schema().to_pyarrow()
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _encoded(batch: pa.RecordBatch, geographic: bool) -> pa.RecordBatch:
    """One batch with its positions read and its texts in a dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    x, y, fault = positions(batch.column("x_text"), batch.column("y_text"), geographic=geographic)
    columns = {
        "x": pa.array(x),
        "y": pa.array(y),
        "fault": pa.array(fault),
        "texts": pc.dictionary_encode(batch.column("texts").cast(pa.large_string())),
        "weight": batch.column("weight").cast(pa.int64()),
    }
    if "ids" in batch.schema.names:
        columns["ids"] = batch.column("ids")
    return pa.RecordBatch.from_pydict(columns)


def _texts(groups: pa.Table) -> pa.DictionaryArray:
    """Texts of all rows with one dictionary."""
    return groups["texts"].combine_chunks()


def _with_texts(groups: pa.Table, code: Any, dictionary: pa.Array) -> pa.Table:
    """The same rows with other texts."""
    import pyarrow as pa

    indices = pa.array(code, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, dictionary)
    return groups.set_column(groups.schema.get_field_index("texts"), "texts", column)
