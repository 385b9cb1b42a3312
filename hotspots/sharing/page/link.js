/* The address keeps what the reader chose, and opening it restores that. */
((page) => {
  let restoring = false, timer = 0, touched = false, still = 0;
  const list = (text) => (text || "").split(",").filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  const joined = (numbers) => [...numbers].sort((a, b) => a - b)
    .map((n) => encodeURIComponent(page.hotspots[n].id)).join(",");

  /* Move the map without this being the reader's doing. */
  page.quietly = (act) => {
    still += 1;
    act();
    still -= 1;
  };

  /* Everything that was chosen, as the part of an address after #; empty for the plan as it is. */
  page.hash = () => {
    const chosen = page.selected && page.selected.kind === "hotspot" && page.record(page.selected).id;
    const parts = {
      hotspot: chosen || "",
      hours: page.whatIf.budget === null ? "" : String(page.plans.hours(page.whatIf.budget)),
      out: joined(page.whatIf.excluded),
      kept: joined(page.whatIf.pinned),
      district: page.district,
      search: page.search,
      sort: page.sorting ? `${page.sorting.key},${page.sorting.order}` : "",
      period: page.period ? String(page.period) : "",
      labels: page.chosenLabels || "",
      view: touched && page.map ? view() : "",
    };
    const found = String(new URLSearchParams(Object.entries(parts).filter(([, text]) => text)));
    return found && `#${found}`;
  };

  function view() {
    const { lat, lng } = page.map.getCenter();
    return [page.map.getZoom().toFixed(1), lat.toFixed(5), lng.toFixed(5)].join(",");
  }

  function restore() {
    const text = window.location.hash.slice(1);
    let given = new URLSearchParams(text);
    if (text && !text.includes("=")) given = new URLSearchParams({ hotspot: list(text)[0] }); // an id alone
    const get = (name) => given.get(name) || "";
    restoring = true;
    if (page.filter) {
      page.filter({ district: get("district"), search: get("search") }, { quiet: true });
      const [key, order] = get("sort").split(",");
      if (key) page.sort(key, order);
    }
    const hours = get("hours") === "" ? NaN : Number(get("hours"));
    if (page.setWhatIf && (page.moved() || given.has("hours") || given.has("out") || given.has("kept"))) {
      page.setWhatIf({
        hours: Number.isFinite(hours) && hours >= 0 ? hours : null,
        excluded: list(get("out")), pinned: list(get("kept")),
      });
    }
    page.setLabels(get("labels"));
    if (page.setPeriod) page.setPeriod(Number(get("period")));
    const record = page.hotspots.find(({ id }) => id === get("hotspot"));
    const [zoom, lat, lng] = get("view").split(",").map(Number);
    const placed = get("view") !== "" && [zoom, lat, lng].every(Number.isFinite) && Math.abs(lat) <= 85;
    if (record) page.select("hotspot", record.n, { zoom: !placed, from: "map", quiet: true });
    else if (page.selected) page.select(null);
    if (placed) page.map.setView([lat, lng], zoom, { animate: false });
    touched = placed;
    restoring = false;
  }

  function keep() {
    if (restoring) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(write, 200); // browsers limit how often an address may change
  }
  function write() {
    const hash = page.hash();
    if (window.location.hash === hash) return;
    try {
      window.history.replaceState(null, "", hash || window.location.pathname + window.location.search);
    } catch {
      /* a page inside a notebook has no address of its own */
    }
  }

  const copy = document.getElementById("copy-link");
  copy.addEventListener("click", async () => {
    write();
    const address = window.location.href.split("#")[0] + page.hash();
    let done = false;
    try {
      await navigator.clipboard.writeText(address);
      done = true;
    } catch {
      done = copied(address); // no clipboard for pages opened as files in some browsers
    }
    page.say(done ? "Link copied" : "The browser did not allow copying; copy the address of this page instead");
    const note = document.getElementById("copy-note");
    note.textContent = done ? "Copied" : "Copy the address bar instead";
    window.setTimeout(() => { note.textContent = ""; }, 4000);
  });

  function copied(text) {
    const field = page.make("textarea", { class: "unseen", readonly: "" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    copy.focus();
    return done;
  }

  page.on("start", () => {
    restore();
    for (const event of ["select", "filter", "sort", "hours", "period", "labels"]) page.on(event, keep);
    page.map.on("moveend", () => {
      if (restoring || still) return;
      touched = true;
      keep();
    });
    window.addEventListener("hashchange", restore);
  });
})(hotspotsPage);
