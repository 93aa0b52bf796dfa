// [data-rows]: lines of which only those in use are shown. [data-row-fill] puts words into the next empty one.
import { ready } from "../dom.js";

ready("[data-rows]", (part) => {
  const rows = Array.from(part.querySelectorAll("[data-row]"));
  const words = (row) => row.querySelector("input[type=text]");
  const more = part.querySelector("[data-row-more]");

  const empty = () => rows.find((row) => words(row).value.trim() === "");
  const show = () => {
    more.hidden = rows.every((row) => !row.hidden);
    part.querySelectorAll("[data-row-fill]").forEach((button) => {
      button.hidden = !empty() || rows.some((row) => words(row).value.trim() === button.dataset.rowFill);
    });
  };

  rows.forEach((row, number) => {
    row.hidden = number > 0 && words(row).value.trim() === "" && !row.querySelector(".errorlist");
  });
  more.addEventListener("click", () => {
    const next = rows.find((row) => row.hidden);
    if (next) {
      next.hidden = false;
      words(next).focus();
    }
    show();
  });
  part.addEventListener("input", show);
  part.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-row-fill]");
    const row = button && empty();
    if (!row) {
      return;
    }
    row.hidden = false;
    words(row).value = button.dataset.rowFill;
    const weight = row.querySelector("select");
    if (weight) {
      weight.value = button.dataset.rowWeight;
    }
    words(row).dispatchEvent(new Event("input", { bubbles: true })); // also for who asks before leaving
  });
  show();
});
