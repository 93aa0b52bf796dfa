// One thing at a time on the page: waiting, the call, a trouble with its way out, goodbye.
import { say } from "./words.js";

/** Shows the parts of a screen and hides the others; `say` speaks a state to those who do not see it. */
export class Screens {
  constructor(root) {
    this.root = root;
    this.parts = Array.from(root.querySelectorAll("[data-screen-of]"));
    this.troubles = Array.from(root.querySelectorAll("[data-trouble]"));
    this.now = "";
  }

  show(name) {
    if (this.now === name) {
      return;
    }
    this.now = name;
    this.root.dataset.screen = name;
    for (const part of this.parts) {
      part.hidden = !part.dataset.screenOf.split(" ").includes(name);
    }
    document.body.classList.toggle("in-call", name === "call");
  }

  /** A trouble that ends the call, or one that stands above it (`over` false) until it is mended. */
  trouble(name, isEnd) {
    for (const part of this.troubles) {
      part.hidden = part.dataset.trouble !== name;
    }
    if (isEnd) {
      this.show("trouble");
    }
    const shown = this.troubles.find((part) => !part.hidden);
    if (shown) {
      say(shown.querySelector("h2").textContent);
    }
  }
}
