// What is said in the room: others' words as they come, our own at once, and the questions that everybody asks first.
import { newId } from "../ids.js";
import { post } from "./door.js";

const MOST = 200; // lines that stay in the page
const NEAR = 60; // pixels from the end that count as reading the newest
const A_QUESTION = /[?？]|吗$|多少|有没有|是不是|几点|什么|怎么/;

export class Chat {
  /** `hears` has signIn(then): ask the person who he is, and then go on; card(): the card spoken of, or null. */
  constructor(root, { url, isIn, slow, questions, hears }) {
    Object.assign(this, { url, isIn, slow, questions, hears });
    this.scroll = root.querySelector("[data-scroll]");
    this.list = root.querySelector("[data-lines]");
    this.form = root.querySelector("[data-chat-form]");
    this.field = this.form.querySelector("[name=text]");
    this.newest = root.querySelector("[data-newest]");
    this.fate = root.querySelector("[data-fate]");
    this.shut = root.querySelector("[data-chat-shut]");
    this.mine = new Map(); // message id → our row
    this.waiting = null;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.newest.addEventListener("click", () => this.toEnd());
    this.scroll.addEventListener("scroll", () => {
      if (this.isAtEnd) {
        this.newest.hidden = true;
      }
    });
    for (const chip of root.querySelectorAll("[data-chip]")) {
      chip.addEventListener("click", () => this.tap(chip.dataset.chip));
    }
    this.toEnd();
  }

  get isAtEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.newest.hidden = true;
  }

  /** `asksOnly`: after the end whatever is written is a question, which the employer answers later. */
  open(isOpen, isBefore, asksOnly) {
    if (asksOnly && !this.asksOnly) {
      this.field.placeholder = "有什么想问的？企业看到会答复";
    }
    this.asksOnly = asksOnly;
    this.form.hidden = !isOpen;
    this.shut.hidden = isOpen;
    this.shut.querySelector("[data-shut-after]").hidden = isBefore;
  }

  // What comes ------------------------------------------------------------------------------------------------------
  said(entry) {
    if (entry.gone || !entry.text) {
      return;
    }
    const own = this.mine.get(entry.id);
    if (own && own.isConnected) {
      own.classList.remove("said--going");
      return;
    }
    const row = this.row(entry.name, entry.text, entry.kind === "asked");
    row.dataset.message = entry.id;
    row.dataset.seq = entry.seq;
    row.classList.toggle("said--crew", Boolean(entry.crew));
    this.put(row);
  }

  hidden(entry) {
    for (const row of this.list.querySelectorAll(`[data-message="${entry.id}"]`)) {
      row.remove();
    }
  }

  answered(entry) {
    if (entry.gone || !entry.answer) {
      return;
    }
    const row = document.createElement("li");
    row.className = "said said--answer";
    row.dataset.message = entry.id;
    row.dataset.seq = entry.seq;
    const who = document.createElement("b");
    who.textContent = entry.name;
    row.append(who, `答“${entry.question}”：${entry.answer}`);
    this.put(row);
  }

  /** A line of the page itself, for this reader only. */
  tip(words, button) {
    const row = document.createElement("li");
    row.className = "said said--tip";
    row.append(words);
    if (button) {
      row.append(" ", button);
    }
    this.put(row, true);
  }

  row(name, text, isAsked) {
    const row = document.createElement("li");
    row.className = `said${isAsked ? " said--asked" : ""}`;
    const who = document.createElement("b");
    who.textContent = name;
    row.append(who);
    if (isAsked) {
      const mark = document.createElement("span");
      mark.className = "said__ask";
      mark.textContent = "问";
      row.append(mark);
    }
    row.append(text);
    return row;
  }

  put(row, isOurs) {
    const wasAtEnd = this.isAtEnd;
    this.list.append(row);
    while (this.list.children.length > MOST) {
      this.list.firstElementChild.remove();
    }
    if (wasAtEnd || isOurs) {
      this.toEnd();
    } else {
      this.newest.hidden = false;
    }
  }

  // What we say -----------------------------------------------------------------------------------------------------
  write() {
    const text = this.field.value.trim();
    if (!text || this.isGoing) {
      return;
    }
    // What is sent again after a failure keeps its number: it is said once.
    if (!this.waiting || this.waiting.text !== text) {
      const isQuestion = this.asksOnly || A_QUESTION.test(text);
      const card = isQuestion && this.hears.card();
      this.waiting = { client_id: newId(), text, kind: isQuestion ? "question" : "chat", ...(card ? { card: card.id } : {}) };
    }
    this.send();
  }

  /** A question to the host about a card. */
  ask(text, card) {
    this.field.value = text;
    this.waiting = { client_id: newId(), text, kind: "question", ...(card ? { card: card.id } : {}) };
    this.send();
  }

  async send() {
    if (!this.isIn) {
      this.hears.signIn(() => this.send());
      return;
    }
    const words = this.waiting;
    if (!words || this.isGoing) {
      return;
    }
    this.isGoing = true;
    this.tell("正在发…");
    try {
      const answer = await post(this.url, words);
      this.waiting = null;
      if (this.field.value.trim() === words.text) {
        this.field.value = "";
      }
      const fate = this.asksOnly ? "收到了，企业答复以后会告诉您。" : "";
      this.tell(answer.state === "held" ? answer.detail || "主播看过以后才显示。" : fate);
      if (answer.state !== "held" && !this.list.querySelector(`[data-message="${answer.id}"]`)) {
        const row = this.row(answer.name || "我", answer.text || words.text, words.kind === "question");
        row.dataset.message = answer.id;
        row.classList.add("said--mine");
        this.mine.set(answer.id, row);
        this.put(row, true);
      }
    } catch (refusal) {
      // The words stay in the field.
      this.tell(refusal.message);
    } finally {
      this.isGoing = false;
    }
  }

  tell(words) {
    this.fate.textContent = words;
    this.fate.hidden = !words;
    if (words) {
      this.fate.scrollIntoView({ block: "nearest" }); // it stands under the field, often under the edge
    }
  }

  /** What the posting itself says, at once; then the host may be asked. */
  tap(key) {
    const card = this.hears.card();
    const question = this.questions[key];
    if (!card) {
      this.tip("还没有讲到岗位，先到“全部岗位”里看看。");
      return;
    }
    const fact = card.answers && card.answers[key];
    let button = null;
    if (!this.form.hidden) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "said__more";
      button.textContent = "再问主播";
      button.addEventListener("click", () => this.ask(`${card.title}，${question}`, card));
    }
    this.tip(fact ? `${card.title}：${fact.replace(/[。.；;，,\s]+$/, "")}。` : `${card.title}：岗位上没有写这一条。`, button);
  }
}
