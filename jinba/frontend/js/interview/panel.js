// [data-panel-form]: the recruiter's card. It is saved while he writes. What the server does not have yet lies in
// sessionStorage, so that neither a reload nor a dead line loses a word; an older page never writes over a newer card.
import { ready } from "../dom.js";

const PAUSE = 800; // ms without a key before it is saved
const LONGEST_PAUSE = 15_000;
const WORDS = ["", "不行", "一般", "还行", "好", "很好"];
const OUT = "登录过期了。请在新窗口登录，再回到这里；写的都还在。";
const AWAY = "网络没连上，先存在这台设备上，连上就保存。";

/** name → values of all that is written; the token and the version are no content. */
function written(form) {
  const found = {};
  for (const element of Array.from(form.elements)) {
    const isTick = element.type === "checkbox" || element.type === "radio";
    if (!element.name || !element.name.startsWith("card-") || element.name === "card-version" || (isTick && !element.checked)) {
      continue;
    }
    if (isTick || element.value !== "") {
      found[element.name] = (found[element.name] || []).concat(element.value);
    }
  }
  return found;
}

function fill(form, fields) {
  for (const element of Array.from(form.elements)) {
    if (!element.name || !element.name.startsWith("card-") || element.name === "card-version") {
      continue;
    }
    const values = fields[element.name] || [];
    if (element.type === "checkbox" || element.type === "radio") {
      element.checked = values.includes(element.value);
    } else {
      element.value = values[0] || "";
    }
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

const same = (one, other) => JSON.stringify(one, Object.keys(one).sort()) === JSON.stringify(other, Object.keys(other).sort());

class Store {
  constructor(key) {
    this.key = key;
  }

  get() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key));
    } catch (error) {
      return null;
    }
  }

  set(copy) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(copy));
    } catch (error) {
      // Full or forbidden: the server is asked all the same.
    }
  }

  clear() {
    try {
      sessionStorage.removeItem(this.key);
    } catch (error) {
      // As above.
    }
  }
}

