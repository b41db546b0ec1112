// Signed out while a page is open: sign in again without leaving it. What was typed stays where it is.

import { form } from "./fields.js";
import { on, resume, useToken } from "./saving.js";
import { announce } from "./status.js";

const door = document.getElementById("door");
const problem = document.getElementById("door-problem");

const read = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
const tokenOf = (page) => page.querySelector('input[name="csrf_token"]')?.value;
const whoIn = (page) => page.querySelector("[data-person]")?.dataset.person;

async function enter(login, password) {
  const page = await read(await fetch("/sign-in", { headers: { Accept: "text/html" }, cache: "no-store" }));
  const sent = new URLSearchParams({ csrf_token: tokenOf(page), login, password });
  const response = await fetch("/sign-in", { method: "POST", headers: { Accept: "text/html" }, body: sent });
  const after = await read(response);
  return { who: whoIn(after), token: tokenOf(after), said: after.querySelector(".govuk-error-summary a")?.textContent };
}

export function watchDoor() {
  on("signedOut", () => {
    door.hidden = false;
  });
  door.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [login, password] = ["door-login", "door-password"].map((id) => document.getElementById(id));
    let found = {};
    try {
      found = await enter(login.value, password.value);
    } catch {
      found.said = "The server cannot be reached. Your text is still here; try again in a moment.";
    }
    password.value = "";
    const other = found.who && found.who !== form.dataset.person;
    if (!found.who || other) {
      problem.textContent = other
        ? "This page was opened by somebody else. What they typed is sent only once they sign in here."
        : found.said ?? "That name and password do not belong together. Check both and try again.";
      problem.hidden = false;
      login.focus();
      return;
    }
    problem.hidden = true;
    door.hidden = true;
    useToken(found.token);
    announce("Signed in again. What you typed is being sent.");
    document.getElementById("main").focus();
    resume();
  });
}
