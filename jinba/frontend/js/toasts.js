// Messages born in the page. A server sends one with the header HX-Trigger: {"toast": {"level": "success", "text": "…"}}.
import { on } from "./dom.js";

const SECONDS = 8;

/** Shows a message at the foot of the page; errors stay until they are closed. */
export function toast(level, text) {
  const place = document.querySelector("[data-toasts]");
  if (!place) {
    return;
  }
  const box = document.createElement("div");
  box.className = `message message--${level}`;
  const words = document.createElement("div");
  words.className = "message__text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "message__close";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "关闭");
  close.textContent = "×";
  box.append(words, close);
  if (level === "success") {
    // Who does one thing after another sees what came of the last: a pile would lie over the buttons.
    for (const older of place.querySelectorAll(".message--success")) {
      older.remove();
    }
  }
  place.append(box);
  if (level !== "error") {
    setTimeout(() => box.remove(), SECONDS * 1000);
  }
}

on("click", "[data-dismiss]", (event, button) => {
  const box = button.closest(".message");
  if (box) {
    box.remove();
  }
});

document.addEventListener("toast", (event) => toast(event.detail.level || "info", event.detail.text));
document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.requestConfig.elt.matches("[data-nudges]")) {
    toast("error", "网络没连上，请检查一下再试。");
  }
});
document.addEventListener("htmx:timeout", () => toast("error", "等得太久了，请再试一次。"));
document.addEventListener("htmx:responseError", (event) => {
  const words = { 403: "您没有权限做这一步。", 404: "这条内容已经不在了，请刷新页面。", 429: "点得太快了，请歇一会儿再试。" };
  toast("error", words[event.detail.xhr.status] || "这一步没有办成，请稍后再试。");
});
