"""Tables and picture from the figures that ``run_all.py`` has measured.

``python benchmarks/report.py FOLDER`` reads FOLDER/results.json, writes the tables between the
markers of FOLDER/README.md and draws FOLDER/growth.svg.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bench_run import table as start_table

BEGIN, END = "<!-- figures: written by report.py -->", "<!-- end of figures -->"
Row = dict[str, Any]
# Rows from which on start-up does not drown what a row costs.
_LARGE = 1_000_000


def seconds(figure: Row | None, name: str = "wall") -> str:
    """Seconds of a measurement, or why there are none."""
    if figure is None:
        return "not run"
    return figure.get("failed") or f"{figure[name]:.3g}"


def ratio(figure: Row | None, base: Row, name: str) -> str:
    """How many times as much as the base."""
    if figure is None or "failed" in figure:
        return "-"
    return f"{figure[name] / base[name]:.2g}"


def whole_table(rows: list[Row]) -> list[str]:
    """Table of the whole job. The start-up is that of the smallest run."""
    start = min(rows, key=lambda row: row["rows"])["ours"]["cpu"]
    lines = [
        "| rows | positions | places | wall s | CPU s | peak MB | beyond intake, CPU s |"
        " bare query, CPU s | (CPU - start-up) / bare |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        ours, bare = row["ours"], row["bare"]["cpu"]
        cells = [
            f"{row['rows']:,}",
            row["kind"],
            f"{ours['counts']['places']:,}",
            seconds(ours),
            seconds(ours, "cpu"),
            f"{ours['peak_mb']:,.0f}",
            f"{ours['beyond']:.2f}",
            f"{bare:.2f}",
            f"{(ours['cpu'] - start) / bare:.1f}" if row["rows"] >= _LARGE else "-",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def plain_table(rows: list[Row]) -> list[str]:
    """Table of the plain script, with either density, beside the whole job."""
    lines = [
        "| rows | positions | density of the script | wall s | CPU s | peak MB |"
        " script / ours, wall | CPU | memory |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        for name, density in (("plain", "KDEpy"), ("plain_exact", "scikit-learn")):
            if (plain := row.get(name)) is None:
                continue
            cells = [
                f"{row['rows']:,}",
                row["kind"],
                density,
                seconds(plain),
                "-" if "failed" in plain else seconds(plain, "cpu"),
                f"{plain['peak_mb']:,.0f}",
                *(ratio(plain, row["ours"], figure) for figure in ("wall", "cpu", "peak_mb")),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def kernel_table(rows: list[Row]) -> list[str]:
    """Table of the stages and their peers; the first of each group and size is the base."""
    lines = [
        "| measure | points | wall s | CPU s | peak MB | ratio of CPU | note |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    bases: dict[tuple[str, int], Row] = {}
    for row in rows:
        group = row["name"].split(",")[0], row["points"]
        base = bases.setdefault(group, row)
        notes = [row["note"]] if "note" in row else []
        if row is not base and "digest" in row:
            notes.append("result equal" if row["digest"] == base["digest"] else "RESULT DIFFERS")
        if row is not base and "sum" in row:
            notes.append(f"sum of z differs by {abs(row['sum'] / base['sum'] - 1):.0e}")
        failed = "failed" in row
        cells = [
            row["name"],
            f"{row['points']:,}",
            seconds(row),
            "-" if failed else seconds(row, "cpu"),
            f"{row['peak_mb']:,.0f}",
            "-" if failed else f"{row['cpu'] / base['cpu']:.3g}",
            "; ".join(notes),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def draw(results: Row, path: Path) -> None:
    """Draw how the cost grows with rows, places, cells and hotspots."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "hotspots", "svg.fonttype": "none", "font.size": 9}
    from matplotlib import pyplot as plt

    figure, ((rows, places), (cells, hotspots)) = plt.subplots(2, 2, figsize=(9, 6.6))
    whole = results["whole"]
    for kind, style in (("snapped", "o-"), ("unsnapped", "s--")):
        some = [row for row in whole if row["kind"] == kind]
        size = [row["rows"] for row in some]
        for name, colour in (("intake", "tab:blue"), ("beyond", "tab:red")):
            label = {"intake": "intake", "beyond": "all beyond intake"}[name]
            value = [row["ours"][name] for row in some]
            rows.plot(size, value, style, color=colour, label=f"{label}, {kind}")
        ran = [row for row in some if "failed" not in row.get("plain", {"failed": ""})]
        rows.plot(
            [row["rows"] for row in ran],
            [row["plain"]["cpu"] for row in ran],
            style, color="tab:gray", label=f"plain script, whole, {kind}",
        )  # fmt: skip
        places.plot(
            [row["ours"]["counts"]["places"] for row in some],
            [row["ours"]["beyond"] for row in some],
            style, color="tab:red", label=kind,
        )  # fmt: skip
    grown = [row for row in whole if (row["rows"], row["kind"]) == (100_000, "snapped")]
    if "growth" in results:
        base = grown[0]["ours"]
        points = [(base["targeting"]["cell_size_m"], base), *results["growth"]["cells"]]
        points.sort(key=lambda point: -point[0])
        finest = base["targeting"]["cell_size_m"]
        share = [(finest / size) ** 2 for size, _ in points]
        cells.plot(share, [run["beyond"] for _, run in points], "o-", color="tab:red")
        for number, (size, run) in zip(share, points, strict=True):
            cells.annotate(
                f"{size:g} m", (number, run["beyond"]), (-12, 7), textcoords="offset points"
            )
        points = [(26, base), *results["growth"]["hotspots"]]
        found = [run["counts"]["hotspots"] for _, run in points]
        hotspots.plot(found, [run["beyond"] for _, run in points], "o-", color="tab:red")
    rows.set(xscale="log", yscale="log", xlabel="rows", ylabel="CPU seconds", title="Rows")
    places.set(xscale="log", xlabel="places", title="Places: beyond intake")
    cells.set(
        xscale="log", xlabel="cells, as a multiple of the default", ylabel="CPU seconds",
        title="Cells: beyond intake, 100,000 rows",
    )  # fmt: skip
    hotspots.set(xlabel="hotspots", title="Hotspots: beyond intake, 100,000 rows")
    for axes in (places, cells, hotspots):
        axes.set_ylim(0, 1.2 * axes.get_ylim()[1])
    rows.set_ylim(top=20 * rows.get_ylim()[1])  # room for the legend
    rows.legend(fontsize=7, loc="upper left")
    places.legend(fontsize=7)
    for axes in figure.axes:
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Write the tables and the picture."""
    folder = Path(sys.argv[1])
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    packages = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    lines = [
        BEGIN,
        f"Machine: {results['machine']}. {packages}. "
        f"The command took {results['minutes']:.1f} minutes.",
        "",
        "### The whole run beside its imports",
        "",
        *start_table(results["start"]),
        "",
        "### The whole job",
        "",
        *whole_table(results["whole"]),
        "",
        "### The whole job beside a plain script",
        "",
        *plain_table(results["whole"]),
        "",
        "### Stages",
        "",
        *kernel_table(results["kernels"]),
        "",
        END,
    ]
    page = folder / "README.md"
    text = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN)
    page.write_text(before + "\n".join(lines) + rest.split(END)[1], encoding="utf-8")
    draw(results, folder / "growth.svg")


if __name__ == "__main__":
    main()
