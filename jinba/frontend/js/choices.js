// A chosen answer looks chosen (old web views know no :has).
import { on, ready } from "./dom.js";

function paint(input) {
  const label = input.closest(".tap");
  if (label) {
    label.classList.toggle("is-on", input.checked);
    label.classList.remove("tap--on");
  }
}

on("change", ".tap input", (event, input) => {
  if (input.type === "radio") {
    const root = input.form || document;
    root.querySelectorAll(".tap input[type=radio]").forEach((other) => other.name === input.name && paint(other));
  } else {
    paint(input);
  }
});

ready(".tap input", paint);
