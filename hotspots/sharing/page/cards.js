/* Briefing cards: one sheet for each hotspot that the table shows, made when they are printed. */
((page) => {
  const { make, bdi, figure } = page;
  const facts = page.plan.cards;
  const holder = document.getElementById("cards");
  let roadBounds = null;

  /* Box around a shape, widened, and a projection of degrees to units of about a metre. */
  function frameOf(geometry, margin, least) {
    const points = geometry.coordinates.flat(2);
    const x = points.map((point) => point[0]), y = points.map((point) => point[1]);
    const low = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
    const lat = (low(y) + high(y)) / 2, lon = (low(x) + high(x)) / 2;
    const across = 111320 * Math.cos(lat * Math.PI / 180), up = 110574 + 1110 * Math.sin(lat * Math.PI / 180) ** 2;
    const half = Math.max((high(x) - low(x)) * across, (high(y) - low(y)) * up, least) / 2 * margin;
    const reach = L.latLngBounds([lat - half / up, lon - half / across], [lat + half / up, lon + half / across]);
    return { half, reach, project: ([px, py]) => [(px - lon) * across, (lat - py) * up] };
  }

  const path = (points, frame, end) => points.map((point, at) =>
    `${at ? "L" : "M"}${frame.project(point).map((value) => value.toFixed(1)).join(" ")}`).join("") + end;
  const outline = (geometry, frame) => geometry.coordinates.flat()
    .map((ring) => path(ring, frame, "Z")).join("");

  function picture(label, frame, ...parts) {
    const { half } = frame;
    const svg = make("svg", { class: "thumb", role: "img", "aria-label": label,
      viewBox: `${-half} ${-half} ${2 * half} ${2 * half}` });
    svg.append(...parts.filter(Boolean));
    return svg;
  }

  /* A bar of a round length, in the lower left corner. */
  function bar({ half }) {
    const length = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000].filter((step) => step < half).pop() || 20;
    const x = -half * 0.93, y = half * 0.9;
    const words = length < 1000 ? `${length} m` : `${length / 1000} km`;
    const text = make("text", { x: String(x), y: String(y - half * 0.04), "font-size": String(half * 0.11) }, words);
    return [make("path", { class: "scale", d: `M${x} ${y}h${length}` }), text];
  }

  function closeUp(record, geometry) {
    const frame = frameOf(geometry, 1.7, 200);
    const borders = page.districts.filter(({ shape }) => shape && frame.reach.intersects(shape.getBounds()))
      .map(({ shape }) => shape.feature.geometry);
    roadBounds = roadBounds || page.lines.map((line) => L.latLngBounds(line));
    const roads = page.lines.filter((_, at) => frame.reach.intersects(roadBounds[at]));
    return picture(`Outline of ${record.id}, north is up`, frame,
      ...borders.map((shape) => make("path", { class: "ground", d: outline(shape, frame) })),
      ...roads.map((line) => make("path", { class: "road", d: path(line.map(([a, b]) => [b, a]), frame, "") })),
      make("path", { class: "spot", d: outline(geometry, frame) }), ...bar(frame));
  }

  const districtOf = (record) => page.districts.findIndex(({ name }) => name === record.district);

  function locator(record) {
    const geometry = page.shape("district", districtOf(record));
    if (!geometry) return "";
    const frame = frameOf(geometry, 1.08, 500);
    const [x, y] = frame.project([record.lon, record.lat]);
    return picture(`${record.district}, with the place of ${record.id}`, frame,
      make("path", { class: "ground", d: outline(geometry, frame) }),
      make("circle", { class: "dot", cx: x.toFixed(1), cy: y.toFixed(1), r: (frame.half * 0.045).toFixed(1) }),
      ...bar(frame));
  }

  /* A QR code: [modules a side, modules row by row as hexadecimal digits]. */
  function code([side, digits], address) {
    let d = "";
    for (let at = 0; at < side * side; at += 1) {
      if (parseInt(digits[at >> 2], 16) >> (3 - at % 4) & 1) d += `M${at % side} ${Math.floor(at / side)}h1v1h-1z`;
    }
    return make("svg", { class: "code", role: "img", "aria-label": `QR code of ${address}`,
      viewBox: `-4 -4 ${side + 8} ${side + 8}` },
    make("rect", { x: "-4", y: "-4", width: String(side + 8), height: String(side + 8), fill: "#fff" }),
    make("path", { d }));
  }

  const list = (pairs) => make("dl", {}, ...pairs.filter(Boolean).map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value))));

  function card(n) {
    const record = page.hotspots[n], geometry = page.shape("hotspot", n);
    const address = record.lat === null ? "" : `geo:${record.lat.toFixed(5)},${record.lon.toFixed(5)}`;
    const parts = page.dayParts(n);
    const choice = page.leftOut(n) ? "Left out of this what-if." : page.kept(n) ? "Kept as planned." : "";
    return make("article", { class: "card" },
      make("h2", {}, bdi(record.id), " ", bdi(record.name)),
      make("p", { class: "card-where" }, bdi(record.district), `; rank ${figure(record.rank)} of ${figure(page.hotspots.length)}; `,
        bdi(page.plan.heading)),
      make("div", { class: "thumbs" }, geometry ? closeUp(record, geometry) : "", locator(record)),
      make("div", { class: "card-columns" },
        make("section", {}, make("h3", {}, "Where"),
          make("div", { class: "position" },
            facts.codes[n] ? code(facts.codes[n], address) : "",
            list([record.grid ? ["Grid reference", record.grid] : null,
              record.lat === null ? null : ["Latitude, longitude", `${record.lat.toFixed(5)}, ${record.lon.toFixed(5)}`],
              address ? ["Opens a map on a phone", address] : null]))),
        make("section", {}, make("h3", {}, page.moved() ? "Hours (what if)" : "Hours"),
          list([["Officer-hours a week", figure(record.hoursPerWeek, 1)], ["Visits a day", figure(record.visitsPerDay, 1)],
            [`Officer-hours in ${figure(page.plan.weeks)} weeks`, figure(record.hours)],
            page.moved() ? ["In the plan", `${figure(record.planned.hoursPerWeek, 1)} a week`] : null]),
          choice ? make("p", {}, choice) : "")),
      make("section", {}, make("h3", {}, "When"),
        ...(parts ? [make("p", {}, bdi(page.plan.times[n].says)), parts] :
          [make("p", {}, "Not known: the data have no times of day. Use local knowledge.")]),
        page.plannedSays(n) && !page.moved() ? make("p", {}, bdi(page.plannedSays(n))) : ""),
      make("section", {}, make("h3", {}, "Why here"),
        make("p", {}, bdi(record.why || "No sentences are kept in this edition.")),
        record.note ? make("p", {}, bdi(record.note)) : ""),
      make("section", {}, make("h3", {}, "Since the earlier plan"),
        make("p", {}, bdi(facts.changes ? facts.changes[n] : "There is no earlier plan to compare with."))),
      make("p", { class: "card-foot" }, "Recorded incidents; positions are approximate. Decision support, not evidence about any person. ",
        bdi(page.plan.attribution.join(" · "))));
  }

  page.makeCards = () => holder.replaceChildren(...page.order().map(card));
  page.dropCards = () => holder.replaceChildren();
})(hotspotsPage);
