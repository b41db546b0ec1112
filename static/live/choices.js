// A list of choices under an input, by the keyboard: arrows go through it, Enter chooses, Escape closes it.
// The input keeps the focus throughout (the combobox pattern of the ARIA authoring practices).

let number = 0;

export class Choices {
  // `inside` is where the list is put; `deed` is called with what was chosen.
  constructor(input, inside, label, deed) {
    this.input = input;
    this.deed = deed;
    this.options = [];
    this.at = -1;
    this.list = Object.assign(document.createElement("ul"), { className: "accord-offers", id: `offers-${++number}`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.dataset.live = "own"; // whoever brings the page up to date leaves it alone
    inside.append(this.list);
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    // The mouse chooses without taking the focus away first.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
    this.dress();
  }

  dress() {
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", this.list.id]]) this.input.setAttribute(name, value);
    this.input.setAttribute("aria-expanded", String(this.isOpen));
  }

  get isOpen() {
    return !this.list.hidden;
  }

  // Each option has `shows`, and whatever its chooser needs; nothing is chosen until somebody does.
  show(options) {
    this.options = options;
    this.list.replaceChildren(...options.map((one, place) => {
      const option = Object.assign(document.createElement("li"), { className: "accord-offers__one", id: `${this.list.id}-${place}`, dir: "auto", textContent: one.shows });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    this.list.hidden = !options.length;
    this.go(-1);
    this.dress();
  }

  close() {
    if (this.isOpen) this.show([]);
  }

  go(place) {
    this.at = place;
    [...this.list.children].forEach((one, here) => one.setAttribute("aria-selected", String(here === place)));
    const active = this.list.children[place];
    if (active) {
      this.input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  choose(place) {
    const chosen = this.options[place];
    this.close();
    if (chosen) this.deed(chosen);
  }

  press(event) {
    if (!this.isOpen || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.go(this.at >= last ? -1 : this.at + 1);
    else if (event.key === "ArrowUp") this.go(this.at < 0 ? last : this.at - 1);
    else if (event.key === "Enter" && this.at >= 0) this.choose(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
