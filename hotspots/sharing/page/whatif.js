/* What if: another budget, hotspots left out or kept as planned; table, map and figures follow. */
((page) => {
  const facts = page.plan.whatIf;
  for (const record of page.hotspots) {
    const { visits, hours, hoursPerWeek, visitsPerDay, hoursShare, covered } = record;
    record.planned = { visits, hours, hoursPerWeek, visitsPerDay, hoursShare, covered };
  }
  const state = { budget: null, excluded: new Set(), pinned: new Set() };
  page.whatIf = state;
  page.moved = () => state.budget !== null || state.excluded.size > 0 || state.pinned.size > 0;
  page.leftOut = (n) => state.excluded.has(n);
  page.kept = (n) => state.pinned.has(n);
  const panel = document.getElementById("what-if");
  if (!panel || !facts) return;

  const { make, bdi, figure, percent, plans } = page;
  const find = (id) => document.getElementById(id);
  const slider = find("budget"), field = find("budget-hours");
  const total = (values) => values.includes(null) ? null : values.reduce((sum, value) => sum + value, 0);
  const plannedValue = total(page.hotspots.map(({ planned }) => planned.covered));

  page.budget = () => state.budget === null ? plans.start : state.budget;
  page.canChoose = !facts.reason;
  page.whyNot = facts.reason;

  /* The position of the slider for a budget: a number of the list, or per cent of the plan's. */
  const position = (budget) => plans.table ? budget : Math.round(100 * budget / plans.start);
  const chosen = (value) => plans.table ? value : Math.round(plans.start * value / 100);

  function apply() {
    const { least, most } = plans.range(state.excluded, state.pinned);
    const wanted = page.budget();
    const budget = Math.min(Math.max(wanted, least), most);
    if (budget !== wanted) state.budget = budget;
    if (state.budget === plans.start) state.budget = null;
    const moved = page.moved();
    const found = moved && plans.at(budget, state.excluded, state.pinned);
    const all = found ? total(found.visits) : 0;
    page.hotspots.forEach((record, n) => {
      if (!moved) return Object.assign(record, record.planned);
      const visits = found.visits[n], hours = visits * facts.hoursPerVisit;
      return Object.assign(record, {
        visits, hours, hoursPerWeek: hours / facts.weeks, visitsPerDay: visits / facts.days,
        hoursShare: all ? visits / all : 0, covered: found.covered[n],
      });
    });
    show(budget, budget !== wanted && wanted > most ? "most" : budget !== wanted ? "least" : "");
    page.tell("hours");
  }

  function show(budget, bound) {
    const moved = page.moved();
    const hours = total(page.hotspots.map((record) => record.hours));
    const visits = total(page.hotspots.map((record) => record.visits));
    const value = total(page.hotspots.map((record) => record.covered));
    slider.value = position(budget);
    slider.setAttribute("aria-valuetext", `${figure(hours)} officer-hours`);
    field.value = figure(hours, Number.isInteger(hours) ? 0 : 2);
    const words = moved ? [`${percent(hours / page.plannedHours, 0)} of the plan's hours`] : [];
    if (value !== null && plannedValue > 0) {
      words.push(`modelled value ${figure(value)} covered incidents` +
        (moved ? `, ${percent(value / plannedValue)} of the plan's` : ""));
    }
    const limits = {
      most: "No plan of more hours is known with these choices. ",
      least: "Floors and kept hotspots need these hours at least. ", "": "",
    };
    find("budget-says").textContent = `${limits[bound]}${moved ? "What if: " : "The plan as it is"}` +
      `${!moved && words.length ? ": " : ""}${words.join("; ")}.`;
    find("reset").disabled = !moved;
    document.documentElement.classList.toggle("moved", moved);
    find("what-if-note").hidden = !moved;
    const put = (key, text) => {
      const node = document.querySelector(`[data-figure="${key}"]`);
      if (node) node.textContent = text;
    };
    put("hours", figure(hours));
    put("visits", figure(visits));
    const dot = find("curve-here");
    if (dot && value !== null) {
      dot.setAttribute("cx", String(100 * Math.min(hours / facts.curveHours, 1)));
      dot.setAttribute("cy", String(40 - 40 * Math.min(value / facts.curveMost, 1)));
    }
    chips("left-out", state.excluded, "Left out", page.leaveOut);
    chips("kept", state.pinned, "Kept as planned", page.keep);
  }

  /* Hotspots that were chosen, as buttons that undo the choice. */
  function chips(id, choices, name, undo) {
    const node = find(id);
    const before = document.activeElement && document.activeElement.closest(".chips");
    node.replaceChildren();
    node.hidden = choices.size === 0;
    if (!choices.size) {
      if (before === node) slider.focus();
      return;
    }
    node.append(`${name}: `);
    for (const n of [...choices].sort((a, b) => a - b)) {
      const record = page.hotspots[n];
      const button = make("button", { type: "button", class: "chip", "aria-label": `${record.id}, ${name.toLowerCase()}: undo` },
        bdi(record.id), make("span", { "aria-hidden": "true" }, " ×"));
      button.addEventListener("click", () => undo(n));
      node.append(button);
    }
    if (before === node) node.querySelector("button").focus();
  }

  const toggle = (own, other) => (n) => {
    if (own.has(n)) own.delete(n);
    else own.add(n);
    other.delete(n);
    apply();
    page.say(find("budget-says").textContent);
  };
  page.leaveOut = toggle(state.excluded, state.pinned);
  page.keep = toggle(state.pinned, state.excluded);
  page.setWhatIf = ({ hours, excluded, pinned }) => {
    state.budget = hours === null ? null : plans.budget(hours);
    for (const [own, ids] of [[state.excluded, excluded], [state.pinned, pinned]]) {
      own.clear();
      if (page.canChoose) {
        page.hotspots.filter(({ id }) => ids.includes(id)).forEach(({ n }) => own.add(n));
      }
    }
    state.excluded.forEach((n) => state.pinned.delete(n));
    apply();
  };

  page.plannedHours = total(page.hotspots.map(({ planned }) => planned.hours)) || 1;
  slider.max = String(plans.table ? plans.range().most : 200);
  slider.addEventListener("input", () => {
    state.budget = chosen(Number(slider.value));
    apply();
  });
  field.addEventListener("change", () => {
    const hours = Number(field.value.replace(/[,\s]/g, ""));
    if (Number.isFinite(hours) && hours >= 0) state.budget = plans.budget(hours);
    apply();
    page.say(find("budget-says").textContent);
  });
  find("reset").addEventListener("click", () => {
    page.setWhatIf({ hours: null, excluded: [], pinned: [] });
    slider.focus();
    page.say("Back to the plan");
  });
  page.on("start", () => show(page.budget(), ""));
})(hotspotsPage);
