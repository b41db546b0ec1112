// A row that was removed can be put back while the page is open: as a new row with what stood in the old one.

import { fieldOf, form, learn, words } from "./fields.js";
import { refresh } from "./morph.js";
import { add, ask, touched } from "./saving.js";
import { announce } from "./status.js";

let last = null;

const made = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

// Show where the row stood that it was removed, with a button that puts it back.
export function offerBack(row, title, place, how) {
  last?.line.remove();
  const line = made("p", `Removed: ${title} `, { className: "govuk-body accord-removed" });
  line.dataset.live = "own";
  const button = made("button", "Put it back", { type: "button", className: "accord-link-button" });
  button.append(made("span", `: ${title}`, { className: "govuk-visually-hidden" }));
  button.addEventListener("click", putBack);
  line.append(button);
  place(line);
  last = { row, title, line, ...how };
}

function rename(row, from, to) {
  for (const one of [row, ...row.querySelectorAll("*")]) {
    for (const { name, value } of [...one.attributes]) if (value.includes(from)) one.setAttribute(name, value.replaceAll(from, to));
  }
}

export async function putBack() {
  if (!last) return;
  const { row, title, line, url, blank } = last;
  const empty = await blank();
  if (!empty || !line.isConnected) return;
  last = null;
  const id = crypto.randomUUID();
  rename(row, row.id.slice(4), id);
  const fresh = new DOMParser().parseFromString(empty.replaceAll("blank-row", id), "text/html");
  const note = (within) => within.querySelector(`input[name="was:${id}"]`);
  note(row).replaceWith(document.importNode(note(fresh), true));
  line.replaceWith(row);
  learn(row);
  let following = 0;
  for (let one = row.nextElementSibling; one?.matches("details.accord-row"); one = one.nextElementSibling) following += 1;
  add({ send: () => ask("POST", url, { id }), done: following ? undefined : () => refresh() });
  for (let place = 1; place <= following; place += 1) {
    add({ send: () => ask("POST", `/parts/${id}/move`, { places: -1 }), done: place === following ? () => refresh() : undefined });
  }
  for (const group of row.querySelectorAll("[data-field]")) {
    if (group.parentElement.closest("[data-field]")) continue; // saved with the answer it stands in
    const field = fieldOf(group);
    if (!words(field.typed)) continue;
    field.saved = "";
    touched(field, true);
  }
  row.querySelector("summary").focus();
  announce(`Put back: ${title}`);
}

export const canComeBack = (row, list) => Boolean(row.querySelector("[data-part]") && form.querySelector(`button[value="add:${CSS.escape(list)}"]`));
