// Brings a piece of the page to what the server now shows, in place: focus, scroll, and what is being written stay.

import { fieldOf, form, groupOf, learn } from "./fields.js";
import { keptSoFar } from "./saving.js";

const keyOf = (node) => node.nodeType === 1 && (node.id || node.dataset.field || node.dataset.part || null);
const isOurs = (node) => node.nodeType === 1 && node.dataset.live === "own";
// A field of several rows is saved, and left alone, as one: what stands inside it is no field of its own.
const isBusy = (node) => node.nodeType === 1 && node.dataset.field !== undefined && groupOf(node) === node && fieldOf(node).isBusy;

// Of a long list only those rows come with their fields that are asked for: the ones that are in hand on this page.
const hasFields = (node) => node.localName === "details" && node.querySelector("[data-part]") !== null;
const isInHand = (row) => row.open || [...row.querySelectorAll("[data-field]")].some(isBusy);
let missed = false; // a row was taken in hand after the page was asked for, and came without its fields

function whatToAsk() {
  const page = new URL(location.href);
  const rows = [...form.querySelectorAll("details.accord-row")].filter((one) => hasFields(one) && isInHand(one));
  for (const one of rows) page.searchParams.append("open", one.id.slice("row:".length));
  return page.pathname + page.search;
}

function attributes(live, fresh) {
  for (const { name, value } of fresh.attributes) if (live.getAttribute(name) !== value && name !== "open") live.setAttribute(name, value);
  for (const { name } of [...live.attributes]) if (!fresh.hasAttribute(name) && name !== "open") live.removeAttribute(name);
}

function control(live, fresh) {
  if (live.type === "checkbox" || live.type === "radio") live.checked = fresh.checked;
  else if (live.value !== fresh.value) live.value = fresh.value;
}

function put(parent, node, before) {
  if (parent.moveBefore && node.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

export function morph(live, fresh) {
  if (live.nodeType !== 1) {
    if (live.data !== fresh.data) live.data = fresh.data;
    return;
  }
  if (isBusy(live)) {
    behind ||= !fieldOf(live).isUnsent && live.outerHTML !== fresh.outerHTML;
    return;
  }
  if (hasFields(live) && !hasFields(fresh) && isInHand(live)) {
    morph(live.querySelector("summary"), fresh.querySelector("summary"));
    missed = true;
    return;
  }
  attributes(live, fresh);
  if (live.localName !== "textarea") children(live, fresh);
  if (["input", "textarea", "select"].includes(live.localName)) control(live, fresh);
}

function children(live, fresh) {
  const keyed = new Map([...live.children].filter(keyOf).map((one) => [keyOf(one), one]));
  let at = live.firstChild;
  const pass = () => { while (at && isOurs(at)) at = at.nextSibling; };
  for (const wanted of [...fresh.childNodes]) {
    pass();
    const key = keyOf(wanted);
    const same = (one) => one && one.nodeName === wanted.nodeName && !keyOf(one) && !isOurs(one);
    const found = key ? keyed.get(key) : same(at) ? at : null;
    if (found && found.nodeName === wanted.nodeName) {
      if (found === at) at = at.nextSibling;
      else put(live, found, at);
      keyed.delete(key);
      morph(found, wanted);
    } else {
      live.insertBefore(document.importNode(wanted, true), at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    if (isOurs(gone)) continue;
    const holds = gone.nodeType === 1 && [gone, ...gone.querySelectorAll("[data-field]")].some(isBusy);
    if (holds) gone.dataset.gone = "";
    else gone.remove();
  }
}

// A field was left alone because somebody was in it: it is brought up to date once they have left it.
let behind = false;
export const isBehind = () => behind;
export function fallBehind() {
  behind = true;
}

let asked = null;
// Fetch this page again and take over what has changed on it; asked twice meanwhile, it is fetched once more.
export async function refresh() {
  if (asked) {
    asked.again = true;
    return asked.done;
  }
  asked = { again: false };
  asked.done = (async () => {
    do {
      asked.again = false;
      const before = keptSoFar();
      const response = await fetch(whatToAsk(), { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!response.ok || response.redirected) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("form[data-live]");
      if (!fresh) return false;
      if (keptSoFar() !== before) {
        asked.again = true; // something was saved meanwhile: this page would show what stood there before
        continue;
      }
      behind = missed = false;
      morph(form, fresh);
      asked.again ||= missed;
      learn();
      document.dispatchEvent(new CustomEvent("accord:shown"));
    } while (asked.again);
    return true;
  })().catch(() => false).finally(() => { asked = null; });
  return asked.done;
}
