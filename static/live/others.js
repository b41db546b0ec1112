// What others do in the record, what is still needed, and who is here: asked again every few seconds.

import { form, keyOf, versionOf } from "./fields.js";
import { fallBehind, isBehind, morph, refresh } from "./morph.js";
import { ask, on } from "./saving.js";
import { tell } from "./status.js";

const EVERY = 2500;
const EVERY_UNSEEN = 15000;
const tab = crypto.randomUUID();
const at = encodeURIComponent(form?.dataset.step ?? "");
const here = document.getElementById("here");
const NAMES_PEOPLE = /^(children|adults|professionals)$/;

let tag = "";
let known = null;
let findingsTag = "";
let isLeft = false;

// What a page shows of a part that moved: its fields, or its name in a list to choose from.
function concerns(parts) {
  const shown = [...form.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, keyOf(one.dataset.part)]);
  const mine = shown.some(([part, key]) => key in parts && parts[key] !== versionOf(part));
  const gone = known && Object.keys(known).some((key) => !(key in parts));
  const added = known && Object.keys(parts).some((key) => !(key in known));
  return { mine, moved: gone || added || (known && Object.keys(parts).some((key) => parts[key] !== known[key])) };
}

async function follow() {
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
  const late = known === null && counter !== Number(form.dataset.counter);
  known = parts;
  if (mine || moved || late) await refresh();
  if (moved) await needed();
}

function showHere(others) {
  const words = others.map((one) => (one.at ? `${one.who}, at ${one.at}` : one.who));
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
