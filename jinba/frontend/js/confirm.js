// data-confirm="…?" on a button or link: asks before it acts. data-confirm-yes names the yes button.
// A deed that must be asked without scripts too leads to a page of its own (templates/confirm.html).
const agreed = new WeakSet();

document.addEventListener(
  "click",
  (event) => {
    const asker = event.target instanceof Element ? event.target.closest("[data-confirm]") : null;
    if (!asker || agreed.delete(asker)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const go = () => {
      agreed.add(asker);
      asker.click();
    };
    const dialog = document.querySelector("[data-confirm-dialog]");
    if (!dialog || !dialog.showModal) {
      if (window.confirm(asker.dataset.confirm)) {
        go();
      }
      return;
    }
    const yes = dialog.querySelector("[data-confirm-yes]");
    dialog.querySelector("[data-confirm-text]").textContent = asker.dataset.confirm;
    yes.textContent = asker.dataset.confirmYes || "确定";
    yes.onclick = () => {
      dialog.close();
      go();
    };
    dialog.querySelector("[data-confirm-no]").onclick = () => dialog.close();
    dialog.showModal();
  },
  true,
);

// data-open="id" opens a dialog of the page, data-close shuts the one it stands in.
document.addEventListener("click", (event) => {
  const opener = event.target instanceof Element ? event.target.closest("[data-open]") : null;
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog && dialog.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = event.target instanceof Element ? event.target.closest("[data-close]") : null;
  if (closer && closer.closest("dialog")) {
    closer.closest("dialog").close();
  }
});
