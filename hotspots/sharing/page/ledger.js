/* Plans for other budgets, read off exact plans that were made before; nothing is solved here.

   A ledger lists visits in the order in which the exact plan takes them, so its first N visits are
   the plan for N visits. A block is [turn, hotspot, visits, covered incidents of each]; blocks of
   one turn have equal gains and are filled one visit each in turns. Where plans of different budgets
   do not contain each other there is a list of plans instead. */
((page) => {
  const facts = page.plan.whatIf;
  if (!facts) return;
  const planned = page.hotspots.map(({ visits }) => visits);
  const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);

  /* Visits that each block of one turn gets from `amount`; the first in order get the odd ones. */
  function share(blocks, amount) {
    const sizes = blocks.map(([, , visits]) => visits);
    if (amount >= sum(sizes)) return sizes;
    let level = 0, left = amount;
    const open = () => sizes.filter((size) => size > level).length;
    while (open() && left >= open()) {
      const step = Math.max(1, Math.min(Math.floor(left / open()),
        Math.min(...sizes.filter((size) => size > level)) - level));
      left -= step * open();
      level += step;
    }
    return sizes.map((size) => {
      if (size <= level) return size;
      left -= 1;
      return left >= 0 ? level + 1 : level;
    });
  }

  /* The plan for a budget in visits: hotspots left out get none, those kept get the plan's. */
  function fromLedger(budget, excluded, pinned) {
    const visits = planned.map((own, n) => pinned.has(n) ? own : 0);
    const covered = page.hotspots.map((record, n) => pinned.has(n) ? record.planned.covered : 0);
    let left = budget - sum(visits);
    const turns = [];
    facts.blocks.forEach((block, at) => {
      if (excluded.has(block[1]) || pinned.has(block[1])) return;
      const turn = at < facts.floors ? -1 : block[0]; // what floors take comes first, whole
      const last = turns[turns.length - 1];
      if (last && last.turn === turn) last.blocks.push(block);
      else turns.push({ turn, blocks: [block] });
    });
    for (const { blocks } of turns) {
      if (left <= 0) break;
      share(blocks, left).forEach((taken, at) => {
        const [, n, , each] = blocks[at];
        visits[n] += taken;
        covered[n] = each === null ? null : covered[n] + taken * each;
        left -= taken;
      });
    }
    return { visits, covered };
  }

  /* Fewest and most visits for which a plan is known, with some left out and some kept. */
  function range(excluded, pinned) {
    const kept = sum([...pinned].map((n) => planned[n]));
    const open = ([, n]) => !excluded.has(n) && !pinned.has(n);
    const least = kept + sum(facts.blocks.slice(0, facts.floors).filter(open).map((b) => b[2]));
    const all = kept + sum(facts.blocks.filter(open).map((block) => block[2]));
    return { least, most: Math.max(least, Math.min(all, 2 * sum(planned))) };
  }

  const table = facts.kind === "table";
  const plans = table && facts.plans.map(([hours, visits, covered]) => ({ hours, visits, covered }));
  page.plans = {
    table,
    total: sum(planned),
    range: table ? () => ({ least: 0, most: plans.length - 1 }) : range,
    /* Visits and covered incidents of every hotspot; `budget` counts visits, or plans of a list. */
    at: table ? (budget) => plans[budget] : fromLedger,
    /* The budget nearest to some officer-hours, and back. */
    budget: (hours) => {
      if (!table) return Math.floor(hours / facts.hoursPerVisit + 1e-9);
      const off = plans.map((plan) => Math.abs(plan.hours - hours));
      return off.indexOf(Math.min(...off));
    },
    hours: (budget) => table ? plans[budget].hours : budget * facts.hoursPerVisit,
  };
  page.plans.start = table ? page.plans.budget(facts.budgetHours) : page.plans.total;
})(hotspotsPage);
