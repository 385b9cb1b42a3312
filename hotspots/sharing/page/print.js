/* Printing: table and map, with every folded section open, or briefing cards; the heading's height. */
((page) => {
  const root = document.documentElement;
  let opened = [];
  let view = null;

  function before() {
    if (root.dataset.print === "cards") return;
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((section) => { section.open = true; });
    root.classList.add("printing");
    if (page.map) {
      view = { center: page.map.getCenter(), zoom: page.map.getZoom() };
      page.quietly(() => {
        page.map.invalidateSize({ animate: false });
        page.map.fitBounds(page.bounds, { animate: false });
      });
    }
  }
  function after() {
    if (root.dataset.print === "cards") {
      delete root.dataset.print;
      page.dropCards();
      return;
    }
    opened.forEach((section) => { section.open = false; });
    root.classList.remove("printing");
    if (page.map && view) {
      page.quietly(() => {
        page.map.invalidateSize({ animate: false });
        page.map.setView(view.center, view.zoom, { animate: false });
      });
    }
  }
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  document.getElementById("print").addEventListener("click", () => window.print());
  const cards = document.getElementById("print-cards");
  if (cards) {
    cards.addEventListener("click", () => {
      page.makeCards();
      root.dataset.print = "cards";
      page.say(`${page.order().length} briefing cards`);
      window.print();
    });
  }

  const banner = document.querySelector(".banner");
  new ResizeObserver(() => {
    root.style.setProperty("--banner", `${banner.offsetHeight}px`);
  }).observe(banner);
})(hotspotsPage);
