// From question to question by the keyboard: Enter goes on, a letter finds an option, Alt + A ticks every box.
// Which keys there are is listed in keys.js; what is typed is saved as always.

import { form } from "./fields.js";
import { singleKeysAreOff } from "./keys.js";
import { announce } from "./status.js";

const LETTERS_BELONG_TOGETHER = 900; // as in the lists of a browser
const ADDS = 'button[name="do"][value^="add:"]';
const STOPS = `[data-field], details.accord-row > summary, ${ADDS}, .accord-save button[value="next"]`;

const isFolded = (node) => {
  const folded = node.parentElement.closest("details:not([open])");
  return Boolean(folded) && !(node.localName === "summary" && node.parentElement === folded && !folded.parentElement.closest("details:not([open])"));
};
const choicesIn = (group) => [...group.querySelectorAll("input[type=radio], input[type=checkbox]")].filter((one) => !one.disabled);
const shownIn = (group) => choicesIn(group).filter((one) => !isFolded(one));

// Where somebody comes to who goes to a question: the option that is chosen, or what stands first.
function entrance(stop) {
  if (stop.dataset.field === undefined) return stop;
  const controls = [...stop.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((one) => !one.disabled && !isFolded(one));
  return controls.find((one) => one.type === "radio" && one.checked) ?? controls[0];
}

// What Enter stops at: each question on its own, the line of a closed row, and the button that adds a row.
function stops() {
  return [...form.querySelectorAll(STOPS)].filter((one) => {
    if (one.localName === "summary") return !one.parentElement.open && !isFolded(one);
    if (one.dataset.field !== undefined && one.querySelector("[data-field]")) return false;
    return !isFolded(one) && Boolean(entrance(one));
  });
}

const questionOf = (node) => node?.closest?.("[data-field]");
const withoutAnswer = (group) => ![...group.querySelectorAll("input:not([type=hidden]), textarea, select")]
  .some((one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value));

// The first question of a row or a page that has no answer yet, or the first of all.
export function firstOpen(within = form) {
  const questions = [...within.querySelectorAll("[data-field]")].filter((one) => !one.querySelector("[data-field]") && !isFolded(one) && entrance(one));
  return questions.find(withoutAnswer) ?? questions[0];
}

export function goTo(stop) {
  const control = entrance(stop);
  control.focus();
  if (control.matches("input[type=text], input:not([type])")) control.select();
}

function go(from, places) {
  const all = stops();
  if (!from) {
    const first = firstOpen() ?? all[0];
    if (first) goTo(first);
    return Boolean(first);
  }
  const after = (one) => Boolean(from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) && !from.contains(one);
  const before = (one) => Boolean(from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) && !one.contains(from);
  const found = places > 0 ? all.find(after) : all.findLast(before);
  if (found) goTo(found);
  return Boolean(found);
}

// In an answer of several lines of their own, Enter goes to the next, and makes room for one more.
function another(input) {
  const group = questionOf(input);
  const inputs = [...group.querySelectorAll("input.accord-several")];
  if (!inputs.includes(input) || !input.value.trim()) return false;
  const following = inputs[inputs.indexOf(input) + 1];
  if (following) {
    following.focus();
    following.select();
    return true;
  }
  const next = input.cloneNode();
  next.id = `${inputs[0].id}-${inputs.length + 1}`;
  next.value = "";
  next.removeAttribute("value");
  const label = group.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.cloneNode(true);
  if (label) {
    label.htmlFor = next.id;
    label.textContent = label.textContent.replace(/\d+$/, inputs.length + 1);
  }
  input.after(...[label, next].filter(Boolean));
  next.focus();
  return true;
}

const isLong = (node) => node.matches("textarea");
const isOpenList = (node) => {
  try {
    return node.matches("select:open");
  } catch {
    return false;
  }
};

function enter(event) {
  const node = event.target;
  if (event.altKey || event.metaKey || event.isComposing) return;
  if (isLong(node) ? !event.ctrlKey : event.ctrlKey) return;
  const group = questionOf(node);
  const isOutside = node === document.body || node.id === "main";
  if (!isOutside && (!group || !node.matches("input:not([type=hidden]), select, textarea") || isOpenList(node))) return;
  event.preventDefault();
  if (isOutside) go(null, 1);
  else if (event.shiftKey || !another(node)) go(group, event.shiftKey ? -1 : 1);
}

// ── Options by their letters ─────────────────────────────────────────────────────────────────────────────────────

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ł", "l").replaceAll("Ł", "L").toLowerCase();
const wordsOf = (one) => plain(one.labels?.[0]?.textContent.trim() ?? "");
let typed = "";
let at = 0;

function find(choices, letters, current) {
  const turned = [...choices.slice(current + 1), ...choices.slice(0, current + 1)];
  const order = letters.length > 1 ? choices : turned;
  return order.find((one) => wordsOf(one).startsWith(letters)) ?? order.find((one) => wordsOf(one).includes(` ${letters}`));
}

function letter(event) {
  const node = event.target;
  if (!node.matches("input[type=radio], input[type=checkbox]") || !questionOf(node) || singleKeysAreOff()) return;
  if (event.key.length !== 1 || !/[\p{L}\p{N}]/u.test(event.key)) {
    if (event.key !== "Shift") typed = "";
    return;
  }
  const choices = choicesIn(questionOf(node));
  typed = event.timeStamp - at > LETTERS_BELONG_TOGETHER ? plain(event.key) : typed + plain(event.key);
  at = event.timeStamp;
  let found = find(choices, typed, choices.indexOf(node));
  if (!found) {
    typed = plain(event.key);
    found = find(choices, typed, choices.indexOf(node));
  }
  if (!found) return;
  event.preventDefault();
  for (let fold = found.parentElement.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
  found.focus();
  if (found.type === "radio" && !found.checked) found.click();
}

// Ticks every box that is offered first, not “nobody” and not what is folded away; if all are ticked, takes the ticks away.
export function tickAll() {
  const group = questionOf(document.activeElement);
  const boxes = group ? shownIn(group).filter((one) => one.type === "checkbox" && !one.closest(".accord-none, .accord-more--options")) : [];
  if (boxes.length < 2) return;
  const wanted = boxes.some((one) => !one.checked);
  for (const one of boxes) if (one.checked !== wanted) one.click();
  announce(wanted ? `${boxes.length} ticked` : "None ticked");
}

export function watchQuestions() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter") enter(event);
    else if (!event.altKey && !event.ctrlKey && !event.metaKey) letter(event);
  });
}
