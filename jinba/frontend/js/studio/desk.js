// The desk: what the server says every two seconds, and the crew's buttons, each a form that works without scripts too.
import { get, post } from "../interview/door.js";
import { tell } from "../interview/words.js";

const EVERY = 2_000;
const LATE = 3; // looks that failed in a row before the page says so

export class Desk {
  /** `hears` has fresh(desk), line(isAway), and clockError: ms by which the server's clock is ahead of ours. */
  constructor(root, hears) {
    this.root = root;
    this.hears = hears;
    this.failures = 0;
    this.number = 0;
    this.gone = new Set(); // rows that were dealt with here, until the server says the same
    this.now = null;
    root.addEventListener("submit", (event) => this.submit(event));
    setInterval(() => this.tick(), 1_000);
  }

  begin() {
    this.look();
  }

  stop() {
    this.isOver = true;
    clearTimeout(this.later);
  }

  async look() {
    clearTimeout(this.later);
    this.number += 1;
    const mine = this.number;
    try {
      const desk = await get("desk");
      if (mine !== this.number) {
        return;
      }
      this.failures = 0;
      this.hears.line(false);
      this.take(desk);
    } catch (error) {
      if (mine !== this.number) {
        return;
      }
      this.failures += 1;
      this.hears.line(this.failures >= LATE);
    }
    if (!this.isOver) {
      this.later = setTimeout(() => this.look(), EVERY);
    }
  }

  take(desk) {
    this.now = desk;
    for (const name of ["viewers", "likes", "applications"]) {
      this.count(name, desk[name]);
    }
    this.count("waiting", desk.open_questions + desk.held_lines);
    const titles = new Map(desk.cards.map((card) => [card.id, card.title]));
    this.fill("cards", "card", desk.cards, (row, card) => {
      const isOn = card.id === desk.pinned;
      if (isOn !== row.classList.contains("rundown__card--on")) {
        row.classList.toggle("rundown__card--on", isOn);
        row.querySelector(".rundown__facts").open = isOn; // what he is asked now
      }
      put(row, { title: card.title, pay: card.pay, place: card.place, left: card.left, tags: card.tags.join(" · "), note: card.note, why: card.why });
      for (const name of ["pay", "shift", "housing", "couple"]) {
        put(row, { [`${name}_answer`]: card.answers[name] || "没有写" });
      }
      row.querySelectorAll("[name=card]").forEach((field) => (field.value = card.id));
      const button = row.querySelector(".rundown__pin button");
      if (button && !button.dataset.sends) {
        button.disabled = Boolean(card.why);
      }
    });
    this.fill("questions", "question", desk.questions, (row, question, isNew) => {
      put(row, { name: question.name, text: question.text, about: titles.get(question.card) || "" });
      const field = row.querySelector("select[name=card]");
      if (isNew && field) {
        fillOptions(field, desk.cards, question.card || desk.pinned);
      }
    });
    this.fill("held", "held", desk.held, (row, message) => put(row, { name: message.name, text: message.text, why: message.why }));
    this.fill("bans", "ban", desk.bans, (row, ban) => {
      put(row, { name: ban.name, reason: [ban.reason, ban.everywhere ? "所有直播" : "这一场"].join(" · ") });
    });
    const held = this.root.querySelector("[data-held-place]");
    if (held) {
      held.hidden = desk.held.length === 0;
    }
    this.tick();
    this.hears.fresh(desk);
  }

  count(name, number) {
    this.root.querySelectorAll(`[data-count=${name}]`).forEach((place) => {
      if (place.textContent !== String(number)) {
        place.textContent = String(number);
      }
      if (name === "waiting") {
        place.hidden = number === 0;
      }
    });
  }

