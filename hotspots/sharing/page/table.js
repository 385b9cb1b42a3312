/* The hours table: sorting, the filter by district, and the row that is selected. */
((page) => {
  const table = document.getElementById("plan");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((a, b) => a.dataset.n - b.dataset.n);
  const heads = [...table.querySelectorAll("thead th")];
  const words = new Intl.Collator("en-GB", { numeric: true });

  function compare(key, a, b) {
    const left = page.hotspots[a.dataset.n][key], right = page.hotspots[b.dataset.n][key];
    if (left === null || right === null) return (left === null) - (right === null);
    return typeof left === "number" ? left - right : words.compare(left, right);
  }

  function sort(head) {
    const key = head.dataset.key;
    const number = head.classList.contains("number");
    const before = head.getAttribute("aria-sort");
    const order = before === "descending" ? "ascending" :
      before === "ascending" ? "descending" : number ? "descending" : "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const sorted = [...rows].sort((a, b) => sign * compare(key, a, b) || a.dataset.n - b.dataset.n);
    body.append(...sorted);
    page.say(`Sorted by ${head.textContent.trim()}, ${order}`);
  }

  heads.forEach((head) =>
    head.querySelector("button").addEventListener("click", () => sort(head)));

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

  const choice = document.getElementById("district");
  for (const { name } of page.districts) choice.append(page.make("option", { value: name }, name));
  choice.addEventListener("change", () => {
    page.district = choice.value;
    rows.forEach((row, n) => { row.hidden = !page.shown(page.hotspots[n]); });
    const shown = page.order().length;
    page.say(`${shown} of ${rows.length} hotspots shown`);
    const record = page.record(page.selected);
    if (record && !page.shown(record)) page.select(null);
    page.tell("filter");
  });
})(hotspotsPage);
