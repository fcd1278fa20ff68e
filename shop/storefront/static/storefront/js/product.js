// Product page: pickers that choose a variant, and thumbnails that do not move the page.
const form = document.querySelector("[data-buy]");
const gallery = document.querySelector("[data-gallery]");

function show(slide) {
  const slides = slide?.parentElement;
  slides?.scrollTo({ left: slide.offsetLeft - slides.offsetLeft, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function mark(slide) {
  for (const link of gallery.querySelectorAll(".thumbs a")) {
    if (link.hash === `#${slide.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

if (gallery) {
  gallery.addEventListener("click", (event) => {
    const link = event.target.closest(".thumbs a");
    if (!link) return;
    event.preventDefault();
    show(document.getElementById(link.hash.slice(1)));
  });
  const seen = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => mark(entry.target)),
    { root: gallery.querySelector(".slides"), threshold: 0.6 },
  );
  gallery.querySelectorAll(".slides > li").forEach((slide) => seen.observe(slide));
}

const facts = document.getElementById("variants");
if (form && facts) {
  const variants = JSON.parse(facts.textContent);
  const pickers = [...form.querySelectorAll("[data-option]")];
  const wanted = () => pickers.map((picker) => picker.querySelector(":checked")?.value);
  const fits = (variant, values) => values.every((value, index) => variant.values[index] === value);

  // The combination asked for; if nobody makes it, the nearest one that keeps the option just chosen.
  const choose = (changed) => {
    const values = wanted();
    const near = variants.filter((variant) => variant.values[changed] === values[changed]);
    const likeness = (variant) => variant.values.filter((value, index) => value === values[index]).length + (variant.available ? 0.5 : 0);
    return variants.find((variant) => fits(variant, values)) ?? near.toSorted((a, b) => likeness(b) - likeness(a))[0];
  };

  const words = (element, text) => {
    if (element) element.textContent = text;
  };

  const price = (variant) => {
    const line = form.querySelector("[data-price] template").content.cloneNode(true);
    const p = line.firstElementChild;
    words(p.querySelector(".now"), variant.now);
    if (variant.was) {
      p.classList.add("sale");
      words(p.querySelector("del"), variant.was);
      words(p.querySelector(".saved"), `−${variant.saved} %`);
    } else {
      p.querySelectorAll("[data-sale]").forEach((part) => part.remove());
    }
    return p;
  };

  const apply = (variant) => {
    form.elements.variant.value = variant.id;
    form.querySelector("[data-price] .price").replaceWith(price(variant));
    const stock = form.querySelector("[data-stock]");
    stock.className = `stock ${variant.mood}`;
    words(stock, variant.stock);
    const button = form.querySelector("[data-add]");
    button.disabled = !variant.available;
    words(button, variant.available ? button.dataset.words : button.dataset.wordsGone);
    pickers.forEach((picker, index) => {
      words(picker.querySelector("[data-chosen]"), variant.values[index]);
      picker.querySelectorAll("input").forEach((input) => {
        input.checked = input.value === variant.values[index];
        // Crossed out: not to be had together with what is chosen elsewhere.
        const values = variant.values.with(index, input.value);
        input.parentElement.classList.toggle("gone", !variants.some((other) => other.available && fits(other, values)));
      });
    });
    if (variant.picture) show(gallery?.querySelector(`[data-picture="${variant.picture}"]`));
    history.replaceState(history.state, "", `?variant=${encodeURIComponent(variant.sku)}`);
  };

  pickers.forEach((picker, index) => picker.addEventListener("change", () => apply(choose(index))));

  // Somebody may have chosen before this script came, or the browser may have restored what was chosen earlier.
  const shown = variants.find((variant) => String(variant.id) === form.elements.variant.value);
  if (shown && !fits(shown, wanted())) apply(choose(wanted().findIndex((value, index) => value !== shown.values[index])));
  else if (shown?.picture && location.search.includes("variant=")) show(gallery?.querySelector(`[data-picture="${shown.picture}"]`));
}
