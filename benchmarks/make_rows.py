"""As many rows as wanted, drawn from a real street file: what speed and memory are measured on.

``python benchmarks/make_rows.py SOURCE --rows N [--unsnapped] OUT.csv|OUT.parquet`` draws N rows
with replacement from SOURCE (a street CSV, a zip of them, or Parquet) and writes them in the
layout of a street file, batch by batch, so that memory does not grow with N. Each drawn row keeps
its place, month and category, and gets a new random id of 64 hexadecimal digits unless the source
row has none, as rows of anti-social behaviour have none: all rows are incidents of their own.
``--unsnapped`` scatters the positions, so that almost all are distinct. The same source, options
and seed give the same file.
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_BATCH = 500_000
_SCATTER_DEGREES = 0.001
_HEX_DIGITS = 64


def read(source: Path) -> pa.Table:
    """All rows of a street file or an archive of them, as text."""
    with tempfile.TemporaryDirectory() as folder:
        pattern = source
        if source.suffix == ".zip":
            zipfile.ZipFile(source).extractall(folder)
            pattern = Path(folder) / "**" / "*street.csv"
        engine = duckdb.connect()
        if source.suffix == ".parquet":
            rows = engine.sql(f"SELECT * FROM '{source}'")
        else:
            rows = engine.sql(f"SELECT * FROM read_csv('{pattern}', all_varchar=true)")
        table = rows.to_arrow_table().combine_chunks()
    return table.filter(pc.not_equal(pc.fill_null(table["Longitude"], ""), ""))


def ids(rng: np.random.Generator, blank: pa.Array) -> pa.Array:
    """Random ids, none where `blank` is true."""
    text = rng.bytes(len(blank) * _HEX_DIGITS // 2).hex().encode()
    ends = np.arange(len(blank) + 1, dtype=np.int32) * _HEX_DIGITS
    made = pa.StringArray.from_buffers(len(blank), pa.py_buffer(ends), pa.py_buffer(text))
    return pc.if_else(blank, pa.scalar(None, pa.string()), made)


def scattered(rng: np.random.Generator, degrees: pa.Array) -> pa.Array:
    """Positions moved by about a hundred metres, as text of six decimals."""
    moved = degrees.to_numpy() + rng.normal(0, _SCATTER_DEGREES, len(degrees))
    micro = np.rint(moved * 1e6).astype(np.int64)
    size = np.abs(micro)
    sign = np.where(micro < 0, "-", "")
    fraction = pc.utf8_lpad(pa.array(size % 10**6).cast(pa.string()), 6, "0")
    whole = pa.array(size // 10**6).cast(pa.string())
    front = pc.binary_join_element_wise(pa.array(sign, pa.string()), whole, "")
    return pc.binary_join_element_wise(front, fraction, ".")


def moved_years(rng: np.random.Generator, months: pa.Array, years: int) -> pa.Array:
    """Months put back by up to `years` - 1 whole years."""
    year = pc.utf8_slice_codeunits(months, 0, 4).cast(pa.int64()).to_numpy()
    year = year - rng.integers(0, years, len(year))
    return pc.binary_join_element_wise(
        pa.array(year).cast(pa.string()), pc.utf8_slice_codeunits(months, 4), ""
    )


def batches(source: pa.Table, options: argparse.Namespace) -> Iterator[pa.Table]:
    """Batches of drawn rows."""
    rng = np.random.default_rng(options.seed)
    empty = pc.equal(pc.fill_null(source["Crime ID"], ""), "")
    degrees = {name: source[name].cast(pa.float64()) for name in ("Longitude", "Latitude")}
    for start in range(0, options.rows, _BATCH):
        drawn = pa.array(rng.integers(0, len(source), min(_BATCH, options.rows - start)))
        table = source.take(drawn)

        def put(name: str, column: Any, table: pa.Table) -> pa.Table:
            return table.set_column(table.schema.get_field_index(name), name, column)

        if options.no_ids:
            table = put("Crime ID", pa.nulls(len(table), pa.string()), table)
        else:
            table = put("Crime ID", ids(rng, empty.take(drawn).combine_chunks()), table)
        if options.years > 1:
            months = moved_years(rng, table["Month"].combine_chunks(), options.years)
            table = put("Month", months, table)
        if options.unsnapped:
            for name, column in degrees.items():
                table = put(name, scattered(rng, column.take(drawn).combine_chunks()), table)
        yield table


def lines(table: pa.Table) -> bytes:
    """Rows as CSV, quoted only where needed: street files are not quoted."""
    columns = []
    for column in table.columns:
        text = pc.fill_null(column, "").combine_chunks()
        quoted = pc.replace_substring(text, '"', '""')
        quoted = pc.binary_join_element_wise('"', quoted, '"', "")
        columns.append(pc.if_else(pc.match_substring_regex(text, '[",\n]'), quoted, text))
    joined = pc.binary_join_element_wise(*columns, ",")
    return bytes(pc.binary_join_element_wise(joined, "", "\n").buffers()[2])


def main() -> None:
    """Write the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path, help="ends in .csv or .parquet")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--unsnapped", action="store_true", help="scatter the positions")
    parser.add_argument("--years", type=int, default=1, help="spread the months over so many years")
    parser.add_argument("--no-ids", action="store_true", help="leave every id blank")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.out.suffix not in (".csv", ".parquet"):
        parser.error(f"{options.out} must end in .csv or .parquet")
    source = read(options.source)
    if options.out.suffix == ".csv":
        with options.out.open("wb") as file:
            file.write((",".join(source.column_names) + "\n").encode())
            for table in batches(source, options):
                file.write(lines(table))
    else:
        with pq.ParquetWriter(options.out, source.schema, compression="zstd") as writer:
            for table in batches(source, options):
                writer.write_table(table)


if __name__ == "__main__":
    main()
