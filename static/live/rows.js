// Rows of lists without leaving the page: added under an id given here, moved, removed, one open at a time.

import { fieldOf, form, groupOf, learn, unsent } from "./fields.js";
import { offerBack } from "./back.js";
import { refresh } from "./morph.js";
import { goTo, firstOpen } from "./questions.js";
import { add, ask, flush, touched } from "./saving.js";
import { announce } from "./status.js";

const blanks = new Map();
const step = form?.dataset.step;
const rowOf = (id) => document.getElementById(`row:${id}`);
const rowsOf = (list) => [...(list?.querySelectorAll(":scope > details.accord-row") ?? [])];
const listUrl = (kind, name) => `/${kind}/${name.split("/").map(encodeURIComponent).join("/")}`;

// An empty row of each list is held ready, so that one can be added without waiting, and without a network.
function holdReady() {
  for (const button of form.querySelectorAll('button[name="do"][value^="add:"]')) ready(button.value.slice(4));
}

function ready(name) {
  if (!blanks.has(name)) {
    const asked = ask("GET", `${listUrl("blank", name)}?at=${encodeURIComponent(step)}`, undefined, { Accept: "text/html" })
      .then((answer) => (answer.ok ? answer.text() : null))
      .catch(() => null);
    blanks.set(name, asked);
    asked.then((blank) => { if (blank === null) blanks.delete(name); });
  }
  return blanks.get(name);
}

async function addRow(button) {
  const name = button.value.slice(4);
  const blank = await ready(name);
  if (blank === null) {
    form.requestSubmit(button); // the page itself can add a row too
    return;
  }
  const id = crypto.randomUUID();
  const page = new DOMParser().parseFromString(blank.replaceAll("blank-row", id), "text/html");
  const row = document.importNode(page.querySelector("details"), true);
  const list = button.closest("section");
  const others = rowsOf(list);
  const title = row.querySelector(".accord-row__title").firstChild;
  title.data = title.data.replace("1.", `${others.length + 1}.`);
  for (const one of others) one.open = false;
  if (others.length) others.at(-1).after(row);
  else button.before(row);
  learn(row);
  announce(`Row ${others.length + 1} added`);
  goTo(firstOpen(row)); // what has an answer already was chosen when the row was made
  add({ send: () => ask("POST", listUrl("lists", name), { id }), done: () => refresh() });
}

async function remove(id) {
  const row = rowOf(id);
  const beside = row.nextElementSibling?.matches("details.accord-row") ? row.nextElementSibling : row.previousElementSibling;
  const words = row.querySelector(".accord-row__title").textContent.trim();
  if (unsent().some((one) => one.part === id)) await flush();
  add({
    send: () => ask("DELETE", `/parts/${id}`),
    done: () => {
      const list = row.closest("section");
      offerBack(row, words);
      (beside?.querySelector("summary") ?? list.querySelector('button[value^="add:"]'))?.focus();
      announce(`Removed: ${words}`);
      refresh();
    },
  });
}

function move(id, places) {
  const row = rowOf(id);
  const beside = places < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!beside?.matches("details.accord-row")) return;
  const focused = document.activeElement;
  if (places < 0) beside.before(row); else beside.after(row);
  focused.focus();
  announce(`Moved ${places < 0 ? "up" : "down"}`);
  add({ send: () => ask("POST", `/parts/${id}/move`, { places }), done: () => refresh() });
}

function say(none, box) {
  add({ send: () => ask("PUT", listUrl("asked", box.name.slice(5)), { none }) });
}

// A row inside an answer is taken out by its button, and saved at once.
function takeOut(button) {
  const field = fieldOf(groupOf(button));
  field.extra = { ...field.extra, [button.name.slice(button.name.indexOf("."))]: ["1"] };
  field.saved = "";
  touched(field, true);
}

async function another(name) {
  await flush();
  await refresh();
  const spare = document.getElementById(`${name}-new`);
  if (spare?.localName === "details") spare.open = true;
  (spare?.querySelector("input:not([type=hidden]), textarea, select") ?? spare)?.focus();
}

export function watchRows() {
  holdReady();
  document.addEventListener("accord:shown", holdReady);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const [deed, target] = [button.value.slice(0, button.value.indexOf(":")), button.value.slice(button.value.indexOf(":") + 1)];
    const done = {
      add: () => addRow(button) && true,
      remove: () => remove(target) && true,
      up: () => { move(target, -1); return true; },
      down: () => { move(target, 1); return true; },
      more: () => another(target) && true,
    };
    if (button.name.endsWith(".gone")) takeOut(button);
    else if (button.name !== "do" || !done[deed]?.()) return;
    event.preventDefault();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name?.startsWith("none:")) say(event.target.checked, event.target);
  });
  form.addEventListener("toggle", (event) => {
    const row = event.target;
    if (!row.matches?.("details.accord-row") || !row.open) return;
    for (const one of rowsOf(row.parentElement)) if (one !== row) one.open = false;
  }, true);
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("details.accord-row");
    if (!row) return;
    if (event.key === "Escape" && row.open && !event.defaultPrevented) {
      row.open = false;
      row.querySelector("summary").focus();
    } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      move(row.id.slice(4), event.key === "ArrowUp" ? -1 : 1);
    }
  });
}
