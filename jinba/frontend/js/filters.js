// data-autosubmit on a form: on a desk a changed filter acts at once; on a phone its button does, so that several can be set in peace.
// data-open-wide on a <details>: open where there is room.
import { on, ready, send } from "./dom.js";

const desk = window.matchMedia("(min-width: 992px)");
let waiting;

on("change", "form[data-autosubmit]", (event, form) => {
  if (desk.matches && event.target.type !== "search" && event.target.type !== "text") {
    clearTimeout(waiting);
    waiting = setTimeout(() => send(form), 300);
  }
});

ready("details[data-open-wide]", (details) => {
  if (desk.matches) {
    details.open = true;
  }
});
