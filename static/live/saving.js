// Sends what is typed, one request after the other, until the server has answered for every character.
// Nothing is kept in the browser but in this page's memory.

import { address, fieldOf, form, groupOf, keyOf, saved, sawVersion, unsent, versionOf, written } from "./fields.js";
import { tell } from "./status.js";

const AFTER_LAST_KEY = 1000;
const AT_THE_LATEST = 4000; // also while somebody types without a pause
const LONGEST_WAIT = 8000;
const MOST_ON_LEAVING = 60000; // bytes that a browser sends after its page is gone

const jobs = []; // rows added, moved and removed, in the order in which it was done
const listeners = { saved: [], clash: [], said: [], signedOut: [], gone: [] };
export const on = (what, deed) => listeners[what].push(deed);
const happen = (what, ...more) => { for (const deed of listeners[what]) deed(...more); };

let savedLast = document.getElementById("saved")?.dataset.ready ?? "";
let kept = 0;
// How often the server has kept something of this page: what was asked for before the last time is out of date.
export const keptSoFar = () => kept;

let sending = null; // the request that was sent last and has no answer yet; it is repeated as it was
let failures = 0;
let wake = null;
let paused = false;
let stopped = false;

const token = () => form.querySelector('input[name="csrf_token"]').value;
export function useToken(given) {
  for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = given;
}

export function ask(method, path, body, headers = {}) {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return fetch(`${address}${path}`, {
    method,
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token(), ...headers },
    body: sent,
    keepalive: method !== "GET" && (sent?.length ?? 0) < MOST_ON_LEAVING,
    redirect: "error",
    cache: "no-store",
  });
}

const waiting = () => unsent().filter((one) => !one.clash && one.refused !== JSON.stringify(one.typed));

function next() {
  if (jobs.length) return jobs[0];
  const now = Date.now();
  const due = waiting().filter((one) => one.due <= now);
  if (!due.length) return null;
  const mine = due.filter((one) => one.part === due[0].part);
  for (const one of mine) one.isOnItsWay = true; // changed back meanwhile it is sent once more
  return saving(due[0].part, mine);
}

function saving(part, mine, before = new Map()) {
  const texts = new Map(mine.map((one) => [one, one.typed]));
  const body = { set: {}, was: {}, before: {} };
  for (const [one, typed] of texts) {
    body.set[one.path] = { ...typed, ...one.extra };
    body.was[one.path] = one.mark;
    if (before.has(one)) body.before[one.path] = before.get(one);
    one.due = one.since = Infinity;
  }
  const version = { "If-Match": `"${versionOf(part)}"` };
  return {
    texts,
    send: () => ask("PATCH", `/parts/${encodeURIComponent(keyOf(part))}`, body, version),
    done: (answer) => finish(part, texts, answer),
    refused: () => { for (const [one, sent] of texts) Object.assign(one, { refused: JSON.stringify(sent), isOnItsWay: false }); },
  };
}

function finish(part, sent, answer) {
  sawVersion(part, answer.version);
  for (const [field, typed] of sent) {
    const said = answer.fields[field.path];
    field.isOnItsWay = false;
    if (said) {
      delete field.extra;
      saved(field, typed, said);
      if (field.isUnsent) field.due = Math.min(field.due, Date.now() + AFTER_LAST_KEY);
      happen("said", field, said);
    } else if (answer.clashes[field.path]) {
      field.clash = answer.clashes[field.path];
      happen("clash", field);
    }
  }
  happen("saved", [...sent.keys()]);
}

function later() {
  clearTimeout(wake);
  const due = jobs.length ? 0 : Math.min(...waiting().map((one) => one.due));
  if (due !== Infinity) wake = setTimeout(pump, Math.max(0, due - Date.now()));
}

const sayUnsaved = (why) => tell("unsaved", why ? `Not saved yet, trying again. ${why}` : "Not saved yet, trying again");

