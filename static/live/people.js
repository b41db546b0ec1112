// Professionals of earlier meetings, offered while a name or an organisation is typed; what is empty is filled in.

import { Choices } from "./choices.js";

const AFTER_LAST_KEY = 200;
const SHORTEST = 2;
const FILLED = [
  ["agency", "agency"],
  ["organisation", "organisation"],
  ["role", "role"],
  ["grade", "grade"],
  ["phone", "contact/phone"],
  ["out_of_hours", "contact/out_of_hours"],
  ["email", "contact/email"],
];
const known = new WeakMap();

const described = (one) => {
  const post = [one.name, one.role || one.grade].filter(Boolean).join(", ");
  const where = [one.agency_label, one.organisation].filter(Boolean).join(", ");
  return where ? `${post} (${where})` : post;
};

async function look(address, query, signal) {
  const response = await fetch(`${address}?q=${encodeURIComponent(query)}`, {
    headers: { Accept: "application/json" }, signal, cache: "no-store", redirect: "error",
  });
  return response.ok ? response.json() : { people: [], organisations: [] };
}

const rowOf = (input) => input.closest("details.accord-row") ?? input.form;
const partOf = (input) => input.name.slice(0, input.name.indexOf(":"));
const fieldIn = (input, path) => rowOf(input).querySelector(`[name="${CSS.escape(`${partOf(input)}:${path}`)}"]:is(input:not([type=radio]), select, textarea)`);
const labelOf = (control) => control.labels?.[0]?.textContent.trim().toLowerCase() ?? "";

function put(control, value) {
  control.value = value;
  if (control.value !== value) return false; // an option that this list does not have
  control.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

// Fill in what is empty and say what was filled; what somebody typed is never replaced.
function fill(input, chosen, said) {
  const filled = [];
  for (const [name, path] of FILLED) {
    const control = fieldIn(input, path);
    if (!chosen[name] || !control || control === input || control.value.trim()) continue;
    if (put(control, chosen[name])) filled.push(labelOf(control));
  }
  said.textContent = filled.length ? `Filled in from an earlier meeting: ${filled.join(", ")}.` : "Nothing else was empty.";
}

// Offer people, or organisations, under an input of a professional. Called again for the same input it does nothing new.
export function offerPeople(input, { address = "/people", kind = "people" } = {}) {
  if (known.has(input)) {
    known.get(input).dress();
    return;
  }
  const beside = document.createElement("div");
  beside.className = "accord-quick__box";
  beside.dataset.live = "own";
  const said = Object.assign(document.createElement("p"), { className: "govuk-hint accord-filled" });
  said.setAttribute("role", "status");
  beside.append(said);
  input.after(beside);
  const choices = new Choices(input, beside, kind === "people" ? "People of earlier meetings" : "Organisations of earlier meetings", (chosen) => {
    put(input, kind === "people" ? chosen.name : chosen.organisation);
    fill(input, chosen, said);
  });
  known.set(input, choices);
  let wake = null;
  let asked = null;
  input.addEventListener("input", (event) => {
    clearTimeout(wake);
    asked?.abort();
    if (!event.isTrusted) return; // filled in by a choice
    said.textContent = "";
    choices.close();
    const query = input.value.trim();
    if (query.length < SHORTEST) return;
    wake = setTimeout(async () => {
      asked = new AbortController();
      try {
        const found = await look(address, query, asked.signal);
        if (input.value.trim() !== query || document.activeElement !== input) return;
        const options = kind === "people"
          ? found.people.map((one) => ({ ...one, shows: described(one) }))
          : found.organisations.map((one) => ({ ...one, shows: one.organisation }));
        choices.show(options);
        if (options.length) said.textContent = `${options.length} met before: arrow down to choose.`;
      } catch { /* no network: nobody is offered, and typing goes on */ }
    }, AFTER_LAST_KEY);
  });
}

const PROFESSIONALS = 'section[aria-labelledby="list:professionals"]';

// Rows come and go: an input is looked at when somebody first goes into it.
export function watchPeople(address) {
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches?.(`${PROFESSIONALS} input[type=text]`)) return;
    if (target.name.endsWith(":name")) offerPeople(target, { address });
    else if (target.name.endsWith(":organisation")) offerPeople(target, { address, kind: "organisations" });
  });
}
