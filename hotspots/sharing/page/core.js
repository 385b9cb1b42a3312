"use strict";
/* The data of the page and what its parts share: text only ever becomes a text node. */
const hotspotsPage = (() => {
  const packed = JSON.parse(document.getElementById("plan-data").textContent);
  const unpack = ({ columns, rows }) => rows.map((row, n) => {
    const record = { n };
    columns.forEach((column, at) => { record[column] = row[at]; });
    return record;
  });

  const page = {
    plan: packed,
    hotspots: unpack(packed.hotspots),
    candidates: unpack(packed.candidates),
    districts: unpack(packed.districts),
    selected: null, // {kind: "hotspot" or "candidate", n}
    district: "",   // filter, "" for all
    search: "",     // words that a shown hotspot has in its id, name or district
  };
  document.documentElement.classList.add("js");

  const missing = "–";
  const writers = [0, 1, 2, 3].map((digits) => new Intl.NumberFormat("en-GB",
    { minimumFractionDigits: digits, maximumFractionDigits: digits })); // making one is slow
  page.figure = (value, digits = 0) => value === null || value === undefined ? missing :
    writers[digits].format(value);
  page.scaled = (value) => value === null || value === undefined ? missing :
    value.toLocaleString("en-GB", Math.abs(value) >= 100 || Number.isInteger(value) ?
      { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
  page.percent = (value, digits = 1) =>
    value === null || value === undefined ? missing : page.figure(100 * value, digits) + "%";

  /* Make an element; attributes by name, children as nodes or as text. */
  page.make = (tag, attributes = {}, ...children) => {
    const space = ["svg", "rect", "line", "circle", "path", "text"].includes(tag) ?
      "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
    const node = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  /* Text of unknown direction, kept from turning its neighbours round. */
  page.bdi = (text) => page.make("bdi", {}, text);

  const heard = {};
  page.on = (event, act) => { (heard[event] = heard[event] || []).push(act); };
  page.tell = (event, detail) => { (heard[event] || []).forEach((act) => act(detail)); };

  page.record = (choice) =>
    choice && (choice.kind === "hotspot" ? page.hotspots : page.candidates)[choice.n];
  /* Letters without their marks and case, for searching. */
  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  for (const record of [...page.hotspots, ...page.candidates]) {
    record.found = bare(`${record.id} ${record.name} ${record.district}`);
  }
  page.shown = (record) => (!page.district || record.district === page.district) &&
    (!page.search || bare(page.search).split(/\s+/).every((word) => record.found.includes(word)));
  page.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  page.say = (text) => { document.getElementById("status").textContent = text; };

  /* Select a hotspot or candidate, or nothing (null); `how` says where focus and map go. */
  page.select = (kind, n, how = {}) => {
    page.selected = kind === null ? null : { kind, n };
    page.tell("select", how);
    const record = page.record(page.selected);
    if (record && !how.quiet) page.say(`${record.id} ${record.name} selected`);
  };
  return page;
})();