  // Rows keep their elements, so that what somebody is writing in one of them stays.
  fill(name, key, rows, show) {
    const list = this.root.querySelector(`[data-list=${name}]`);
    const mould = this.root.querySelector(`template[data-mould=${name}]`);
    if (!list || !mould) {
      return;
    }
    const wanted = rows.filter((one) => !this.gone.has(`${name}${one.id}`));
    const known = new Map(Array.from(list.children, (row) => [row.dataset[key], row]));
    wanted.forEach((one, at) => {
      let row = known.get(String(one.id));
      const isNew = !row;
      if (isNew) {
        row = mould.content.firstElementChild.cloneNode(true);
        row.dataset[key] = one.id;
        setIds(row, name === "bans" ? "ban" : "message", one.id);
      }
      known.delete(String(one.id));
      show(row, one, isNew);
      if (list.children[at] !== row) {
        list.insertBefore(row, list.children[at] || null);
      }
    });
    known.forEach((row) => row.remove());
    const none = this.root.querySelector(`[data-none=${name}]`);
    if (none) {
      none.hidden = wanted.length > 0;
    }
  }

  // How long the card has been spoken of.
  tick() {
    const place = this.root.querySelector(".rundown__card--on [data-since]");
    if (place && this.now && this.now.pinned_at) {
      place.textContent = `已讲 ${clock((Date.now() + this.hears.clockError - Date.parse(this.now.pinned_at)) / 1000)}`;
    }
  }

  async submit(event) {
    const form = event.target;
    const name = (event.submitter && event.submitter.dataset.post) || form.dataset.post;
    if (!name) {
      return;
    }
    event.preventDefault();
    const fields = {};
    new FormData(form).forEach((value, key) => {
      if (key !== "csrfmiddlewaretoken") {
        fields[key] = value;
      }
    });
    const buttons = Array.from(form.querySelectorAll("button"));
    buttons.forEach((button) => {
      button.disabled = true;
      button.dataset.sends = "yes";
    });
    if (name === "pin" && this.now) {
      // What viewers see within a second, the host sees at once.
      this.take({ ...this.now, pinned: Number(fields.card), pinned_at: new Date(Date.now() + this.hears.clockError).toISOString() });
    }
    try {
      const answer = await post(name, fields);
      this.done(form, name, answer);
    } catch (refusal) {
      tell(refusal.message, "error");
    }
    buttons.forEach((button) => {
      button.disabled = false;
      delete button.dataset.sends;
    });
    this.look();
  }

  done(form, name, answer) {
    const row = form.closest("[data-question], [data-held], [data-ban]");
    if (row && "gone" in form.dataset && name !== "ban") {
      this.gone.add(`${row.parentElement.dataset.list}${row.dataset.question || row.dataset.held || row.dataset.ban}`);
    }
    const menu = form.closest("details");
    if (menu) {
      menu.open = false;
    }
    const words = {
      announce: answer.announcement ? "公告发出去了。" : "公告撤下了。",
      slow: "改好了。",
      hide: "隐藏了，观众看不到这句话了。",
      ban: "这个人在这一场不能再说话。",
      answer: answer.kept ? "答好了，也放到岗位的问答里了。" : "答好了。",
      unban: "解除了。",
    }[name];
    if (words) {
      tell(words, "success");
    }
  }
}

function put(row, words) {
  for (const [name, text] of Object.entries(words)) {
    const place = row.querySelector(`[data-of=${name}]`);
    if (place && place.textContent !== String(text)) {
      place.textContent = text;
    }
    if (place && (name === "note" || name === "why") && place.matches("p")) {
      place.hidden = !text;
    }
  }
}

export function setIds(row, name, id) {
  row.querySelectorAll(`input[name=${name}]`).forEach((field) => (field.value = id));
}

function fillOptions(field, cards, chosen) {
  while (field.options.length > 1) {
    field.remove(1);
  }
  cards.forEach((card) => field.add(new Option(card.title, card.id, false, card.id === chosen)));
}

/** 75 → 01:15 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) {
    parts.unshift(Math.floor(whole / 3600));
  }
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
