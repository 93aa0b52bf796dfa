// The replay's chapters: which card is spoken of from which second on. A tap goes there; while one plays its card is shown.
import { ask } from "./door.js";

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

export class Chapters {
  constructor(root, { player, cards }) {
    this.box = root.querySelector("[data-chapters]");
    this.list = root.querySelector("[data-chapter-list]");
    this.player = player;
    this.cards = cards;
    this.found = [];
    this.now = null;
    player.video.addEventListener("timeupdate", () => this.follow());
  }

  async take(replay) {
    if (!replay || replay.state !== "ready") {
      this.isTaken = false;
      this.found = [];
      this.now = null;
      this.box.hidden = true;
      return;
    }
    if (this.isTaken || !replay.chapters) {
      return;
    }
    this.isTaken = true;
    try {
      const answer = await ask(replay.chapters, { headers: { Accept: "application/json" } });
      this.found = (Array.isArray(answer) ? answer : answer.chapters).map((one) => ({
        card: one.card,
        title: one.title,
        from: one.at === undefined ? one.from : one.at,
        to: one.until === undefined ? one.to : one.until,
        open: one.open,
      }));
    } catch (error) {
      this.isTaken = false;
      return;
    }
    this.show();
  }

  show() {
    this.list.textContent = "";
    this.box.hidden = this.found.length === 0;
    for (const chapter of this.found) {
      const card = this.cards.find(chapter.card);
      const isOpen = chapter.open === undefined ? Boolean(card && card.open) : chapter.open;
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chapters__one";
      const time = document.createElement("span");
      time.className = "chapters__time";
      time.textContent = clock(chapter.from);
      const title = document.createElement("span");
      title.className = "chapters__title";
      title.textContent = chapter.title;
      button.append(time, title);
      if (!isOpen) {
        const mark = document.createElement("span");
        mark.className = "chapters__shut";
        mark.textContent = "不招人了";
        button.append(mark);
      }
      button.addEventListener("click", () => {
        this.player.seek(chapter.from);
        this.follow(chapter.from);
      });
      item.append(button);
      this.list.append(item);
      chapter.button = button;
    }
  }

  follow(at) {
    if (!this.found.length || this.player.isLive) {
      return;
    }
    const second = at === undefined ? this.player.position : at;
    const now = this.found.find((one) => one.from <= second + 0.05 && second < one.to) || null;
    if (now === this.now) {
      return;
    }
    this.now = now;
    for (const one of this.found) {
      one.button.classList.toggle("is-now", one === now);
    }
    const card = now && this.cards.find(now.card);
    if (card) {
      this.cards.pin(card);
    }
  }
}
