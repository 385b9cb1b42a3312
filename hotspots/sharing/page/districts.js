/* Hours by district, which follow a what-if like the hours of the hotspots. */
((page) => {
  const table = document.getElementById("by-district");
  if (!table) return;
  const rows = new Map([...table.tBodies[0].rows].map((row) => [row.cells[0].textContent, row.cells]));

  page.on("hours", () => {
    const sums = new Map();
    let all = 0;
    for (const { district, hours, incidents } of page.hotspots) {
      const sum = sums.get(district) || { hours: 0, incidents: 0 };
      sum.hours += hours;
      sum.incidents = typeof incidents === "number" ? sum.incidents + incidents : null;
      all += hours;
      sums.set(district, sum);
    }
    for (const [district, { hours, incidents }] of sums) {
      const cells = rows.get(district);
      if (!cells) continue;
      cells[3].textContent = page.figure(hours);
      cells[4].textContent = page.percent(all ? hours / all : 0);
      cells[5].textContent = page.figure(incidents > 0 ? 1000 * hours / incidents : null);
    }
  });
})(hotspotsPage);
