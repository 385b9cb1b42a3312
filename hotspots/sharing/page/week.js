/* When a hotspot is busy: the hours of its week as a table, and the parts of the day in words. */
((page) => {
  const { make, bdi, percent } = page;
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const times = page.plan.times;
  const steps = [0.5, 1, 1.5, 2.5]; // times an even share, from which a cell is darker
  const shade = (share, even) => `heat${steps.filter((step) => share >= step * even).length}`;

  /* 7 rows and 24 columns, darker where more happens; nothing where hours are not known. */
  page.week = (n) => {
    if (!times) return [];
    const { shares, says } = times[n];
    const even = 100000 / 168;
    const cell = (share, hour) => make("td", { class: shade(share, even) },
      make("span", { class: "unseen" }, `${hour}:00 ${percent(share / 100000)}`));
    const head = make("tr", {}, make("td", {}), ...[0, 6, 12, 18].map((hour) =>
      make("th", { scope: "colgroup", colspan: "6" }, `${String(hour).padStart(2, "0")}:00`)));
    const rows = days.map((day, at) => make("tr", {}, make("th", { scope: "row" }, day),
      ...shares.slice(24 * at, 24 * at + 24).map(cell)));
    return [
      make("h4", {}, "When"),
      make("p", {}, bdi(says)),
      make("table", { class: "week" },
        make("caption", { class: "unseen" }, "Share of the week's incidents in every hour"),
        make("thead", {}, head), make("tbody", {}, ...rows)),
      make("p", { class: "fine" },
        `An even week has ${percent(1 / 168)} in each hour; the darkest have 2.5 times that or more.`),
    ];
  };

  /* Visits a week by part of the day and weekday, as the plan has them; nothing where it is open. */
  page.planned = (n) => {
    const planned = page.plan.planned;
    if (!planned) return [];
    const rows = planned.parts.map((name, at) => make("tr", {},
      make("th", { scope: "row" }, bdi(name)),
      ...planned.visits[n].slice(7 * at, 7 * at + 7).map((visits) =>
        make("td", {}, page.figure(visits, 1)))));
    return [
      make("h4", {}, "Planned visits a week"),
      make("table", { class: "parts" },
        make("caption", { class: "unseen" }, "Visits a week by part of the day and weekday"),
        make("thead", {}, make("tr", {}, make("td", {}),
          ...days.map((day) => make("th", { scope: "col" }, day)))),
        make("tbody", {}, ...rows)),
    ];
  };

  /* The same in a line: visits a week in each part of the day. */
  page.plannedSays = (n) => {
    const planned = page.plan.planned;
    if (!planned) return "";
    const sums = planned.parts.map((name, at) => planned.visits[n].slice(7 * at, 7 * at + 7)
      .reduce((total, visits) => total + visits, 0));
    return `Planned visits a week: ${planned.parts.map((name, at) =>
      `${name} ${page.figure(sums[at], 1)}`).join(", ")}.`;
  };

  /* Weekday by part of the day, in per cent of the week's incidents; null where not known. */
  page.dayParts = (n) => {
    if (!times) return null;
    const parts = [["Night", 0], ["Morning", 6], ["Afternoon", 12], ["Evening", 18]];
    const even = 100000 / 28;
    const sum = (day, from) => times[n].shares.slice(24 * day + from, 24 * day + from + 6)
      .reduce((total, share) => total + share, 0);
    const hours = (from) => `${String(from).padStart(2, "0")}–${String(from + 6).padStart(2, "0")}`;
    return make("table", { class: "parts" },
      make("thead", {}, make("tr", {}, make("td", {}),
        ...days.map((day) => make("th", { scope: "col" }, day)))),
      make("tbody", {}, ...parts.map(([name, from]) => make("tr", {},
        make("th", { scope: "row" }, `${name} ${hours(from)}`),
        ...days.map((_, day) => make("td", { class: shade(sum(day, from), even) },
          percent(sum(day, from) / 100000, 0)))))));
  };
})(hotspotsPage);
