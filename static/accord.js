// Improves what works without it: warns before typed text is left, and brings the reader to what was opened or wrong.
// A page that saves by itself (live/) warns by itself.
const typed = new Set();
for (const form of document.querySelectorAll("form[data-warns]:not([data-live])")) {
  form.addEventListener("input", () => typed.add(form));
  form.addEventListener("submit", () => typed.clear());
}
addEventListener("beforeunload", (event) => {
  if (typed.size) event.preventDefault();
});
// A page that comes back as it was left (“back”) gets new marks: what is pressed on it now is another press.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const one of document.querySelectorAll('input[name="once"]')) one.value = crypto.randomUUID();
});
// The officer card shows its lines and words while it is typed.
const card = [...document.querySelectorAll('main form [name$=":officer_card"]')];
const counter = document.getElementById("card-count");
if (card.length && counter) {
  const count = () => {
    const lines = card.flatMap((one) => one.value.split("\n")).filter((line) => line.trim());
    const words = lines.join(" ").split(/\s+/).filter(Boolean).length;
    counter.textContent = `${lines.length} of ${counter.dataset.lines} lines, ${words} of ${counter.dataset.words} words`;
  };
  for (const one of card) one.addEventListener("input", count);
  count();
}
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
