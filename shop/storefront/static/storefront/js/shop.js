// Small manners for htmx: clean addresses, a note that can be closed, suggestions. Every page works without this.
const toast = document.getElementById("toast");
let clock;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) toast.replaceChildren();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") toast.replaceChildren();
});

// A note goes away by itself, but never while somebody is reading or using it.
const leave = () => {
  if (toast.matches(":hover, :focus-within")) clock = setTimeout(leave, 2000);
  else toast.replaceChildren();
};

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== toast) return;
  clearTimeout(clock);
  clock = setTimeout(leave, 8000);
});

// Empty filters stay out of the address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData.entries()]) {
    if (value === "") detail.formData.delete(name);
  }
});

// What the search field would have suggested is not missed.
const quiet = (event) => event.target.id === "search";

document.addEventListener("htmx:sendError", (event) => {
  if (!quiet(event)) toast.innerHTML = document.getElementById("offline")?.innerHTML ?? "";
});

document.addEventListener("htmx:responseError", (event) => {
  if (!quiet(event)) toast.innerHTML = document.getElementById("offline")?.innerHTML ?? "";
});

// The search field suggests while one types: a combobox with a list, which htmx asks for.
const input = document.getElementById("search");
const list = document.getElementById("suggestions");
const said = document.getElementById("suggestions-said");
const SHORTEST = 2;

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

const choose = (option) => {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
};

const open = (wanted) => {
  const shown = wanted && options().length > 0;
  if (!shown) choose(null);
  list.hidden = !shown;
  input.setAttribute("aria-expanded", String(shown));
};

// One step through the list; beyond its ends lies the field itself.
const step = (by) => {
  const all = options();
  const next = all.indexOf(chosen()) + by;
  if (next >= 0) choose(all[next]);
  else choose(by === -1 && !chosen() ? all.at(-1) : null);
};

const go = (option, event) => {
  if (event.ctrlKey || event.metaKey) window.open(option.dataset.address);
  else location.assign(option.dataset.address);
};

const keys = {
  ArrowDown: () => (list.hidden ? open(true) : step(1)),
  ArrowUp: () => (list.hidden ? open(true) : step(-1)),
  Escape: () => open(false),
  Enter: (event) => go(chosen(), event),
};

input.setAttribute("role", "combobox");
input.setAttribute("aria-autocomplete", "list");
input.setAttribute("aria-controls", list.id);
open(false);

input.addEventListener("keydown", (event) => {
  const idle = (event.key === "Escape" && list.hidden) || (event.key === "Enter" && !chosen());
  if (event.isComposing || idle || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key](event);
});

input.addEventListener("blur", () => open(false));
list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) go(option, event);
});

input.addEventListener("htmx:configRequest", (event) => {
  if (input.value.trim().length >= SHORTEST) return;
  event.preventDefault();
  list.replaceChildren();
  open(false);
});

// An answer that comes when somebody has gone on is not shown.
list.addEventListener("htmx:afterSwap", () => {
  open(document.activeElement === input && input.value.trim().length >= SHORTEST);
  said.textContent = list.querySelector("template")?.dataset.words ?? "";
});
