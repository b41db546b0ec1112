// The fields of a page: where each stands, what is typed in it, and which mark of it was last seen.

export const form = document.querySelector("form[data-live]");
export const address = form?.dataset.live;
const CONTROLS = "input, textarea, select";

// A control is called `part:path` and, in a field of several inputs, more after a dot.
export function split(name) {
  const colon = name.indexOf(":");
  const part = name.slice(0, colon);
  if (colon < 1 || ["was", "asked", "none"].includes(part)) return null;
  const dot = name.indexOf(".", colon);
  const path = dot < 0 ? name.slice(colon + 1) : name.slice(colon + 1, dot);
  return { part, path, more: dot < 0 ? "" : name.slice(dot) };
}

// A field may hold rows with fields of their own: they are saved as one.
export function groupOf(node) {
  let found = null;
  for (let one = node.closest?.("[data-field]"); one; one = one.parentElement.closest("[data-field]")) found = one;
  return found;
}

const groupNamed = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);
export const labelOf = (group) => group.querySelector("legend, label")?.textContent.trim() ?? "";
const noteOf = (part, within = form) => within.querySelector(`input[name="was:${CSS.escape(part)}"]`);

// What stands in a field, as the server takes it: by what is added to its name, the texts.
function typedIn(group) {
  const typed = {};
  for (const one of group.querySelectorAll(CONTROLS)) {
    const place = one.name && !one.disabled ? split(one.name) : null;
    if (!place || (["checkbox", "radio"].includes(one.type) && !one.checked)) continue;
    (typed[place.more] ??= []).push(one.value);
  }
  return typed;
}

export const words = (typed) =>
  Object.entries(typed).filter(([more]) => !more.endsWith(".shown")).flatMap(([, texts]) => texts).filter(Boolean).join("; ");

class Field {
  constructor(name) {
    this.name = name;
    Object.assign(this, split(name));
    this.mark = "";
    this.saved = "";
    this.clash = null;
    this.refused = null;
    this.due = Infinity;
    this.since = Infinity;
    this.isOnItsWay = false; // sent, and not answered yet
  }
  get group() {
    return groupNamed(this.name);
  }
  get typed() {
    return this.group ? typedIn(this.group) : null;
  }
  get isUnsent() {
    const typed = this.typed;
    return typed !== null && JSON.stringify(typed) !== this.saved;
  }
  // Nobody's script may change what is being written here.
  get isBusy() {
    return this.clash !== null || this.isOnItsWay || this.isUnsent || Boolean(this.group?.contains(document.activeElement));
  }
}

export const fields = new Map();
export const written = new Set(); // fields that somebody typed in here and that may have to be sent
const versions = new Map();

export function fieldOf(group) {
  const name = group.dataset.field;
  if (!fields.has(name)) fields.set(name, new Field(name));
  return fields.get(name);
}

export const versionOf = (part) => versions.get(part) ?? 0;
// What is decided for a child is saved under the child's name, also before anything was.
export const keyOf = (part) => form.querySelector(`[data-part="${CSS.escape(part)}"]`)?.dataset.key || part;

// Take what the page shows as what was seen; of what is being written only what was seen before counts.
export function learn(within = form) {
  for (const note of within.querySelectorAll('input[name^="was:"]')) {
    const part = note.name.slice(4);
    const seen = JSON.parse(note.value);
    versions.set(part, Number(note.dataset.version));
    for (const [path, mark] of Object.entries(seen)) {
      const group = groupNamed(`${part}:${path}`);
      if (!group) continue;
      const known = fields.has(group.dataset.field);
      const field = fieldOf(group);
      if (known && field.isBusy) continue;
      field.mark = mark;
      field.saved = JSON.stringify(field.typed);
      field.refused = null;
    }
    writeNote(part);
  }
}

// The page's own note of what was seen goes along, so that the page can also be sent whole.
function writeNote(part) {
  const note = noteOf(part);
  if (!note) return;
  const seen = JSON.parse(note.value);
  for (const path of Object.keys(seen)) seen[path] = fields.get(`${part}:${path}`)?.mark ?? seen[path];
  note.value = JSON.stringify(seen);
}

export function saved(field, typed, answer) {
  field.mark = answer.mark;
  field.saved = JSON.stringify(typed);
  writeNote(field.part);
}

export function sawVersion(part, version) {
  versions.set(part, version);
}

export function unsent() {
  for (const one of written) if (!one.group || (!one.clash && !one.isOnItsWay && !one.isUnsent)) written.delete(one);
  return [...written];
}
