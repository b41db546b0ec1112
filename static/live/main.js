// The page of a step while people talk: joins what saves, follows, moves rows and listens to the keys.

import { form, learn } from "./fields.js";
import { watchClashes } from "./clash.js";
import { watchDoor } from "./door.js";
import { watchKeys } from "./keys.js";
import { watchOthers } from "./others.js";
import { watchPanel } from "./panel.js";
import { watchQuestions } from "./questions.js";
import { watchRows } from "./rows.js";
import { flush, isUnsaved, on } from "./saving.js";
import { tell } from "./status.js";

// Below an answer stands what follows from it, such as an age; it is said aloud once, when it changes.
function showNote(field, input, note) {
  const id = `${field.name}-note`;
  let line = document.getElementById(id);
  if (note && !line) {
    line = Object.assign(document.createElement("p"), { id, className: "accord-note" });
    line.setAttribute("aria-live", "polite");
    input.after(line);
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  if (line && line.textContent !== note) line.textContent = note;
}

// Beside a field stands what could not be read, or was left out; what was read is shown as it was understood.
function showSaid(field, { problem, shown, note }) {
  const group = field.group;
  const first = group.querySelector("input:not([type=hidden]), textarea, select");
  showNote(field, first, note);
  const id = `${field.name}-problem`;
  let line = document.getElementById(id);
  if (problem && !line) {
    line = Object.assign(document.createElement("p"), { id, className: "govuk-error-message" });
    group.insertBefore(line, [...group.children].find((one) => one.matches("input, textarea, select, fieldset")) ?? null);
  }
  group.classList.toggle("govuk-form-group--error", Boolean(problem) || Boolean(field.clash));
  if (line && problem) line.textContent = problem;
  else line?.remove();
  const described = (first?.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (problem) described.push(id);
  if (described.length) first?.setAttribute("aria-describedby", described.join(" "));
  else first?.removeAttribute("aria-describedby");
  const isOne = group.querySelectorAll("input, textarea").length === 1 && first?.matches("input[type=text], textarea");
  if (isOne && shown.length === 1 && shown[0] !== first.value && document.activeElement !== first && !field.isUnsent) {
    first.value = shown[0];
    field.saved = JSON.stringify(field.typed);
  } else if (isOne && shown.length === 1 && document.activeElement === first) {
    first.addEventListener("blur", () => { if (!field.isUnsent) showSaid(field, { problem, shown, note }); }, { once: true });
  }
}

// A button of the page that is for the server is pressed once everything typed has been saved.
function sendWhenSaved() {
  let sent = false;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (sent) return;
    if (button?.value === "save") {
      event.preventDefault();
      if (await flush()) return;
      return;
    }
    if (!isUnsaved()) return;
    event.preventDefault();
    if (await flush()) {
      sent = true;
      form.requestSubmit(button);
    }
  });
}

// So much of the window is taken by the line that stays at its top, with all who are here: see accord.css.
function measureTop() {
  const bar = document.querySelector(".accord-live");
  const write = () => document.documentElement.style.setProperty("--accord-bar", `${bar.offsetHeight}px`);
  new ResizeObserver(write).observe(bar);
}

if (form) {
  document.documentElement.classList.add("accord-is-live");
  measureTop();
  learn();
  on("said", showSaid);
  watchClashes();
  watchDoor();
  watchRows();
  watchQuestions();
  sendWhenSaved();
  watchOthers();
  tell("saved", document.getElementById("saved").dataset.ready, { say: false });
}
watchPanel();
watchKeys(); // also where a step has no questions of its own
