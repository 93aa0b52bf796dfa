// data-shown-for="way=series queue" inside a form: there only while the field `way` has one of these values.
import { on, ready } from "./dom.js";

function value(form, name) {
  const fields = Array.from(form.elements).filter((field) => field.name === name);
  const chosen = fields.find((field) => (field.type !== "radio" && field.type !== "checkbox") || field.checked);
  return chosen ? chosen.value : "";
}

function show(part) {
  const form = part.closest("form");
  const [name, values] = part.dataset.shownFor.split("=");
  part.hidden = !values.split(" ").includes(value(form, name));
}

on("change", "form", (event, form) => form.querySelectorAll("[data-shown-for]").forEach(show));
ready("[data-shown-for]", show);
