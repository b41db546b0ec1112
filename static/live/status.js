// The line that tells the truth, and what is said aloud of it.

const line = document.getElementById("saved");
const aloud = document.getElementById("said");
let shown = "";

// Saving goes on all the time: only what changes is said aloud, not every second.
export function tell(state, words, { say = state !== shown } = {}) {
  line.textContent = words;
  line.dataset.state = state;
  if (say && state !== "saving") aloud.textContent = words;
  if (state !== "saving") shown = state;
}

export function announce(words) {
  aloud.textContent = "";
  setTimeout(() => { aloud.textContent = words; }, 50);
}

export const state = () => shown;
