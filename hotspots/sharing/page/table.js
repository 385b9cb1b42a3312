/* The hours table: sorting, the filters, its changing figures, and the row that is selected. */
((page) => {
  const table = document.getElementById("plan");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((a, b) => a.dataset.n - b.dataset.n);
  const heads = [...table.querySelectorAll("thead th")];
  const words = new Intl.Collator("en-GB", { numeric: true });
  page.sorting = null; // {key, order}

  function compare(key, a, b) {
    const left = page.hotspots[a.dataset.n][key], right = page.hotspots[b.dataset.n][key];
    if (left === null || right === null) return (left === null) - (right === null);
    return typeof left === "number" ? left - right : words.compare(left, right);
  }

  function arrange() {
    const { key, order } = page.sorting;
    heads.forEach((head) => {
      if (head.dataset.key === key) head.setAttribute("aria-sort", order);
      else head.removeAttribute("aria-sort");
    });
    const sign = order === "ascending" ? 1 : -1;
    const sorted = [...rows].sort((a, b) => sign * compare(key, a, b) || a.dataset.n - b.dataset.n);
    body.append(...sorted);
  }

  /* Sort by a column, "ascending" or "descending"; an unknown column changes nothing. */
  page.sort = (key, order) => {
    if (!heads.some((head) => head.dataset.key === key)) return;
    page.sorting = { key, order: order === "ascending" ? order : "descending" };
    arrange();
    page.tell("sort");
  };

  heads.forEach((head) => head.querySelector("button").addEventListener("click", () => {
    const before = head.getAttribute("aria-sort");
    const order = before === "descending" ? "ascending" : before === "ascending" ? "descending" :
      head.classList.contains("number") ? "descending" : "ascending";
    page.sort(head.dataset.key, order);
    page.say(`Sorted by ${head.textContent.trim()}, ${order}`);
  }));

  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    const dragged = String(window.getSelection()).length > 0 && !event.target.closest("button");
    if (row && !dragged) page.select("hotspot", Number(row.dataset.n), { focus: true, zoom: true });
  });

  page.row = (n) => rows[n];
  /* Numbers of the hotspots in the order and selection in which the table shows them. */
  page.order = () => [...body.rows].filter((row) => !row.hidden).map((row) => Number(row.dataset.n));

  page.on("select", (how) => {
    rows.forEach((row) => row.classList.remove("selected"));
    rows.forEach((row) => row.querySelector(".open").removeAttribute("aria-current"));
    if (!page.selected || page.selected.kind !== "hotspot") return;
    const row = rows[page.selected.n];
    row.classList.add("selected");
    row.querySelector(".open").setAttribute("aria-current", "true");
    if (how.from === "map" && window.matchMedia("(min-width: 1100px)").matches) {
      row.scrollIntoView({ block: "nearest", behavior: page.calm() ? "auto" : "smooth" });
    }
  });

  const cells = rows.map((row) => Object.fromEntries(
    [...row.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell])));

  /* Hours and visits of every row, and whether a what-if leaves it out or keeps it. */
  page.on("hours", () => {
    const most = Math.max(1, ...page.hotspots.map(({ hours, planned }) => Math.max(hours, planned.hours)));
    rows.forEach((row, n) => {
      const record = page.hotspots[n];
      const put = (key, text) => { if (cells[n][key]) cells[n][key].textContent = text; };
      put("hours", page.figure(record.hours));
      put("hoursPerWeek", page.figure(record.hoursPerWeek, 1));
      put("visitsPerDay", page.figure(record.visitsPerDay, 1));
      put("choice", page.leftOut(n) ? "left out" : page.kept(n) ? "kept" : "");
      if (cells[n].bar) cells[n].bar.setAttribute("width", String(100 * record.hours / most));
      row.classList.toggle("left-out", page.leftOut(n));
    });
    if (page.sorting && ["hours", "hoursPerWeek", "visitsPerDay"].includes(page.sorting.key)) arrange();
  });

  const choice = document.getElementById("district"), search = document.getElementById("search");
  for (const { name } of page.districts) choice.append(page.make("option", { value: name }, name));

  /* Show one district, or those that a search finds; `how.still` leaves the map where it is. */
  page.filter = ({ district = page.district, search: text = page.search }, how = {}) => {
    page.district = page.districts.some(({ name }) => name === district) ? district : "";
    page.search = text;
    choice.value = page.district;
    if (search.value !== text) search.value = text;
    rows.forEach((row, n) => { row.hidden = !page.shown(page.hotspots[n]); });
    const shown = page.order().length;
    document.getElementById("none-found").hidden = shown > 0;
    if (!how.quiet) page.say(`${shown} of ${rows.length} hotspots shown`);
    const record = page.record(page.selected);
    if (record && !page.shown(record)) page.select(null);
    page.tell("filter", how);
  };
  choice.addEventListener("change", () => page.filter({ district: choice.value }));
  search.addEventListener("input", () => page.filter({ search: search.value }, { still: true }));
  search.addEventListener("keydown", (event) => {
    const [first] = page.order();
    if (event.key === "Enter" && first !== undefined && page.search) {
      page.select("hotspot", first, { focus: true, zoom: true, from: "map" });
    }
  });
})(hotspotsPage);
