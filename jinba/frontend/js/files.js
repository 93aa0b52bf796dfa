// data-most-megabytes on a file input: a file that is too large is told at once, not after it was sent. The server keeps the limit.
import { on } from "./dom.js";

on("change", "input[type=file][data-most-megabytes]", (event, input) => {
  const most = Number(input.dataset.mostMegabytes);
  const file = input.files && input.files[0];
  const isTooLarge = file && file.size > most * 1000000;
  input.setCustomValidity(isTooLarge ? `文件太大了，最多 ${most} MB。请换一个小一些的。` : "");
  if (isTooLarge) {
    input.reportValidity();
  }
});

on("submit", "form", (event, form) => {
  const input = form.querySelector("input[type=file][data-most-megabytes]");
  if (input && !input.checkValidity()) {
    event.preventDefault();
    event.stopImmediatePropagation();
    input.reportValidity();
  }
}, true);
