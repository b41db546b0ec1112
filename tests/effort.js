// What somebody sees who looks at a page of the form: questions and answers, where the focus is, how far a place is.
(() => {
  const form = () => document.querySelector("form[data-live]");
  const leaf = (one) => !one.querySelector("[data-field]");
  const controls = (group) => [...group.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const groupNamed = (name) => [...form().querySelectorAll("[data-field]")].find((one) => leaf(one) && one.dataset.field === name);
  const isBoxes = (group) => controls(group).every((one) => one.type === "checkbox");
  const isSeen = (one) => one.checkVisibility() && !one.disabled && one.getAttribute("tabindex") !== "-1";
  const optionNamed = (name, value) => controls(groupNamed(name)).find((one) => (value === ".none" ? one.name.endsWith(".none") : one.value === value && one.name === name));
  let shown = 0;
  document.addEventListener("accord:shown", () => { shown += 1; });

  // What Tab stops at, in order: of radios, only the one that is chosen, or the first and the last.
  function tabStops(focused) {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((one) => isSeen(one) || one === focused);
    return all.filter((one) => {
      if (one.type !== "radio") return true;
      if (focused.type === "radio" && focused.name === one.name) return one === focused;
      const group = all.filter((other) => other.type === "radio" && other.name === one.name);
      return one === (group.find((other) => other.checked) ?? group[0]);
    });
  }

  // What Enter stops at: questions, lines of closed rows, buttons that add a row.
  function enterStops() {
    return [...form().querySelectorAll('[data-field], details.accord-row > summary, button[value^="add:"], .accord-save button[value="next"]')]
      .filter((one) => {
        if (one.localName === "summary") return !one.parentElement.open && one.checkVisibility();
        if (one.dataset.field !== undefined) return leaf(one) && controls(one).some((two) => two.checkVisibility());
        return one.checkVisibility();
      });
  }

  window.look = {
    isSettled: () => ["saved", undefined].includes(document.getElementById("saved")?.dataset.state) && !window.look.isAsking(),
    isAsking: () => performance.now() - (window.look.lastAsked ?? -1e9) < 60,
    questions: () => [...form().querySelectorAll("[data-field]")].filter(leaf).map((group) => {
      const all = controls(group);
      const first = all.find((one) => one.name === group.dataset.field) ?? all[0];
      const kind = first?.type ?? "";
      const isChoice = ["radio", "checkbox"].includes(kind);
      const none = all.find((one) => one.name.endsWith(".none"))?.checked;
      const values = isChoice
        ? all.filter((one) => one.checked && one.name === group.dataset.field).map((one) => one.value)
        : all.filter((one) => !one.name.endsWith(".none")).map((one) => one.value).filter(Boolean);
      return { name: group.dataset.field, kind, values: none ? [".none"] : values };
    }),
    people: () => [...document.querySelectorAll("option, input[type=checkbox], input[type=radio]")].map((one) => one.value).filter((one) => /^[acptilnq]\d+$/.test(one)),
    rowsOf: (part) => [...document.querySelectorAll(`section[aria-labelledby="list:${part}"] > details.accord-row`)].map((one) => one.id.slice(4)),
    adds: () => {
      const all = [...form().querySelectorAll('button[value^="add:"]')];
      const at = document.activeElement;
      const section = at.closest("section.accord-block");
      const found = all.find((one) => section?.contains(one))
        ?? all.find((one) => form().contains(at) && at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? all[0];
      return found?.value.slice(4);
    },
    checked: (name) => controls(groupNamed(name)).filter((one) => one.checked).map((one) => (one.name.endsWith(".none") ? ".none" : one.value)),
    offered: (name) => controls(groupNamed(name)).filter((one) => one.type === "checkbox" && !one.closest(".accord-none, .accord-more--options") && one.checkVisibility()).map((one) => one.value),
    isAt: (name, value) => document.activeElement === optionNamed(name, value),
    focusedText: () => document.activeElement.value,
    labelOf: (name, value) => {
      const group = groupNamed(name);
      const list = group.querySelector("select");
      if (list) return [...list.options].find((one) => one.value === value).text.trim();
      const plain = optionNamed(name, value).labels[0].textContent.trim().toLowerCase().normalize("NFD");
      return plain.replace(/\p{M}/gu, "").replaceAll("ł", "l");
    },
    away: (name, value) => {
      const list = groupNamed(name).querySelector("select");
      return [...list.options].findIndex((one) => one.value === value) - list.selectedIndex;
    },
    way: (what, name) => {
      const focused = document.activeElement;
      let target = what === "adder" ? document.querySelector(`button[value="add:${name}"]`) : groupNamed(name);
      if (!target) return { there: false, ways: [], selector: `missing ${name}`, folded: false };
      const there = what === "adder" ? focused === target : target.contains(focused) && [name, ...(focused.type === "checkbox" ? [`${name}.none`] : [])].includes(focused.name) && (focused.type !== "checkbox" || isBoxes(target));
      const folds = [];
      for (let one = target.closest("details:not([open])"); one; one = one.parentElement.closest("details:not([open])")) folds.unshift(one);
      const folded = folds.length > 0;
      if (folded) target = folds[0].querySelector(":scope > summary");
      const inside = (one) => (target.contains(one) && (folded || what === "adder" || one.name === name || (one.name === `${name}.none` && isBoxes(target))));
      const ways = [];
      const tabs = tabStops(focused);
      const here = tabs.indexOf(focused);
      if (here >= 0) {
        const ahead = tabs.findIndex((one, at) => at > here && inside(one));
        if (ahead > 0) ways.push(["Tab", ahead - here, 1]);
        const behind = tabs.findLastIndex((one, at) => at < here && inside(one));
        if (behind >= 0) ways.push(["Shift+Tab", here - behind, 2]);
      }
      const isQuestion = focused.matches?.("input, select, textarea") && form().contains(focused) && focused.closest("[data-field]");
      const isOutside = focused === document.body || focused.id === "main";
      if (isQuestion || isOutside) {
        const stops = enterStops();
        const long = focused.localName === "textarea";
        const from = focused.closest("[data-field]");
        if (isOutside) {
          const questions = stops.filter((one) => one.dataset.field !== undefined);
          const answered = (one) => (controls(one).some((two) => two.type === "radio" || two.type === "checkbox") ? controls(one).some((two) => two.checked) : controls(one).some((two) => two.value));
          const first = questions.find((one) => !answered(one)) ?? questions[0] ?? stops[0];
          if (first === target) ways.push(["Enter", 1, 1]);
          else if (stops.indexOf(target) > stops.indexOf(first)) ways.push(["Enter", 1, 1 + stops.indexOf(target) - stops.indexOf(first)]);
        } else {
          // Enter on a button presses it, and on a closed row opens it: what lies behind them is not reached so.
          const open = (list) => list.slice(0, 1 + list.findIndex((one) => one.dataset.field === undefined) || list.length);
          const ahead = open(stops.filter((one) => from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING && !from.contains(one))).indexOf(target);
          const behind = open(stops.filter((one) => from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING && !one.contains(from)).reverse()).indexOf(target);
          // From a long text the first hop takes Ctrl + Enter; what comes after is looked at again.
          if (ahead >= 0) ways.push(long ? ["Control+Enter", 1, 2 + ahead] : ["Enter", ahead + 1, 1]);
          if (behind >= 0) ways.push(["Shift+Enter", long ? 1 : behind + 1, 2]);
        }
      }
      target.dataset.reached = "";
      for (const one of document.querySelectorAll("[data-reached]")) if (one !== target) delete one.dataset.reached;
      const selector = folded || what === "adder" ? "[data-reached]" : '[data-reached] :is(input:not([type=hidden]), select, textarea)';
      return { there, ways, selector, folded };
    },
  };
  // Whether the page is still asking the server for how it looks now.
  const real = window.fetch;
  let open = 0;
  window.fetch = async (...given) => {
    const method = given[1]?.method ?? "GET";
    const counts = method !== "GET" || String(given[0]).includes("/steps/") || String(given[0]).includes("/children/");
    if (counts) open += 1;
    try {
      return await real(...given);
    } finally {
      if (counts) {
        open -= 1;
        window.look.lastAsked = performance.now();
      }
    }
  };
  const before = window.look.isAsking;
  window.look.isAsking = () => open > 0 || before();
})();
