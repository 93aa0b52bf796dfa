// When video does not work: the interview goes on by phone. This page only says so; who calls whom is said in the room.
import { post } from "./door.js";

const WORDS = {
  worker: "改打电话了。面试官会打您的手机，请留意接听，不认识的号码也接一下。",
  recruiter: "改打电话了。请打给求职者；打完照样写结果、交结果，和视频面试一样算数。",
  other: "改打电话了。面试官会直接打电话给求职者。",
};

export class ByPhone {
  constructor(root, kind, tells) {
    this.note = root.querySelector("[data-by-phone]");
    this.words = this.note.querySelector("[data-text]");
    this.kind = kind;
    this.tells = tells;
    for (const button of root.querySelectorAll("[data-do=phone]")) {
      button.addEventListener("click", () => this.ask(button));
    }
  }

  async ask(button) {
    button.disabled = true;
    try {
      this.take(await post("phone")); // a page that cannot open the line hears of it nowhere else
    } catch (error) {
      this.tells(error.message);
    } finally {
      button.disabled = false;
    }
  }

  /** Nobody calls any more. */
  end() {
    this.note.hidden = true;
  }

  take(snapshot) {
    if (snapshot.by_phone && this.note.hidden) {
      this.words.textContent = WORDS[this.kind] || WORDS.other;
    }
    this.note.hidden = !snapshot.by_phone;
  }
}
