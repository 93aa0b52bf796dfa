// The sheet over the room: applying and signing in without leaving the picture. Each look comes from the server; what
// was typed stays when the network fails, and comes back with a sentence when it is wrong.
import { renewToken } from "./door.js";

const LOST = "网络没连上，填的都还在，请再点一次。";
const SECOND_TAP = 600; // milliseconds: who taps twice means it once

export class Sheet {
  /** `hears` has me(me): who looks now; position(): seconds of the replay; closed(). */
  constructor(root, hears) {
    this.hears = hears;
    this.sheet = root.querySelector("[data-sheet]");
    this.box = this.sheet.querySelector("[data-sheet-box]");
    this.body = this.sheet.querySelector("[data-sheet-body]");
    this.url = "";
    this.then = null;
    this.freshSince = 0; // when the look changed under the finger
    this.sheet.addEventListener("click", (event) => this.calm(event), true);
    this.sheet.addEventListener("click", (event) => {
      if (event.target.closest("[data-sheet-close]")) {
        event.preventDefault(); // without scripts it leads back to the room
        this.close();
      }
    });
    this.sheet.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("keydown", (event) => {
      if (this.sheet.hidden) {
        return;
      }
      if (event.key === "Escape") {
        this.close();
      } else if (event.key === "Tab") {
        this.keepFocus(event);
      }
    });
  }

  /** The second of two taps belongs to what stood there before: it neither closes the sheet nor agrees to anything. */
  calm(event) {
    const isOnBack = event.target.closest(".sheet__back");
    if (Date.now() - this.freshSince < SECOND_TAP && (isOnBack || event.detail > 1)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** `then` is called once the person is signed in. */
  async open(url, then) {
    this.opener = document.activeElement;
    this.then = then || null;
    this.position = this.hears.position();
    if (this.url !== url || !this.body.querySelector("form")) {
      this.url = url;
      this.body.textContent = "正在打开…";
      this.show();
      await this.fetch(url);
    } else {
      this.show(); // what was typed before it was closed is still there
    }
  }

  show() {
    this.freshSince = Date.now();
    this.sheet.hidden = false;
    document.documentElement.classList.add("has-sheet");
    this.focus();
  }

  close() {
    if (this.sheet.hidden) {
      return;
    }
    this.sheet.hidden = true;
    document.documentElement.classList.remove("has-sheet");
    if (this.opener && this.opener.isConnected) {
      this.opener.focus();
    }
    this.hears.closed();
  }

  focus() {
    const first = this.body.querySelector("[data-focus], .field--invalid input, input:not([type=hidden]):not([type=radio]), button[type=submit]");
    (first || this.box).focus({ preventScroll: true });
  }

  keepFocus(event) {
    const all = Array.from(this.box.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")).filter(
      (one) => !one.disabled && one.offsetParent !== null,
    );
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (all.length && (document.activeElement === edge || !this.box.contains(document.activeElement))) {
      event.preventDefault();
      (event.shiftKey ? all[all.length - 1] : all[0]).focus();
    }
  }

  async submit(event) {
    const form = event.target;
    event.preventDefault();
    if (this.isGoing) {
      return;
    }
    const fields = new FormData(form);
    const button = event.submitter || form.querySelector("[type=submit][name]");
    if (button && button.name) {
      fields.append(button.name, button.value);
    }
    await this.fetch(this.url, { method: "POST", body: new URLSearchParams(fields) }, form);
  }

  async fetch(url, options = {}, form) {
    this.isGoing = true;
    this.box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { "HX-Request": "true" } });
      if (answer.headers.get("HX-Redirect")) {
        location.href = answer.headers.get("HX-Redirect");
        return;
      }
      if (![200, 403, 410, 422].includes(answer.status) || !(answer.headers.get("Content-Type") || "").includes("html")) {
        throw new Error(String(answer.status));
      }
      this.take(await answer.text());
    } catch (error) {
      if (form) {
        document.dispatchEvent(new CustomEvent("toast", { detail: { level: "error", text: LOST } }));
      } else {
        this.body.textContent = "没有打开，网络好像断了。请关上再点一次。";
        this.url = "";
      }
    } finally {
      this.isGoing = false;
      this.box.removeAttribute("aria-busy");
      if (form && form.isConnected) {
        // So that it may be sent again (js/once.js).
        form.dispatchEvent(new CustomEvent("htmx:afterRequest", { bubbles: true }));
      }
    }
  }

  take(html) {
    this.body.innerHTML = html;
    this.freshSince = Date.now();
    const look = this.body.querySelector("[data-look]");
    if (!look) {
      throw new Error("no look");
    }
    for (const field of this.body.querySelectorAll("[data-position]")) {
      if (!field.value) {
        field.value = this.position ? this.position.toFixed(1) : "";
      }
    }
    // The site's small behaviours hang themselves on what comes in.
    look.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: look } }));
    const me = JSON.parse(this.body.querySelector("#live-me").textContent);
    renewToken(me.csrf);
    this.hears.me(me);
    if (look.dataset.look === "done" || look.dataset.look === "in") {
      this.url = "";
    }
    this.focus();
    this.box.scrollTop = 0;
    if (look.dataset.look === "in" && this.then) {
      const { then } = this;
      this.then = null;
      this.close();
      then();
    }
  }
}