ready("[data-panel-form]", (form) => {
  const part = (name) => form.querySelector(`[data-panel-${name}]`);
  const version = form.elements["card-version"];
  const store = new Store(form.dataset.key);
  const endings = form.dataset.endings.split(" ");
  const steps = JSON.parse(document.getElementById("panel-steps").textContent);
  let timer = 0;
  let failures = 0;
  let isDirty = false;
  let isSaving = false;
  let sent = null; // what was last on its way: it may have arrived although this page never heard so
  let unheard = null; // what was posted without an answer: it goes again as it was, before anything newer
  let isOver = false; // handed in, or another page is ahead

  const tell = (words, isBad) => {
    part("state").textContent = words;
    part("state").classList.toggle("is-bad", Boolean(isBad));
  };

  // What fits together ------------------------------------------------------------------------------------------------
  const chosen = (name) => {
    const input = form.querySelector(`[name="card-${name}"]:checked`);
    return input ? input.value : "";
  };

  function show() {
    let weights = 0;
    let points = 0;
    form.querySelectorAll("[data-weight]").forEach((row) => {
      const input = row.querySelector("input:checked");
      if (input) {
        weights += Number(row.dataset.weight);
        points += Number(row.dataset.weight) * Number(input.value);
      }
    });
    const total = part("total");
    if (total) {
      const tenths = weights ? Math.floor((points * 10) / weights + 0.5) : 0;
      total.value = weights ? `${(tenths / 10).toFixed(1)} 分（${WORDS[Math.floor(tenths / 10 + 0.5)]}）` : "";
    }
    const result = chosen("result");
    form.querySelectorAll('[name="card-next_step"]').forEach((input) => {
      const fits = !result || steps[result].includes(input.value);
      input.closest(".tap").hidden = !fits;
      if (!fits && input.checked) {
        input.checked = false;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    part("reason").hidden = !endings.includes(chosen("next_step"));
    form.querySelectorAll("[data-saying]").forEach((button) => {
      button.hidden = result !== "" && button.dataset.saying !== result;
    });
  }

  // Saving ------------------------------------------------------------------------------------------------------------
  const token = () => form.elements.csrfmiddlewaretoken;

  /** All that is written, as it is posted. */
  function content() {
    const words = new URLSearchParams(new FormData(form));
    words.delete("csrfmiddlewaretoken");
    words.delete("card-version");
    return words.toString();
  }

  const post = (url, words, isLast) =>
    fetch(url, {
      method: "POST",
      credentials: "same-origin",
      keepalive: Boolean(isLast),
      headers: { Accept: "application/json", "X-CSRFToken": token().value },
      body: new URLSearchParams(`${words}&card-version=${encodeURIComponent(version.value)}`),
    });

  // Who signed in again in another window has another token since; a page of the site tells it.
  async function renewToken() {
    try {
      const answer = await fetch(form.action, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[name=csrfmiddlewaretoken]").value;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => {
        field.value = fresh;
      });
    } catch (error) {
      // No line: asked again with the next try.
    }
  }

  const isOut = (answer) => Boolean(answer && (answer.redirected || answer.status === 403));

  function plan(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  const remember = () => store.set({ version: Number(version.value), fields: written(form), sent });

  function touched() {
    isDirty = true;
    remember();
    show();
    if (!isOver) {
      tell("还没保存");
      plan(PAUSE);
    }
  }

  async function save(isLast) {
    clearTimeout(timer);
    if (isSaving || isOver || !isDirty) {
      return;
    }
    isSaving = true;
    isDirty = false;
    let answer = null;
    let data = {};
    const words = unheard || content();
    sent = unheard ? sent : written(form);
    remember();
    try {
      answer = await post(form.dataset.draft, words, isLast === true);
      data = await answer.json();
    } catch (error) {
      // No line, or a page that asks to sign in.
    }
    isSaving = false;
    unheard = answer && answer.status < 500 ? null : words;
    if (answer && answer.ok && data.version !== undefined) {
      failures = 0;
      version.value = data.version;
      sent = null;
      if (isDirty || words !== content()) {
        isDirty = true;
        remember();
        plan(PAUSE);
      } else {
        store.clear();
        tell(`${data.saved_at} 已保存`);
      }
      return;
    }
    isDirty = true;
    if (answer && answer.status === 409) {
      old(data.detail);
    } else if (answer && answer.status === 422) {
      tell(data.detail, true); // said at the field where he writes on
    } else {
      failures += 1;
      tell(isOut(answer) ? OUT : AWAY, true);
      if (isOut(answer)) {
        await renewToken();
      }
      plan(Math.min(1000 * 2 ** failures, LONGEST_PAUSE));
    }
  }

  function old(words, copy) {
    isOver = true;
    clearTimeout(timer);
    part("old").hidden = false;
    part("old-text").textContent = words;
    part("take").hidden = Boolean(copy);
    part("fill").hidden = !copy;
    part("fill").onclick = () => {
      isOver = false;
      part("old").hidden = true;
      fill(form, copy.fields);
      touched();
    };
    if (!copy) {
      tell("这一页没有再保存", true);
    }
  }

  // Handing in --------------------------------------------------------------------------------------------------------
  function complain(words, field) {
    const box = part("error");
    box.textContent = "";
    if (!words) {
      return;
    }
    const alert = document.createElement("div");
    alert.className = "error-summary";
    alert.setAttribute("role", "alert");
    alert.textContent = words;
    box.append(alert);
    const wrong = field && form.querySelector(`[name="card-${field}"]`);
    const place = (wrong && wrong.closest(".field")) || alert;
    if (place !== alert) {
      place.prepend(alert);
    }
    place.scrollIntoView({ block: "center" });
    if (wrong && wrong.type !== "hidden") {
      wrong.focus({ preventScroll: true });
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = part("send");
    if (button.classList.contains("is-busy")) {
      return;
    }
    form.querySelectorAll(".error-summary").forEach((one) => one.remove());
    button.classList.add("is-busy");
    clearTimeout(timer);
    while (isSaving) {
      await new Promise((done) => setTimeout(done, 50)); // its answer brings the version
    }
    if (unheard) {
      await save();
      clearTimeout(timer);
    }
    const words = content();
    let answer = null;
    let data = {};
    try {
      answer = unheard ? null : await post(form.action, words);
      data = answer ? await answer.json() : {};
    } catch (error) {
      // Told below.
    }
    if (isOut(answer)) {
      await renewToken();
    }
    button.classList.remove("is-busy");
    if (answer && answer.ok && data.url) {
      isOver = true;
      isDirty = false;
      store.clear();
      location.assign(data.url);
      return;
    }
    if (!answer && !unheard) {
      unheard = words;
      isDirty = true;
    }
    if (data.version !== undefined && answer.status !== 409) {
      version.value = data.version; // what he wrote is kept, only not handed in
      store.clear();
      isDirty = false;
    }
    if (answer && answer.status === 409) {
      old(data.detail);
    }
    complain(data.detail || (isOut(answer) ? OUT : "网络没连上，没有交成，请再点一次。"), data.field);
  });

  // Together ----------------------------------------------------------------------------------------------------------
  form.addEventListener("input", touched);
  form.addEventListener("change", (event) => event.isTrusted && touched());
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-saying]");
    if (button) {
      form.elements["card-feedback"].value = button.textContent;
      touched();
    }
  });
  part("take").addEventListener("click", () => location.reload());
  window.addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => (document.hidden ? save(true) : isDirty && plan(0)));
  window.addEventListener("online", () => isDirty && plan(0));

  // What was written here and never arrived.
  const copy = store.get();
  if (copy && same(copy.fields, written(form))) {
    store.clear();
  } else if (copy && (copy.version === Number(version.value) || (copy.sent && same(copy.sent, written(form))))) {
    fill(form, copy.fields);
    touched();
    tell("上次没存上的已经填回来了");
  } else if (copy) {
    old("这张评分表后来在别处改过，下面是最新的。您在这里写过、没存上的还在。", copy);
    isOver = false;
  }
  show();
});
