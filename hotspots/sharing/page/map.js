/* The map: styles of its layers, the link to table and details, controls and layer switches. */
((page) => {
  const NARROW = "(max-width: 1099px)";
  const MARGINS = { paddingTopLeft: [14, 14], paddingBottomRight: [14, 56] }; // pixels; whose map it is stands below
  const { make } = page;

  /* One style function a layer; the page changes state, never single styles. */
  page.styles = {
    hotspot(feature) {
      const n = feature.properties.n;
      const selected = page.selected && page.selected.kind === "hotspot" && page.selected.n === n;
      const shown = page.shown(page.hotspots[n]);
      const entered = page.hotspots[n].change === "entered";
      const idle = page.hotspots[n].hours === 0;
      return {
        color: selected ? "#0b57d0" : idle ? "#5d6b78" : entered ? "#00602b" : "#0b0c0c",
        weight: selected || entered ? 4 : 2, dashArray: idle ? "2 4" : null,
        opacity: shown ? 1 : 0.25, fillOpacity: 0, // transparent: the colours are the legend's
      };
    },
    candidate(feature) {
      const n = feature.properties.n;
      const selected = page.selected && page.selected.kind === "candidate" && page.selected.n === n;
      return {
        color: selected ? "#0b57d0" : "#37474f", weight: selected ? 3 : 1.5, dashArray: "4 3",
        opacity: page.shown(page.candidates[n]) ? 1 : 0.25, fillOpacity: 0,
      };
    },
    left: () => ({
      color: "#0b57d0", weight: 2.5, dashArray: "1 5", fillOpacity: 0, interactive: false,
    }),
    district: () => ({
      color: "#5d6b78", weight: 1.2, fillColor: "#ffffff", fillOpacity: page.plan.tiles ? 0 : 1, interactive: false,
    }),
  };

  const shapes = { hotspot: [], candidate: [] };
  page.each = {
    hotspot: (feature, layer) => remember("hotspot", feature, layer),
    candidate: (feature, layer) => remember("candidate", feature, layer),
    left() {},
    district(feature, layer) {
      const district = page.districts[feature.properties.n];
      district.shape = layer;
      district.spots = page.inside(feature.geometry);
    },
  };

  /* Outline of a hotspot or candidate, or of a district, as GeoJSON; null without one. */
  page.shape = (kind, n) => {
    const layer = kind === "district" ? page.districts[n].shape : shapes[kind][n];
    return layer ? layer.feature.geometry : null;
  };

  function remember(kind, feature, layer) {
    const n = feature.properties.n;
    shapes[kind][n] = layer;
    layer.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      page.select(kind, n, { focus: true, from: "map" });
    });
  }

  /* Whose data these are: in a corner of the map or, where it is narrow, below. */
  function credit(map) {
    const narrow = window.matchMedia(NARROW).matches;
    const node = make("div", { class: `credit ${narrow ? "below" : "leaflet-control-attribution"}` });
    page.plan.attribution.forEach((text, at) => node.append(at ? " · " : "", page.bdi(text)));
    if (narrow) {
      map.getContainer().after(node);
      return;
    }
    const Credit = L.Control.extend({ options: { position: "bottomright" }, onAdd: () => node });
    new Credit().addTo(map);
  }

  function wholeArea(map, bounds) {
    const Home = L.Control.extend({
      options: { position: "topright" },
      onAdd() {
        const button = make("button", { type: "button", class: "plain home" }, "Whole area");
        button.addEventListener("click", () => map.fitBounds(bounds, { animate: !page.calm(), ...MARGINS }));
        L.DomEvent.disableClickPropagation(button);
        return make("div", { class: "leaflet-control" }, button);
      },
    });
    new Home().addTo(map);
  }

  /* Keep map and table still while the reader only scrolls past on a phone or a laptop. */
  function calmWheel(map) {
    const frame = map.getContainer();
    if (window.matchMedia(NARROW).matches) map.scrollWheelZoom.disable();
    frame.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  }

  function zoomTo(map) {
    const record = page.record(page.selected);
    const shape = shapes[page.selected.kind][record.n];
    if (!shape) return;
    const panel = document.getElementById("details");
    const wide = !window.matchMedia(NARROW).matches;
    map.fitBounds(shape.getBounds(), {
      maxZoom: 16, animate: !page.calm(), padding: [60, 60],
      paddingTopLeft: wide ? [panel.offsetWidth + 40, 60] : [40, 60],
    });
  }

  page.start = ({ map, bounds, layers, control }) => {
    page.map = map;
    page.bounds = bounds;
    const frame = map.getContainer();
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", "Map of hotspots; the table before it holds the same in words");
    if (page.calm()) {
      map.options.zoomAnimation = map.options.fadeAnimation = map.options.markerZoomAnimation = false;
    }
    document.getElementById("layers").append(control.getContainer());
    wholeArea(map, bounds);
    credit(map);
    calmWheel(map);

    const closeUp = () => frame.classList.toggle("near", map.getZoom() >= 13.5);
    map.on("zoomend", closeUp);
    const labels = page.labels(map);
    const switches = { ranks: layers.hotspots, names: layers.districts, ...page.context({ map, control }) };
    Object.assign(layers, page.context.layers);
    name(control, layers);
    map.on("overlayadd overlayremove", ({ type, layer }) => {
      for (const [name, own] of Object.entries(switches)) {
        if (own === layer) labels.pane.dataset[name] = type === "overlayadd" ? "on" : "off";
      }
      labels.draw();
    });

    const restyle = () => {
      layers.hotspots.setStyle(page.styles.hotspot);
      if (layers.candidates) layers.candidates.setStyle(page.styles.candidate);
    };
    page.on("hours", restyle);
    page.on("filter", (how) => {
      restyle();
      if (how.still || how.quiet && !page.district) return;
      const district = page.districts.find(({ name }) => name === page.district);
      map.fitBounds(district && district.shape ? district.shape.getBounds() : bounds,
        { animate: !page.calm() && !how.quiet, ...MARGINS });
    });
    page.on("select", (how) => {
      restyle();
      if (!page.selected) return;
      const { kind, n } = page.selected;
      if (kind === "candidate" || map.hasLayer(layers.hotspots)) {
        if (shapes[kind][n] && shapes[kind][n].bringToFront) shapes[kind][n].bringToFront();
      }
      if (how.zoom) zoomTo(map);
    });

    map.fitBounds(bounds, { animate: false, ...MARGINS });
    labels.draw();
    new ResizeObserver(() => page.quietly(() => map.invalidateSize({ animate: false }))).observe(frame);
    page.tell("start", { map, layers });
  };

  /* Name the switches after their layers, for the samples beside them. */
  function name(control, layers) {
    const labels = control.getContainer().querySelectorAll("label");
    control._layers.forEach(({ layer }, at) => {
      const found = Object.keys(layers).find((key) => layers[key] === layer);
      if (labels[at] && found) labels[at].dataset.layer = found;
    });
  }
})(hotspotsPage);
