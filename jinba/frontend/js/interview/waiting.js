// The waiting room: what happens next, and the place in the queue.
export class Waiting {
  constructor(root, kind) {
    this.title = root.querySelector("[data-wait-title]");
    this.text = root.querySelector("[data-wait-text]");
    this.queue = root.querySelector("[data-wait-queue]");
    this.kind = kind;
  }

  take({ on, you, people, queue }) {
    const [title, text] = this.words(on, you, people);
    if (this.title.textContent !== title) {
      this.title.textContent = title;
    }
    if (this.text.textContent !== text) {
      this.text.textContent = text;
    }
    this.queue.hidden = !queue || you.admitted;
    if (queue) {
      const before = queue.before > 0 ? `前面还有 ${queue.before} 位，轮到您会叫您。` : "下一位就是您。";
      const words = `您排第 ${queue.number} 号，${before}`;
      if (this.queue.textContent !== words) {
        this.queue.textContent = words;
      }
    }
  }

  words(on, you, people) {
    if (!on) {
      return ["面试室还没有开", "开始前 30 分钟可以进。这个页面不用关，到时候会自己打开。"];
    }
    const recruiter = people.find((person) => person.kind === "recruiter");
    if (recruiter && recruiter.here) {
      return ["您已经到了，请等一下", "面试官在里面，马上会请您进去。请不要关掉这个页面，把手机声音开大一点。"];
    }
    return ["您已经到了", "面试官还没有来，来了会请您进去。请不要关掉这个页面。"];
  }
}
