/* Hours on the map: circles whose area grows with the hours a week, and what the labels say. */
((page) => {
  /* Radius of the most hours that the plan gives a hotspot, pixels: less where more is in view. */
  const largest = (zoom) => Math.min(34, Math.max(12, 4 * (zoom - 6.5)));
  const choice = document.getElementById("labels-say");
  page.chosenLabels = ""; // "ranks" or "hours" once the reader chose; else hours while a what-if is on
  page.labelled = () => page.chosenLabels || (page.moved() ? "hours" : "ranks");

  page.setLabels = (name) => {
    page.chosenLabels = ["ranks", "hours"].includes(name) ? name : "";
    page.tell("labels");
  };
  choice.addEventListener("change", () => page.setLabels(choice.value));

  page.on("start", ({ map }) => {
    const pane = map.createPane("circles");
    pane.style.zIndex = 415;
    pane.style.pointerEvents = "none";
    const renderer = L.svg({ pane: "circles", padding: 0.3 });
    const most = Math.max(1, ...page.hotspots.map(({ planned }) => planned.hours));
    const circles = page.hotspots.filter(({ lat }) => lat !== null).map((record) => ({
      record, circle: L.circleMarker([record.lat, record.lon], { renderer, pane: "circles", interactive: false,
        color: "#0b57d0", weight: 1.5, fillColor: "#5aa2ff", fillOpacity: 0.35 }),
    }));
    const draw = () => {
      const on = page.labelled() === "hours";
      choice.value = page.labelled();
      document.getElementById("legend-circles").hidden = !on;
      const radius = largest(map.getZoom());
      for (const { record, circle } of circles) {
        if (!on || !record.hours || !page.shown(record)) circle.remove();
        else circle.setRadius(Math.max(3, radius * Math.sqrt(record.hours / most))).addTo(map);
      }
    };
    for (const event of ["hours", "labels", "filter"]) page.on(event, draw);
    map.on("zoomend", draw);
    draw();
  });
})(hotspotsPage);
