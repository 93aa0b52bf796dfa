// One-time codes: digits only, sent by itself when complete (data-otp-send), one form at a time.
import { digits, on, send } from "./dom.js";

on("input", "[autocomplete=one-time-code]", (event, input) => {
  const length = Number(input.maxLength) > 0 ? input.maxLength : 6;
  const code = digits(input.value).slice(0, length);
  if (code !== input.value) {
    input.value = code;
  }
  if (code.length === length && input.hasAttribute("data-otp-send") && input.form && !input.form.dataset.sent) {
    send(input.form);
  }
});

// Phone numbers are pasted with spaces, dashes and +86.
on("change", "input[type=tel]", (event, input) => {
  const number = digits(input.value);
  input.value = number.length === 13 && number.startsWith("86") ? number.slice(2) : number;
});
