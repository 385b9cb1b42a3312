/* What helps a reader to find the way: roads, and names of towns or of places of one's own. */
((page) => {
  const { plan } = page;
  const named = new Set(page.districts.map(({ name }) => name));
  page.places = plan.places ? plan.places.rows.map(([name, lon, lat]) => ({ name, lon, lat }))
    .filter(({ name }) => !named.has(name)) : [];

  /* Lines as whole numbers: the first position, then steps, in units of 1/100,000 degree. */
  page.lines = (plan.roads || []).map((steps) => {
    const line = [];
    for (let at = 0, x = 0, y = 0; at < steps.length; at += 2) {
      x += steps[at];
      y += steps[at + 1];
      line.push([y / 1e5, x / 1e5]);
    }
    return line;
  });

  /* Add the layers; gives the switch of the names. */
  page.context = ({ map, control }) => {
    const layers = page.context.layers = {};
    if (plan.tiles) {
      layers.tiles = L.tileLayer(plan.tiles, { maxZoom: 18, className: "tiles" }).addTo(map);
      control.addOverlay(layers.tiles, "Background map");
    }
    if (page.lines.length) {
      const pane = map.createPane("roads");
      pane.style.zIndex = 370;
      pane.style.pointerEvents = "none";
      layers.roads = L.polyline(page.lines, {
        renderer: L.canvas({ pane: "roads" }), pane: "roads", interactive: false,
        color: "#4a5560", weight: 1.2, opacity: 0.6,
      }).addTo(map);
      control.addOverlay(layers.roads, "Roads");
    }
    if (!page.places.length) return {};
    layers.places = L.layerGroup().addTo(map);
    control.addOverlay(layers.places, "Place names");
    return { places: layers.places };
  };
})(hotspotsPage);
