/* The density of one period at a time, in the same classes as that of the whole. */
((page) => {
  const slider = document.getElementById("period");
  if (!slider) return;
  const frames = page.plan.periods;
  const says = document.getElementById("period-says");
  page.period = 0; // 0 is the whole

  page.on("start", ({ layers }) => {
    const whole = { url: layers.density._url, bounds: layers.density.getBounds() };
    const legend = document.getElementById("legend-period");
    page.setPeriod = (number) => {
      page.period = Number.isInteger(number) && number > 0 && number <= frames.length ? number : 0;
      const frame = frames[page.period - 1];
      layers.density.setUrl(frame ? `data:image/png;base64,${frame.png}` : whole.url);
      layers.density.setBounds(frame ? L.latLngBounds(frame.bounds) : whole.bounds);
      const label = frame ? frame.label : "Whole period";
      slider.value = String(page.period);
      slider.setAttribute("aria-valuetext", label);
      says.textContent = label;
      legend.hidden = !frame;
      legend.textContent = frame ? `Shown: ${label}, in the classes of the whole period.` : "";
      page.tell("period");
    };
    page.setPeriod(0);
    slider.addEventListener("input", () => page.setPeriod(Number(slider.value)));
  });
})(hotspotsPage);
