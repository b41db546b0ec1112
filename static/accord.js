// Improves what works without it: warns before typed text is left, and brings the reader to what was opened or wrong.
const typed = new Set();
for (const form of document.querySelectorAll("form[data-warns]")) {
  form.addEventListener("input", () => typed.add(form));
  form.addEventListener("submit", () => typed.clear());
}
addEventListener("beforeunload", (event) => {
  if (typed.size) event.preventDefault();
});
// After “Save” one is where one was; only the position is noted, never a text.
const here = `accord ${location.pathname}`;
for (const form of document.querySelectorAll("form[data-warns]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "save") sessionStorage.setItem(here, scrollY);
  });
}
const before = sessionStorage.getItem(here);
sessionStorage.removeItem(here);
const problems = document.querySelector("[role=alert][tabindex]");
const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (problems) {
  problems.focus();
} else if (target) {
  for (let place = target; place; place = place.parentElement) if (place.localName === "details") place.open = true;
  const input = target.matches("input, textarea, select") ? target : target.querySelector("input:not([type=hidden]), textarea, select");
  (input || target).focus();
  target.scrollIntoView({ block: "center" });
} else if (before !== null) {
  scrollTo(0, Number(before));
}
