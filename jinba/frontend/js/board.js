// Picking several at once: data-picks on the form, data-pick on each box, data-pick-all, data-pick-count for the words.
import { on, ready } from "./dom.js";

function count(form) {
  const picks = Array.from(form.querySelectorAll("input[data-pick]"));
  const chosen = picks.filter((pick) => pick.checked).length;
  picks.forEach((pick) => {
    const card = pick.closest(".board__card, tr");
    if (card) {
      card.classList.toggle("is-on", pick.checked);
    }
  });
  form.querySelectorAll("[data-pick-count]").forEach((words) => {
    words.textContent = chosen ? `已选 ${chosen} 人` : "还没有选人";
  });
}

on("change", "form[data-picks]", (event, form) => {
  const all = event.target.closest("[data-pick-all]");
  if (all) {
    const column = all.closest("[data-pick-group]") || form;
    column.querySelectorAll("input[data-pick]").forEach((pick) => {
      pick.checked = all.checked;
    });
  }
  count(form);
});

ready("form[data-picks]", count);
