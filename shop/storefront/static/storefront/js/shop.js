// Small manners for htmx: clean addresses, a note that can be closed. Every page works without this.
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

document.addEventListener("htmx:sendError", () => {
  toast.innerHTML = document.getElementById("offline")?.innerHTML ?? "";
});

document.addEventListener("htmx:responseError", () => {
  toast.innerHTML = document.getElementById("offline")?.innerHTML ?? "";
});
