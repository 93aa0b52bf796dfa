// Likes: shown at once, sent in bundles, so that a thumb can go as fast as it likes.

const EVERY = 1_000;
const AT_ONCE = 20;
const FLOATS = 12;

export class Likes {
  /** `send(n)` is false when nobody hears it. */
  constructor(root, send) {
    this.button = root.querySelector("[data-like]");
    this.floats = root.querySelector("[data-floats]");
    this.send = send;
    this.unsent = 0;
    if (this.button) {
      this.number = this.button.querySelector("[data-likes]");
      this.button.addEventListener("click", () => this.tap());
    }
  }

  tap() {
    if (this.unsent >= AT_ONCE) {
      return;
    }
    this.unsent += 1;
    this.number.textContent = Number(this.number.textContent) + 1;
    if (this.floats.children.length < FLOATS) {
      const heart = document.createElement("span");
      heart.className = `stage__heart stage__heart--${this.unsent % 3}`;
      heart.textContent = "♥";
      this.floats.append(heart);
      setTimeout(() => heart.remove(), 1_600);
    }
    this.timer = this.timer || setTimeout(() => this.flush(), EVERY);
  }

  flush() {
    this.timer = 0;
    if (this.unsent && this.send(this.unsent)) {
      this.unsent = 0;
    } else if (this.unsent) {
      this.timer = setTimeout(() => this.flush(), 3 * EVERY);
    }
  }

  /** The server's number never makes ours go back before it knows of our own. */
  count(likes) {
    if (this.number) {
      this.number.textContent = Math.max(likes + this.unsent, 0);
    }
  }
}
