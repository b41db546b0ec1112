// A row that was removed can be put back while the page is open: the record has it whole, the page what was not sent yet.

import { fieldOf, learn } from "./fields.js";
import { refresh } from "./morph.js";
import { add, ask, touched } from "./saving.js";
import { announce } from "./status.js";

let last = null;

const made = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

// Show where a row stands that it was removed, with a button that puts it back.
export function offerBack(row, title) {
  last?.line.remove();
  const line = made("p", `Removed: ${title} `, { className: "govuk-body accord-removed" });
  line.dataset.live = "own";
  const button = made("button", "Put it back", { type: "button", className: "accord-link-button" });
  button.append(made("span", `: ${title}`, { className: "govuk-visually-hidden" }));
  button.addEventListener("click", putBack);
  line.append(button);
  row.replaceWith(line);
  last = { row, title, line };
}

export function putBack() {
  if (!last?.line.isConnected) return;
  const { row, title, line } = last;
  last = null;
  line.replaceWith(row);
  learn(row);
  add({ send: () => ask("POST", `/parts/${row.id.slice("row:".length)}/back`), done: () => refresh() });
  for (const group of row.querySelectorAll("[data-field]")) {
    if (group.parentElement.closest("[data-field]")) continue; // saved with the answer it stands in
    const field = fieldOf(group);
    field.refused = null;
    if (field.isUnsent) touched(field, true);
  }
  row.querySelector("summary").focus();
  announce(`Put back: ${title}`);
}
