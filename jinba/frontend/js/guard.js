// data-guard on a form: leaving with unsaved words is asked about.
import { on } from "./dom.js";

const unsaved = new Set();

on("input", "form[data-guard]", (event, form) => unsaved.add(form));
on("submit", "form[data-guard]", (event, form) => unsaved.delete(form));

window.addEventListener("beforeunload", (event) => {
  if (Array.from(unsaved).some((form) => form.isConnected)) {
    event.preventDefault();
    event.returnValue = "";
  }
});