// One request at a time: a row is made before what is typed in it is sent, and no answer overtakes another.
let pumping = false;
async function pump() {
  if (pumping || paused || stopped) return;
  pumping = true;
  try {
    for (sending ??= next(); sending && !paused && !stopped; sending ??= next()) {
      const slow = setTimeout(() => { if (!failures) tell("saving", "Saving"); }, 150);
      let response = null;
      try {
        response = await sending.send();
      } catch { /* no network, or nobody there: sent again below */ } finally {
        clearTimeout(slow);
      }
      if (!response || response.status >= 500 || response.status === 429) {
        // Unavailable: the server says why. Whatever else stands between here and there says nothing of use.
        const said = response?.status === 503 ? await response.json().catch(() => ({})) : {};
        await failed(said.says);
      } else {
        failures = 0;
        await answered(response);
      }
    }
  } finally {
    pumping = false;
  }
  later();
}

let hurry = null;
function failed(why) {
  failures += 1;
  sayUnsaved(why);
  return new Promise((go) => {
    const timer = setTimeout(go, Math.min(LONGEST_WAIT, 500 * 2 ** failures));
    hurry = () => { clearTimeout(timer); go(); };
  });
}

async function answered(response) {
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.ok || response.status === 412) {
    const job = sending;
    sending = null;
    if (jobs[0] === job) jobs.shift();
    kept += 1;
    job.done?.(answer);
    if (unsent().some((one) => one.clash)) tell("clash", "Somebody else changed this too: choose which text stays");
    else if (answer.saved_at) {
      savedLast = `Saved ${answer.saved_at}`;
      if (isUnsaved()) tell("writing", "Not saved yet", { say: false }); // newer words, or another field
      else tell("saved", savedLast);
    }
  } else if (response.status === 401) {
    paused = true;
    tell("out", "Signed out: sign in to go on, your text is here");
    happen("signedOut");
  } else if (response.status === 400 && answer.token) {
    useToken(answer.token);
    if (answer.person !== form.dataset.person) {
      paused = true;
      tell("out", "Somebody else signed in here: your text is in this page and not sent");
      happen("signedOut");
    }
  } else {
    const job = sending;
    sending = null;
    if (jobs[0] === job) jobs.shift();
    job.refused?.(answer);
    if (response.status === 403) stopped = true;
    tell("refused", `Not saved. ${answer.says ?? "Copy what you typed, and open the page again."}`);
    happen("gone", job, response.status);
  }
}

export function resume() {
  paused = false;
  failures = 0;
  pump();
}

export function add(job) {
  jobs.push(job);
  pump();
}

export function touched(field, soon = false) {
  const now = Date.now();
  written.add(field);
  field.since = Math.min(field.since, now);
  field.due = soon ? now : Math.min(now + AFTER_LAST_KEY, field.since + AT_THE_LATEST);
  if (!paused && !stopped && !failures) {
    if (isUnsaved()) tell("writing", "Not saved yet", { say: false });
    else tell("saved", savedLast, { say: false }); // typed and taken back: it stands as it was saved
  }
  later();
}

export const isUnsaved = () => Boolean(sending) || jobs.length > 0 || unsent().length > 0;

// Send everything now; true once the server has answered for it, false if that has to wait for somebody.
export async function flush() {
  for (const one of waiting()) one.due = 0;
  hurry?.();
  await pump();
  while (pumping && !paused && !stopped && failures < 2) await new Promise((go) => setTimeout(go, 20));
  return !sending && !jobs.length && !waiting().length;
}

form?.addEventListener("input", (event) => {
  const group = groupOf(event.target);
  if (group) touched(fieldOf(group), ["radio", "checkbox", "select-one"].includes(event.target.type));
});
form?.addEventListener("change", (event) => {
  const group = groupOf(event.target);
  if (group) touched(fieldOf(group), true);
});
form?.addEventListener("focusout", (event) => {
  const group = groupOf(event.target);
  if (group && fieldOf(group).isUnsent) touched(fieldOf(group), true);
});
const again = () => { hurry?.(); pump(); };
addEventListener("online", again);
document.addEventListener("visibilitychange", () => {
  for (const one of waiting()) one.due = 0;
  again();
});
// Nobody will read an answer any more: everything is sent at once, and says what was sent before and not answered.
addEventListener("pagehide", () => {
  const before = sending?.texts;
  for (const part of new Set(waiting().map((one) => one.part))) {
    saving(part, waiting().filter((one) => one.part === part), before).send().catch(() => {});
  }
});
addEventListener("beforeunload", (event) => {
  if (!isUnsaved()) return;
  for (const one of waiting()) one.due = 0;
  again();
  event.preventDefault();
});
