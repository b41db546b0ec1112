// Hands on the keys: what each key does, in one list that the help shows too.

import { putBack } from "./back.js";
import { form } from "./fields.js";
import { flush, isUnsaved } from "./saving.js";
import { goToPanel } from "./panel.js";
import { tickAll } from "./questions.js";
import { announce } from "./status.js";

const help = document.getElementById("keys");
const PREFERENCE = "accord-single-keys"; // no more than “off”; nothing that was typed is ever kept here

// What was typed last is saved first: nobody is asked whether to leave.
async function follow(link) {
  if (link && isUnsaved()) await flush();
  link?.click();
}
const steps = (...ways) => follow(ways.map((rel) => document.querySelector(`.accord-steps a[rel="${rel}"]`)).find(Boolean));
const sectionOf = (node) => node?.closest?.("section.accord-block");
// The list one is in, else the next below, else the first of the page.
function adder() {
  const all = [...(form?.querySelectorAll('button[value^="add:"]') ?? [])];
  const at = document.activeElement;
  const section = sectionOf(at);
  return all.find((one) => section?.contains(one))
    ?? all.find((one) => form.contains(at) && at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
    ?? all.at(0);
}

// `alone` keys work only while nobody is typing, and can be turned off (WCAG 2.1.4).
const SHORTCUTS = [
  { shown: "?", alone: "?", says: "Show these keys", deed: () => help.showModal() },
  { shown: "/", alone: "/", says: "Go to the quick line: a line becomes an action, a piece of information, a decision, a person or an unborn child" },
  { shown: "Enter", says: "Go to the next question; in a long text, Ctrl + Enter. With Shift, go to the one before. From the top of the page, go to the first question without an answer" },
  { shown: "A letter or figure", says: "Among options and boxes: go to the one that begins so. Space ticks a box" },
  { shown: "Alt + A", alt: "a", says: "Tick every box of the question you are in; again, none", deed: () => tickAll() },
  { shown: "Alt + N", alt: "n", says: "Add a row to the list you are in", deed: () => adder()?.click() },
  { shown: "Alt + ↑, Alt + ↓", says: "Move the row you are in up or down" },
  { shown: "Alt + Z", alt: "z", says: "Put back the row that was removed last", deed: () => putBack() },
  { shown: "Enter, Space", says: "Open or close the row, or the questions, whose line has the focus" },
  { shown: "Esc", says: "Close the row you are in" },
  { shown: "Alt + S", alt: "s", says: "Save at once; everything is saved by itself a second after the last key", deed: () => flush() },
  { shown: "Alt + W", alt: "w", says: "Go to what is still needed", deed: () => goToPanel() },
  { shown: "Alt + Page Down, Alt + Page Up", says: "Go to the next step, or to the one before", alt: "PageDown", deed: () => steps("next") },
  { alt: "PageUp", deed: () => steps("prev") },
  { shown: "Alt + R", alt: "r", says: "Read back", deed: () => steps("last", "next") },
];

const areOff = () => localStorage.getItem(PREFERENCE) === "off";
const isTyping = (node) => node.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function fill() {
  const list = help.querySelector("dl");
  for (const { shown, says } of SHORTCUTS.filter((one) => one.says)) {
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    term.append(Object.assign(document.createElement("kbd"), { textContent: shown }));
    words.textContent = says;
    list.append(term, words);
  }
  const box = help.querySelector("input[type=checkbox]");
  box.checked = areOff();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.setItem(PREFERENCE, "off");
    else localStorage.removeItem(PREFERENCE);
    announce(box.checked ? "Single keys are off" : "Single keys are on");
  });
}

export const singleKeysAreOff = areOff;

export function watchKeys() {
  if (!help) return;
  fill();
  document.getElementById("show-keys").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || help.open) return;
    const found = event.altKey
      ? SHORTCUTS.find((one) => one.alt && [event.key.toLowerCase(), event.code.toLowerCase()].some((key) => [one.alt.toLowerCase(), `key${one.alt}`].includes(key)))
      : !areOff() && !isTyping(event.target) && SHORTCUTS.find((one) => one.alone === event.key);
    if (!found?.deed) return;
    event.preventDefault();
    found.deed();
  });
}
