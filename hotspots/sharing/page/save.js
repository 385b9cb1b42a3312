/* What the table shows as files: CSV and GeoJSON, made in the page and handed to the reader. */
((page) => {
  const columns = [
    ["hotspot_id", "id"], ["name", "name"], ["district", "district"], ["rank", "rank"],
    ["incidents", (record) => record.counted || record.incidents], ["area_km2", "area"], ["incidents_per_km2", "perKm2"],
    ["periods_hot", "hot"], ["visits", "visits"], ["officer_hours", "hours"],
    ["hours_per_week", "hoursPerWeek"], ["visits_per_day", "visitsPerDay"],
    ["covered_incidents", "covered"], ["planned_officer_hours", (record) => record.planned.hours],
    ["choice", (record) => page.leftOut(record.n) ? "left out" : page.kept(record.n) ? "kept" : ""],
    ["grid_reference", "grid"], ["longitude", "lon"], ["latitude", "lat"],
  ];
  const round = (value) => typeof value === "number" ? Number(value.toFixed(6)) : value;
  const value = (record, key) => {
    const found = typeof key === "function" ? key(record) : record[key];
    return found === undefined ? null : round(found);
  };
  const shown = () => page.order().map((n) => page.hotspots[n]);

  /* A cell of CSV: a text that a spreadsheet could take for a formula begins with an apostrophe. */
  function cell(found) {
    if (found === null) return "";
    if (typeof found === "number") return String(found);
    const text = /^[=+\-@\t\r\n]/.test(found) ? `'${found}` : found;
    return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replace(/"/g, '""')}"` : text;
  }

  page.csv = () => [
    columns.map(([name]) => name),
    ...shown().map((record) => columns.map(([, key]) => cell(value(record, key)))),
  ].map((row) => row.join(",") + "\r\n").join("");

  page.geojson = () => JSON.stringify({
    type: "FeatureCollection",
    features: shown().map((record) => ({
      type: "Feature",
      id: record.id,
      properties: Object.fromEntries(columns.map(([name, key]) => [name, value(record, key)])),
      geometry: page.shape("hotspot", record.n),
    })),
  });

  function save(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = page.make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(address), 10000);
    page.say(`${name}: ${page.order().length} hotspots as shown`);
  }

  const name = () => page.moved() ? "hotspots-what-if" : "hotspots";
  for (const [id, ending, type, make] of [
    ["save-csv", "csv", "text/csv;charset=utf-8", () => `\ufeff${page.csv()}`], // the mark is for Excel
    ["save-geojson", "geojson", "application/geo+json", page.geojson],
  ]) {
    const button = document.getElementById(id);
    if (button) button.addEventListener("click", () => save(`${name()}.${ending}`, type, make()));
  }
})(hotspotsPage);
