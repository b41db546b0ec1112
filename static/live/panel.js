// The side panel on a narrow page: folded to one line under the step until somebody goes there.

const fold = document.querySelector("aside.accord-panel details.accord-panel__fold");
const NARROW = "(max-width: 59.99em)"; // where the panel no longer stands beside the form (accord.css)

export function goToPanel() {
  if (fold) fold.open = true;
  document.getElementById("panel-title")?.focus();
}

export function watchPanel() {
  if (fold && matchMedia(NARROW).matches) fold.open = false;
  document.getElementById("needed-line")?.addEventListener("click", () => { if (fold) fold.open = true; });
}
