// Two people wrote in one field: both texts are shown, and whoever reads them chooses. Neither is dropped unseen.

import { keyOf, labelOf, words } from "./fields.js";
import { add, ask, on, touched } from "./saving.js";
import { refresh } from "./morph.js";
import { announce } from "./status.js";

const made = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

function button(text, deed) {
  const one = made("button", text, { type: "button", className: "govuk-button govuk-button--secondary" });
  one.addEventListener("click", deed);
  return one;
}

// A field of one text can hold both; of options only one can be chosen.
function onlyText(group) {
  const controls = [...group.querySelectorAll("input, textarea, select")];
  const one = controls.length === 1 ? controls[0] : null;
  return one && (one.localName === "textarea" || one.type === "text") && !group.classList.contains("accord-group--short") ? one : null;
}

function close(field, box) {
  field.clash = null;
  box.remove();
  field.group.classList.remove("govuk-form-group--error");
  (field.group.querySelector("input:not([type=hidden]), textarea, select") ?? field.group).focus();
}

function show(field) {
  const group = field.group;
  group.querySelector(":scope > [data-live=own]")?.remove();
  const { who, words: theirs, mark } = field.clash;
  const box = made("div", "", { className: "accord-clash" });
  box.dataset.live = "own";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", `Two texts: ${labelOf(group)}`);
  const said = made("p", theirs ? `${who} wrote: ` : `${who} emptied this.`, { className: "govuk-error-message" });
  if (theirs) said.append(made("span", `‘${theirs}’`, { className: "accord-kept" }));
  const yours = made("p", "Your text is still here and not saved yet. Which stays?", { className: "govuk-body-s" });
  const choices = made("div", "", { className: "govuk-button-group" });
  choices.append(
    button("Keep mine", () => {
      field.mark = mark;
      close(field, box);
      touched(field, true);
    }),
    button("Take theirs", () => {
      const given = words(field.typed);
      field.mark = mark;
      field.saved = JSON.stringify(field.typed);
      close(field, box);
      document.activeElement.blur();
      const text = { part: keyOf(field.part), path: field.path, text: given };
      add({ send: () => ask("POST", "/aside", text), done: () => refresh() });
    }),
  );
  const control = onlyText(group);
  if (control && theirs) {
    choices.append(button("Keep both", () => {
      field.mark = mark;
      control.value = [theirs, control.value].filter(Boolean).join(control.localName === "textarea" ? "\n" : "; ");
      close(field, box);
      touched(field, true);
    }));
  }
  box.append(said, yours, choices);
  group.classList.add("govuk-form-group--error");
  group.append(box);
  announce(`${who} changed ${labelOf(group)} too. Both texts are kept: choose which stays.`);
}

export function watchClashes() {
  on("clash", show);
}
