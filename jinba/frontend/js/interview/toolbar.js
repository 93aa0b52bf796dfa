// The row of big buttons under the thumb, and the drawers that they open.
import * as devices from "./devices.js";

export class Toolbar {
  /** `hears` has tell(words), leave(), opened(drawer). */
  constructor(root, hears) {
    this.root = root;
    this.hears = hears;
    this.drawers = Array.from(root.querySelectorAll("[data-drawer]"));
    root.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("[data-do]");
      if (button && this[button.dataset.do]) {
        this[button.dataset.do](button);
      }
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.shut();
      }
    });
    this.show();
  }

  button(name) {
    return this.root.querySelector(`.call-bar [data-do=${name}]`);
  }

  show() {
    this.mark("mute", !devices.state.wantsSound, ["静音", "开声音"]);
    this.mark("dark", !devices.track("video"), ["关画面", "开画面"]);
    this.button("flip").hidden = devices.state.cameras < 2;
  }

  mark(name, isOff, [on, off]) {
    const button = this.button(name);
    button.classList.toggle("is-off", isOff);
    button.querySelector("[data-word]").textContent = isOff ? off : on;
  }

  mute() {
    devices.setSound(!devices.state.wantsSound);
  }

  async dark(button) {
    button.disabled = true;
    try {
      await devices.setPicture(!devices.track("video"));
    } catch (error) {
      this.hears.tell("打不开摄像头。请看看别的软件是不是正在用它，或者在手机设置里允许浏览器用摄像头。");
    }
    button.disabled = false;
  }

  async flip(button) {
    button.disabled = true;
    try {
      await devices.nextCamera();
    } catch (error) {
      this.hears.tell("换不了镜头，请再试一次。");
    }
    button.disabled = false;
  }

  hangup() {
    this.hears.leave();
  }

  // Drawers ---------------------------------------------------------------------------------------------------------
  chat(button) {
    this.toggle("chat", button);
  }

  people(button) {
    this.toggle("people", button);
  }

  aside(button) {
    this.toggle("aside", button);
  }

  toggle(name, button) {
    const drawer = this.drawers.find((one) => one.dataset.drawer === name);
    const opens = drawer.classList.contains("drawer--shut") || drawer.hidden;
    this.shut();
    if (opens) {
      this.opener = button;
      this.set(drawer, true);
      this.hears.opened(name);
    }
  }

  shut() {
    for (const drawer of this.drawers) {
      if (drawer.contains(document.activeElement) && this.opener) {
        this.opener.focus();
      }
      this.set(drawer, false);
    }
  }

  set(drawer, isOpen) {
    // What stands beside the call on a desk stays there: only a phone shuts it.
    if (drawer.dataset.drawer === "aside") {
      drawer.classList.toggle("drawer--shut", !isOpen);
    } else {
      drawer.hidden = !isOpen;
    }
    const button = this.button(drawer.dataset.drawer);
    if (button) {
      button.setAttribute("aria-expanded", String(isOpen));
    }
  }

  unread(count) {
    const badge = this.button("chat").querySelector("[data-count]");
    badge.hidden = count === 0;
    badge.querySelector("[data-number]").textContent = count;
  }
}
