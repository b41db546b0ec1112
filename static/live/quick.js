// The quick line: one line typed while people talk. How it is understood stands under it before Enter takes it.
// What is typed stays in the input until the server has answered that it is kept.

import { Choices } from "./choices.js";
import { offerPeople, watchPeople } from "./people.js";

const AFTER_LAST_KEY = 250;
const AGAIN_AFTER = 3000;
const SINGLE_KEYS = "accord-single-keys"; // no more than “off” (WCAG 2.1.4); nothing that was typed is ever kept

const form = document.getElementById("quick");
const input = document.getElementById("quick-line");
const says = document.getElementById("quick-says");
const button = form?.querySelector("button");
const help = document.getElementById("quick-help");

let shown = null; // how the text in the input was understood: { text, mark }
let then = ""; // the line to come back to once this one is taken
let rowId = null; // the id of the row that this line makes: sent again it is the same row
let asked = null;
let wake = null;
let taking = false;
let cameFrom = null;
let choices = null;

const token = () => form.querySelector('input[name="csrf_token"]');

// In a page without a secure origin browsers have no randomUUID.
function makeId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function say(words, more = []) {
  says.replaceChildren(words, ...more);
}

async function send(body, signal, isSecond = false) {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token().value },
    body: JSON.stringify(body),
    signal,
    cache: "no-store",
    redirect: "error",
  });
  const answer = await response.json().catch(() => ({}));
  if (response.status === 400 && answer.token && !isSecond && answer.person === form.dataset.person) {
    for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = answer.token;
    return send(body, signal, true);
  }
  return { status: response.status, answer };
}

function refused({ status, answer }) {
  const why = status === 401
    ? "Signed out: sign in to go on, your line is still here."
    : status === 400 && answer.person
      ? "Somebody else signed in here. Your line is still here and was not sent."
      : status >= 500 ? unreachable : `${answer.says ?? "That could not be done."} Your line is still here.`;
  say(why);
  if (status !== 401) return;
  document.dispatchEvent(new CustomEvent("accord:signed-out"));
  const door = document.getElementById("door"); // answered by door.js, where fields save themselves
  if (door && document.documentElement.classList.contains("accord-is-live")) door.hidden = false;
}

const unreachable = "The server cannot be reached. Your line is still here: Enter tries again.";

// ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

function showHelp(answer) {
  const table = help.querySelector("tbody");
  table.replaceChildren(...answer.help.map((one) => {
    const row = document.createElement("tr");
    row.className = "govuk-table__row";
    for (const [cell, words, isCode] of [["th", one.key, true], ["td", one.adds, false], ["td", one.example, true]]) {
      const place = Object.assign(document.createElement(cell), { className: cell === "th" ? "govuk-table__header" : "govuk-table__cell" });
      if (cell === "th") place.scope = "row";
      place.append(isCode ? Object.assign(document.createElement("kbd"), { textContent: words }) : words);
      row.append(place);
    }
    return row;
  }));
  help.querySelector("p").textContent = `After by: ${answer.times.join(", ")}.`;
}

function show(text, answer, before = "") {
  shown = { text, mark: answer.mark };
  const more = [];
  if (answer.unused) more.push(" Not used: ", Object.assign(document.createElement("bdi"), { textContent: answer.unused }), ".");
  const options = [...answer.asks.flatMap((one) => one.completions), ...answer.offers];
  if (answer.mark) more.push(" ", Object.assign(document.createElement("strong"), { textContent: "Enter takes it." }));
  if (options.length) more.push(answer.mark ? " Arrow down for other readings." : " Arrow down to choose.");
  say(`${before}${answer.says}`, more);
  says.dataset.state = answer.mark ? "ready" : "asks";
  button.textContent = answer.mark ? "Take it" : "Read it";
  help.hidden = !answer.help;
  if (answer.help) showHelp(answer);
  if (document.activeElement === input) choices.show(options);
}

async function read() {
  clearTimeout(wake);
  asked?.abort();
  const text = input.value;
  if (!text.trim()) {
    forget();
    return;
  }
  const mine = new AbortController();
  asked = mine;
  try {
    const sent = await send({ line: text }, mine.signal);
    if (asked !== mine || input.value !== text) return;
    if (sent.status === 200) show(text, sent.answer);
    else refused(sent);
  } catch (problem) {
    if (problem.name === "AbortError" || input.value !== text) return;
    say("The server cannot be reached. Your line is still here, and is read as soon as it can be.");
    wake = setTimeout(read, AGAIN_AFTER);
  }
}

function forget() {
  shown = null;
  rowId = null;
  say("");
  delete says.dataset.state;
  help.hidden = true;
  button.textContent = "Read it";
  choices.close();
}

function changed() {
  shown = null;
  rowId = null;
  button.textContent = "Read it";
  choices.close();
  clearTimeout(wake);
  asked?.abort();
  if (input.value.trim()) wake = setTimeout(read, AFTER_LAST_KEY);
  else {
    then = "";
    forget();
  }
}

function become(line) {
  input.value = line;
  input.setSelectionRange(line.length, line.length);
  shown = null;
  rowId = null;
  return read();
}

// ── Taking ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function take() {
  const { text, mark } = shown;
  rowId ??= makeId();
  taking = true;
  input.readOnly = true;
  try {
    const { status, answer } = await send({ line: text, take: true, understood: mark, id: rowId });
    if (status === 200 && answer.taken) {
      taken(text, answer);
    } else if (status === 409 && answer.asks) {
      rowId = null;
      show(text, answer, "Not taken, for it is understood differently now. ");
    } else {
      refused({ status, answer });
    }
  } catch {
    say(unreachable); // sent again it is the same row, even if it was kept and only the answer was lost
  } finally {
    taking = false;
    input.readOnly = false;
  }
}

function taken(line, answer) {
  const next = then;
  then = "";
  input.value = "";
  forget();
  const link = Object.assign(document.createElement("a"), { href: answer.taken.url, className: "govuk-link", textContent: "Go to it" });
  say(`Taken. ${answer.says} `, [link]);
  says.dataset.state = "taken";
  document.dispatchEvent(new CustomEvent("accord:taken", { detail: { ...answer.taken, line, says: answer.says } }));
  if (next) become(next);
}

async function enter(event) {
  event.preventDefault();
  if (taking) return;
  if (shown?.text === input.value && shown.mark) await take();
  else await read();
}

// ── Coming and going ─────────────────────────────────────────────────────────────────────────────────────────────

const isTyping = (node) => node.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function come(event) {
  if (event.key !== "/" || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || localStorage.getItem(SINGLE_KEYS) === "off") return;
  event.preventDefault();
  cameFrom = document.activeElement;
  input.focus();
  input.select();
}

function leave(event) {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  choices.close();
  const back = cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : document.getElementById("main");
  cameFrom = null;
  back.focus();
}

if (form) {
  choices = new Choices(input, document.getElementById("quick-offers"), "What may be meant", (chosen) => {
    then = chosen.then || then;
    become(chosen.line);
  });
  document.documentElement.classList.add("accord-has-quick");
  form.addEventListener("submit", enter);
  input.addEventListener("input", changed);
  input.addEventListener("focus", () => { if (shown?.text !== input.value && input.value.trim()) read(); });
  input.addEventListener("keydown", leave);
  document.addEventListener("keydown", come);
  addEventListener("beforeunload", (event) => { if (input.value.trim()) event.preventDefault(); });
  watchPeople(form.dataset.people);
}

export { offerPeople };
