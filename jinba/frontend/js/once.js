// data-once on a form: a second tap while the first is under way is swallowed. The server keeps the promise, this spares the wait.
import { on } from "./dom.js";

function free(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  }
}

on("submit", "form[data-once]", (event, form) => {
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.defaultPrevented && !form.matches("[hx-post], [hx-get]")) {
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter || form.querySelector("[type=submit]");
  if (button) {
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
  }
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form[data-once]");
  if (form) {
    free(form);
  }
});

// The page may come back from the browser's memory.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    free(form);
  }
});
