/* The details of a selected hotspot or candidate, all its figures in words. */
((page) => {
  const panel = document.getElementById("details");
  const { make, bdi, figure, scaled, percent } = page;
  const months = page.plan.months;

  function list(pairs) {
    const rows = pairs.filter(Boolean).map(([name, ...value]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, ...value)));
    return make("dl", {}, ...rows);
  }

  /* Officer-hours of this plan beside the plain rules, as bars of one scale. */
  function comparison(record) {
    const rules = [
      ...(page.moved() ? [["What if", record.hours, "changed"]] : []),
      ["This plan", record.planned.hours, "plan"],
      ...(record.proportional === null ? [] : [["By incidents", record.proportional, "rule"]]),
      ["Equal", record.equal, "rule"],
    ];
    const most = Math.max(...rules.map(([, hours]) => hours || 0), 1);
    const rows = rules.map(([name, hours, kind]) => make("div", {},
      make("dt", {}, name),
      make("dd", {},
        make("svg", { class: "bar " + kind, viewBox: "0 0 100 8", preserveAspectRatio: "none",
          "aria-hidden": "true" },
        make("rect", { width: String(100 * (hours || 0) / most), height: "8" })),
        make("span", {}, figure(hours)))));
    return make("dl", { class: "compare" }, ...rows);
  }

  /* Figures in words; what the sentences on a hotspot say already is left out beside them. */
  function incidents(record) {
    const said = Boolean(record.why);
    const q = record.q === null ? null : record.q < 0.001 ? "q < 0.001" : `q ${figure(record.q, 3)}`;
    return [
      said ? null : ["Recorded incidents", `${figure(record.incidents)} (${percent(record.share)} of all counted)`],
      said || !record.mainly ? null : ["Mostly", bdi(record.mainly)],
      record.other ? ["Other categories", `${figure(record.other)} more, which do not select`] : null,
      said ? null : ["Area", `${figure(record.area, 3)} km²`],
      record.perKm2 === null ? null : ["Density", `${figure(record.perKm2)} incidents per km² in the whole period`],
      record.peak === null ? null : ["Peak density", `${scaled(record.peak === null ? null : record.peak / months)} ` +
        "per km² and month (modelled)"],
      record.hot === null ? null : ["Months hot", `${figure(record.hot)} of ${figure(record.periods)}: `, bdi(record.months || "none"),
        ...(said ? [] : [", ", bdi(record.kind)])],
      said || record.trend === null ? null : ["Second half against first",
        `${signed(record.trend)} a day (${signed(record.trendLow)} to ${signed(record.trendHigh)})`],
      said || page.plan.audience !== "restricted" ? null : ["Beside chance", q ? `Gi* ${figure(record.gi, 1)}, ${q}` : "too few incidents to test"],
      record.rankExcess === null ? null : ["Ranks", `${figure(record.rankExcess)} by excess, ${figure(record.rankIncidents)} by ` +
        `incidents, ${figure(record.rankShrunk)} by shrunken counts, ` +
        `${figure(record.rankHarm)} by harm (of all candidates)`],
    ];
  }

  const signed = (share) => (share > 0 ? "+" : share < 0 ? "−" : "") + percent(Math.abs(share), 0);

  function place(record) {
    const metres = `${figure(record.x)} E, ${figure(record.y)} N (${page.plan.crs})`;
    return [
      record.grid ? ["Grid reference", record.grid] : ["Position", metres],
      record.lat === null ? null :
        ["Latitude, longitude", `${record.lat.toFixed(5)}, ${record.lon.toFixed(5)}`],
      record.paired ? ["Same cluster reaches into", bdi(record.paired)] : null,
    ];
  }

  function heading(record, kind) {
    const title = make("h3", { tabindex: "-1", id: "details-title" },
      make("span", { class: "badge " + kind }, record.id), " ",
      make("bdi", {}, record.name || "Without a name"));
    const close = make("button", { type: "button", class: "close", "aria-label": "Close details" }, "×");
    close.addEventListener("click", shut);
    return make("div", { class: "details-head" }, title, close);
  }

  function hotspot(record) {
    const inDistrict = page.hotspots.filter((other) => other.district === record.district).length;
    const parts = [
      heading(record, "hotspot"),
      make("p", { class: "where" }, bdi(record.district), make("br"),
        `Rank ${figure(record.rank)} of ${figure(page.hotspots.length)} overall, ` +
        `${figure(record.rankIn)} of ${figure(inDistrict)} in its district` +
        (record.change ? `; ${record.change} since the earlier plan` : "")),
      make("p", { class: "lead" },
        make("strong", {}, figure(record.hoursPerWeek, 1)), " officer-hours a week, ",
        make("strong", {}, figure(record.visitsPerDay, 1)), " visits a day",
        page.moved() ? make("br") : "", page.moved() ? `What if; the plan has ${figure(record.planned.hoursPerWeek, 1)} and ` +
          `${figure(record.planned.visitsPerDay, 1)}` : ""),
      choices(record),
      record.note ? make("p", { class: "note" }, bdi(record.note)) : "",
      make("h4", {}, `Officer-hours in ${figure(page.plan.weeks)} weeks`),
      comparison(record),
      list([
        ["Visits", figure(record.visits)],
        ["Share of all hours", percent(record.hoursShare)],
        record.covered === null ? null : ["Covered incidents", `${figure(record.covered)} (modelled)`],
      ]),
      make("h4", {}, "Why here"),
      record.why ? make("p", { class: "why" }, bdi(record.why)) : "",
      list(incidents(record)),
      ...page.week(record.n),
      ...(page.moved() ? [] : page.planned(record.n)),
      make("h4", {}, "Where"),
      list(place(record)),
    ];
    if (page.order && page.order().length > 1) parts.push(steps(record));
    return parts;
  }

  /* Buttons that leave a hotspot out of the what-if or keep its planned hours. */
  function choices(record) {
    if (!page.leaveOut) return "";
    const button = (text, pressed, act) => {
      const node = make("button", { type: "button", class: "plain", "aria-pressed": String(pressed) }, text);
      if (!page.canChoose) node.disabled = true;
      node.addEventListener("click", () => {
        act(record.n);
        const again = [...panel.querySelectorAll(".choices button")].find((other) => other.textContent === text);
        if (again) again.focus();
      });
      return node;
    };
    const note = page.canChoose ? "" : make("p", { class: "fine" }, page.whyNot);
    return make("div", {}, make("p", { class: "choices", role: "group", "aria-label": "What if" },
      button("Leave out", page.leftOut(record.n), page.leaveOut),
      button("Keep planned hours", page.kept(record.n), page.keep)), note);
  }

  /* Buttons to the row before and after, in the order of the table. */
  function steps(record) {
    const order = page.order();
    const at = order.indexOf(record.n);
    const to = (step, text) => {
      const button = make("button", { type: "button", class: "plain" }, text);
      button.addEventListener("click", () => {
        const n = order[(at + step + order.length) % order.length];
        page.select("hotspot", n, { focus: true, zoom: true, from: "map" });
      });
      return button;
    };
    return make("p", { class: "steps" }, to(-1, "Previous row"), to(1, "Next row"));
  }

  function candidate(record) {
    return [
      heading(record, "candidate"),
      make("p", { class: "where" }, bdi(record.district), make("br"),
        `Candidate of rank ${figure(record.rank)}, not selected`),
      make("p", { class: "note" }, "Reason: ", bdi(record.status)),
      record.note ? make("p", { class: "note" }, bdi(record.note)) : "",
      list([...incidents(record), ...place(record)]),
    ];
  }

  function shut() {
    const before = page.selected;
    page.select(null);
    if (before && before.kind === "hotspot" && page.row) {
      page.row(before.n).querySelector(".open").focus();
    }
  }

  function fill() {
    const record = page.record(page.selected);
    panel.hidden = !record;
    panel.replaceChildren();
    if (record) panel.append(...(page.selected.kind === "hotspot" ? hotspot(record) : candidate(record)));
    return record;
  }

  page.on("hours", () => {
    if (panel.hidden) return;
    const at = panel.scrollTop;
    if (fill()) panel.scrollTop = at;
  });
  page.on("select", (how) => {
    if (!fill()) return;
    panel.scrollTop = 0;
    if (how.focus) {
      if (window.matchMedia("(max-width: 1099px)").matches) {
        document.getElementById("map-section").scrollIntoView({ block: "start" });
      }
      panel.querySelector("#details-title").focus({ preventScroll: true });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && page.selected) shut();
  });
})(hotspotsPage);
