// What others do in the record, what is still needed, and who is here: asked again every few seconds.

import { form, keyOf, versionOf } from "./fields.js";
import { fallBehind, isBehind, morph, refresh } from "./morph.js";
import { ask, isUnsaved, keptSoFar, on } from "./saving.js";
import { announce, tell } from "./status.js";

const EVERY = 2500;
const EVERY_UNSEEN = 15000;
const tab = crypto.randomUUID();
const at = encodeURIComponent(form?.dataset.step ?? "");
const here = document.getElementById("here");
const QUIET = 20000; // what others do is said aloud at most so often: they type too
const NAMES_PEOPLE = /^(children|adults|professionals)$/;

let tag = "";
let known = null;
let findingsTag = "";
let isLeft = false;
let who = [];
let lastSaid = 0;
const taken = new Set(); // rows that the quick line made here

// What a page shows of a part that moved: its fields, or its name in a list to choose from.
function concerns(parts) {
  const shown = [...form.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, keyOf(one.dataset.part)]);
  const mine = shown.some(([part, key]) => key in parts && parts[key] !== versionOf(part));
  const gone = known && Object.keys(known).some((key) => !(key in parts));
  const added = known && Object.keys(parts).some((key) => !(key in known));
  return { mine, moved: gone || added || (known && Object.keys(parts).some((key) => parts[key] !== known[key])) };
}

async function follow() {
  const busy = isUnsaved();
  const kept = keptSoFar();
  const answer = await ask("GET", `/changes?tab=${tab}&at=${at}`, undefined, tag ? { "If-None-Match": tag } : {});
  if (answer.status !== 200) return;
  tag = answer.headers.get("ETag") ?? "";
  const { parts, here: others, final, counter } = await answer.json();
  showHere(others);
  if (final) {
    tell("refused", "This record became final. What is typed here now cannot be saved.");
    return;
  }
  const { mine, moved } = concerns(parts);
  // What moved between drawing the page and asking for the first time stands on no part that is a line here.
  const first = known === null;
  const late = first && counter !== Number(form.dataset.counter);
  known = parts;
  if (first && !mine && !late) return;
  const before = titlesShown();
  const isCertain = !busy && !isUnsaved() && kept === keptSoFar(); // else what moved may be what was saved here
  const theirs = mine && isCertain ? sectionsChanged(parts) : [];
  if (mine || moved || late) await refresh();
  if (!first && (mine || moved)) sayChanged(before, theirs);
  if (moved) await needed();
}

const titlesShown = () => new Map([...form.querySelectorAll("details.accord-row")].map((one) => [one.id, one.querySelector(".accord-row__title").textContent.trim()]));
const nameOfSection = (node) => node.closest("section")?.querySelector("h2")?.textContent.trim() || document.querySelector("h1").textContent.trim();

function sectionsChanged(parts) {
  const changed = [...form.querySelectorAll("[data-part]")].filter((one) => {
    const key = keyOf(one.dataset.part);
    return key in parts && parts[key] > versionOf(one.dataset.part);
  });
  return [...new Set(changed.map(nameOfSection))];
}

// What somebody else did to what this page shows, for those who do not see it happen.
function sayChanged(before, sections) {
  const now = titlesShown();
  const name = who.length === 1 ? who[0] : "Somebody else";
  const added = [...now.keys()].filter((id) => !before.has(id) && !taken.has(id)).map((id) => now.get(id));
  const gone = [...before.keys()].filter((id) => !now.has(id)).map((id) => before.get(id));
  const says = gone.length ? `${name} removed: ${gone.join("; ")}`
    : added.length ? `${name} added a row: ${added.join("; ")}`
      : sections.length ? `${name} changed: ${sections.join("; ")}` : "";
  if (!says || (!gone.length && !added.length && Date.now() - lastSaid < QUIET)) return;
  lastSaid = Date.now();
  announce(says);
}

function showHere(others) {
  who = [...new Set(others.map((one) => one.who))];
  const places = who.map((name) => [...new Set(others.filter((one) => one.who === name && one.at).map((one) => one.at))]);
  const words = who.map((name, number) => (places[number].length ? `${name}, at ${places[number].join(" and ")}` : name));
  const said = words.length ? `Also here: ${words.join("; ")}` : "";
  if (here.textContent === said) return;
  here.textContent = said;
  here.hidden = !said;
}

let busy = null;
export function needed() {
  busy ??= (async () => {
    const answer = await ask("GET", `/findings?at=${at}`, undefined, findingsTag ? { "If-None-Match": findingsTag } : {});
    if (answer.status !== 200) return;
    findingsTag = answer.headers.get("ETag") ?? "";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const panel = document.querySelector("aside.accord-panel");
    if (panel.contains(document.activeElement)) findingsTag = "";
    else morph(panel, page.querySelector("aside.accord-panel"));
    const count = document.getElementById("needed-line");
    if (count) count.textContent = document.getElementById("panel-title").textContent;
  })().catch(() => {}).finally(() => setTimeout(() => { busy = null; }, 1000));
  return busy;
}

async function again() {
  if (isLeft) return;
  try {
    await follow();
    await needed();
  } catch { /* no network: asked again */ }
  setTimeout(again, document.hidden ? EVERY_UNSEEN : EVERY);
}

// A choice may call for more questions, and a name is offered elsewhere: the page is brought up to date.
function shapes(field) {
  const group = field.group;
  return NAMES_PEOPLE.test(group?.closest("section")?.getAttribute("aria-labelledby")?.slice(5) ?? "")
    || Boolean(group?.querySelector("input[type=radio], input[type=checkbox], select"));
}

// What stands in a row may stand in its closed line too.
const titles = (field) => Boolean(field.group?.closest("details.accord-row"));

export function watchOthers() {
  again();
  on("saved", (sent) => {
    for (const one of sent) if (known) known[keyOf(one.part)] = versionOf(one.part);
    const isIn = (one) => one.group?.contains(document.activeElement);
    if (sent.some((one) => shapes(one) || (titles(one) && !isIn(one)))) refresh();
    else if (sent.some(titles)) fallBehind();
    needed();
  });
  form.addEventListener("focusout", () => { if (isBehind()) refresh(); });
  document.addEventListener("accord:taken", ({ detail }) => taken.add(`row:${detail.id}`));
  document.addEventListener("accord:taken", () => refresh().then(needed));
  addEventListener("pagehide", () => {
    isLeft = true;
    ask("DELETE", `/changes?tab=${tab}`).catch(() => {});
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isLeft = false;
    again();
  });
}
