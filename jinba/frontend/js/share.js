// data-share="url" hands a link to the phone's own sharing, data-copy="words" puts words on the clipboard.
import { on } from "./dom.js";
import { toast } from "./toasts.js";

function copyTheOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    return copyTheOldWay(text);
  }
}

async function copyAndTell(text) {
  const done = await copy(text);
  // What cannot be copied for him stands there, so that he can do it himself; an error stays until it is closed.
  toast(done ? "success" : "error", done ? "已复制，可以发给家人和老乡了。" : `没能复制。请长按选中这些字，自己复制：${text}`);
}

on("click", "[data-copy]", (event, button) => copyAndTell(button.dataset.copy));

on("click", "[data-share]", async (event, button) => {
  event.preventDefault();
  const url = new URL(button.dataset.share || location.href, location.href).href;
  const words = button.dataset.shareWords;
  if (!navigator.share) {
    copyAndTell(words || url);
    return;
  }
  try {
    // The words already end in the address.
    await navigator.share({ title: button.dataset.shareTitle || document.title, ...(words ? { text: words } : { url }) });
  } catch (error) {
    if (error.name !== "AbortError") {
      copyAndTell(words || url);
    }
  }
});
