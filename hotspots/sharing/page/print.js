/* Printing: the map fitted to paper, every folded section open; the height of the heading. */
((page) => {
  const root = document.documentElement;
  let opened = [];
  let view = null;

  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((section) => { section.open = true; });
    root.classList.add("printing");
    if (page.map) {
      view = { center: page.map.getCenter(), zoom: page.map.getZoom() };
      page.map.invalidateSize({ animate: false });
      page.map.fitBounds(page.bounds, { animate: false });
    }
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((section) => { section.open = false; });
    root.classList.remove("printing");
    if (page.map && view) {
      page.map.invalidateSize({ animate: false });
      page.map.setView(view.center, view.zoom, { animate: false });
    }
  });
  document.getElementById("print").addEventListener("click", () => window.print());

  const banner = document.querySelector(".banner");
  new ResizeObserver(() => {
    root.style.setProperty("--banner", `${banner.offsetHeight}px`);
  }).observe(banner);
})(hotspotsPage);
