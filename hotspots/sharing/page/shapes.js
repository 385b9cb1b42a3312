/* Shapes: from whole numbers to degrees, and where a name could stand in them. */
((page) => {
  /* A ring of its first position and then steps, in 1/100,000 degree; closed. */
  function ring(steps) {
    const points = [];
    for (let at = 0, x = 0, y = 0; at < steps.length; at += 2) {
      x += steps[at];
      y += steps[at + 1];
      points.push([x / 1e5, y / 1e5]);
    }
    points.push(points[0]);
    return points;
  }

  /* Names of layers are text, whatever Leaflet would make of them. */
  const addItem = L.Control.Layers.prototype._addItem;
  L.Control.Layers.prototype._addItem = function (item) {
    const label = addItem.call(this, { ...item, name: "" });
    label.querySelector("span > span").append(" ", String(item.name));
    return label;
  };

  /* The pin of a marker, in the page itself. */
  L.Icon.Default.imagePath = "";
  const drawn = (inside) => "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 25 41'>${inside}</svg>`);
  const pin = drawn("<path fill='#1d4f91' stroke='#fff' " +
    "d='M12.5 40C9 30 1 22 1 12.5a11.5 11.5 0 0 1 23 0C24 22 16 30 12.5 40z'/>" +
    "<circle cx='12.5' cy='12.5' r='4.5' fill='#fff'/>");
  L.Icon.Default.mergeOptions({ iconUrl: pin, iconRetinaUrl: pin, shadowUrl: drawn("") });

  /* A feature each: its number and its polygons, lists of rings. */
  page.unfold = (features) => ({
    type: "FeatureCollection",
    features: features.map(([n, polygons]) => ({
      type: "Feature",
      properties: { n },
      geometry: { type: "MultiPolygon", coordinates: polygons.map((polygon) => polygon.map(ring)) },
    })),
  });

  /* Positions inside a district on a grid of its bounds, where its name could stand. */
  page.inside = (geometry) => {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const ring = polygons.map((polygon) => polygon[0]).sort((a, b) => b.length - a.length)[0] || [];
    const x = ring.map((point) => point[0]), y = ring.map((point) => point[1]);
    const [west, east] = [Math.min(...x), Math.max(...x)], [south, north] = [Math.min(...y), Math.max(...y)];
    const spots = [];
    for (let i = 1; i < 12; i += 1) {
      for (let j = 1; j < 16; j += 1) {
        const px = west + (east - west) * i / 12, py = south + (north - south) * j / 16;
        let within = false;
        for (let a = 0, b = ring.length - 1; a < ring.length; b = a, a += 1) {
          const [ax, ay] = ring[a], [bx, by] = ring[b];
          if (ay > py !== by > py && px < (bx - ax) * (py - ay) / (by - ay) + ax) within = !within;
        }
        if (within) spots.push([py, px]);
      }
    }
    return spots;
  };
})(hotspotsPage);
