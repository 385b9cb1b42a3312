/* Labels on the map: ranks at the hotspots and names of districts, none over another.

   Greedy: names of districts where they cover no hotspot; then hotspots in order of rank, each at
   its place or, where it would cover another, at the nearest free place around it with a line;
   then the names that found no place before, where they still fit. On a small map ranks go first. */
((page) => {
  const { make } = page;
  const MOST = 150;                                   // rank labels at once
  const RINGS = [22, 30, 40, 52, 66, 82, 100];        // pixels
  const CROWD = 60;                                   // labels; above, the nearer rings only
  const ANGLES = 16;
  const ruler = document.createElement("canvas").getContext("2d");

  const width = (text, font) => { ruler.font = font; return Math.ceil(ruler.measureText(text).width); };
  const around = (x, y, w, h) => ({ left: x - w / 2, right: x + w / 2, top: y - h / 2, bottom: y + h / 2 });
  const meet = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const holds = (view, box) =>
    box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
  const free = (box, taken) => !taken.some((other) => other && meet(box, other));

  page.labels = (map) => {
    const pane = map.createPane("labels");
    pane.style.zIndex = 620;
    const lines = make("svg", { class: "leaders", width: "1", height: "1", "aria-hidden": "true" });
    const places = make("div", { class: "names", "aria-hidden": "true" });
    const ranks = make("div", { class: "ranks", "aria-hidden": "true" }); // the table says the same
    pane.append(lines, places, ranks);

    const family = getComputedStyle(document.body).fontFamily;
    const pills = page.hotspots.map((record) => {
      const pill = make("button", { type: "button", class: "pill", tabindex: "-1" });
      pill.addEventListener("click", (event) => {
        event.stopPropagation();
        page.select("hotspot", record.n, { focus: true, from: "map", zoom: map.getZoom() < 13 });
      });
      L.DomEvent.disableClickPropagation(pill);
      return pill;
    });

    function inView() {
      const size = map.getSize(), origin = map.containerPointToLayerPoint([0, 0]);
      return { left: origin.x, top: origin.y, right: origin.x + size.x, bottom: origin.y + size.y };
    }

    function at(node, x, y) { L.DomUtil.setPosition(node, L.point(Math.round(x), Math.round(y))); }

    /* Free middle of a label for `dot`, nearest first, beginning on the side away from others. */
    function spot(dot, w, h, dots, taken, view) {
      const near = dots.filter((other) => other !== dot &&
        Math.abs(other.x - dot.x) < 60 && Math.abs(other.y - dot.y) < 60);
      const own = around(dot.x, dot.y, w, h);
      const points = dots.map((other) => other !== dot && around(other.x, other.y, 9, 9));
      if (holds(view, own) && free(own, taken) && free(own, points)) return [dot.x, dot.y];
      const away = near.length === 0 ? -Math.PI / 2 : Math.atan2(
        dot.y - near.reduce((sum, other) => sum + other.y, 0) / near.length,
        dot.x - near.reduce((sum, other) => sum + other.x, 0) / near.length);
      for (const ring of dots.length > CROWD ? RINGS.slice(0, 4) : RINGS) {
        for (let turn = 0; turn < ANGLES; turn += 1) {
          const side = turn % 2 ? 1 : -1;
          const angle = away + side * Math.ceil(turn / 2) * 2 * Math.PI / ANGLES;
          const x = dot.x + Math.cos(angle) * (ring + w / 2 - h / 2), y = dot.y + Math.sin(angle) * ring;
          const box = around(x, y, w, h);
          if (holds(view, box) && free(box, taken) && free(box, points)) return [x, y];
        }
      }
      return null;
    }

    /* What Leaflet's controls cover. */
    function controls() {
      const frame = map.getContainer().getBoundingClientRect();
      const origin = map.containerPointToLayerPoint([0, 0]);
      return [...map.getContainer().querySelectorAll(".leaflet-control")].map((node) => {
        const box = node.getBoundingClientRect();
        const left = box.left - frame.left + origin.x, top = box.top - frame.top + origin.y;
        return { left, top, right: left + box.width, bottom: top + box.height };
      });
    }

    /* Hotspots in view, the selected one first, then by rank. */
    function inSight(view) {
      const chosen = page.selected && page.selected.kind === "hotspot" ? page.selected.n : -1;
      return page.hotspots
        .filter((record) => page.shown(record) && record.lat !== null)
        .map((record) => {
          const { x, y } = map.latLngToLayerPoint([record.lat, record.lon]);
          return { record, x, y, chosen: record.n === chosen };
        })
        .filter(({ x, y }) => x > view.left && x < view.right && y > view.top && y < view.bottom)
        .sort((a, b) => b.chosen - a.chosen || a.record.rank - b.record.rank);
    }

    function drawRanks(dots, taken, view) {
      const near = map.getZoom() >= 14;
      const font = `700 12px ${family}`;
      for (const dot of dots) {
        const { record } = dot;
        const hours = page.leftOut(record.n) ? "left out" : `${page.figure(record.hoursPerWeek, 1)} h`;
        const text = near ? `${record.id} · ${hours} a week`.replace("left out a week", "left out") :
          page.labelled() === "hours" ? hours : String(record.rank);
        const w = Math.max(24, width(text, font) + 14), h = 24;
        const found = spot(dot, w, h, dots, taken, view);
        if (!found) continue;
        const [x, y] = found;
        taken.push(around(x, y, w + 2, h + 2));
        if (x !== dot.x || y !== dot.y) {
          lines.append(
            make("line", { x1: dot.x, y1: dot.y, x2: x, y2: y, class: "halo" }),
            make("line", { x1: dot.x, y1: dot.y, x2: x, y2: y }),
            make("circle", { cx: dot.x, cy: dot.y, r: "3.5" }));
          taken.push(around(dot.x, dot.y, 10, 10));
        }
        const pill = pills[record.n];
        pill.textContent = text;
        pill.title = `${record.id} ${record.name}: ${page.figure(record.hoursPerWeek, 1)} officer-hours a week`;
        pill.classList.toggle("selected", dot.chosen);
        pill.style.width = w + "px";
        pill.style.marginLeft = -w / 2 + "px";
        at(pill, x, y);
        ranks.append(pill);
      }
    }

    /* Draw the names that find a free place; returns the districts that found none. */
    function drawNames(districts, dots, taken, view, kind = "") {
      const font = `600 ${kind ? 12 : 13}px ${family}`;
      const points = dots.map(({ x, y }) => around(x, y, 12, 12));
      return districts.filter((district) => {
        const text = district.name.length > 40 ? district.name.slice(0, 39) + "…" : district.name;
        const w = width(text, font) + 8, h = 18;
        const middle = map.latLngToLayerPoint([district.lat, district.lon]);
        const tries = (district.spots || []).map((place) => map.latLngToLayerPoint(place));
        tries.sort((a, b) => a.distanceTo(middle) - b.distanceTo(middle));
        const found = [middle, ...tries].find((point) => {
          const box = around(point.x, point.y, w, h);
          return holds(view, box) && free(box, taken) && free(box, points);
        });
        if (!found) return true;
        taken.push(around(found.x, found.y, w, h));
        const name = make("span", kind ? { class: kind } : {}, page.bdi(text));
        at(name, found.x, found.y);
        places.append(name);
        return false;
      });
    }

    function draw() {
      for (const part of [lines, places, ranks]) part.replaceChildren();
      const view = inView(), taken = controls();
      const small = map.getSize().x < 480;
      const ranked = pane.dataset.ranks !== "off";
      const dots = ranked ? inSight(view).slice(0, MOST) : [];
      let names = pane.dataset.names === "off" ? [] : page.districts.filter(({ lat }) => lat !== null);
      if (!small) names = drawNames(names, dots, taken, view);
      drawRanks(dots, taken, view);
      drawNames(names, [], taken, view);
      if (pane.dataset.places !== "off") drawNames(page.places || [], [], taken, view, "town");
    }

    let waiting = 0;
    const soon = () => {
      window.cancelAnimationFrame(waiting);
      waiting = window.requestAnimationFrame(draw);
    };

    map.on("zoomend moveend resize", draw);
    map.on("zoomstart", () => pane.classList.add("moving"));
    map.on("zoomend", () => pane.classList.remove("moving"));
    for (const event of ["select", "labels"]) page.on(event, draw);
    for (const event of ["hours", "filter"]) page.on(event, soon);
    return { draw, pane };
  };
})(hotspotsPage);
