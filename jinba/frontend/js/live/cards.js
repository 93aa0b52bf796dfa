// The job cards: the one that is spoken of, the list of all, and what this person has applied to.

export class Cards {
  constructor(root, { cards, pinned, applied }) {
    this.root = root;
    this.box = root.querySelector("[data-pinned]");
    this.jobs = root.querySelector("[data-jobs]");
    this.number = root.querySelector("[data-count-cards]");
    this.cards = cards;
    this.pinned = pinned;
    this.applied = new Set(applied);
    this.mark();
  }

  /** The card that questions are about: the one spoken of, or the only one. */
  get now() {
    return this.pinned || (this.cards.length === 1 ? this.cards[0] : null);
  }

  find(id) {
    return this.cards.find((card) => card.id === Number(id)) || (this.pinned && this.pinned.id === Number(id) ? this.pinned : null);
  }

  pin(card) {
    this.pinned = card;
    if (card) {
      this.cards = this.cards.map((one) => (one.id === card.id ? card : one));
    }
    if (!this.box) {
      return;
    }
    this.box.hidden = !card;
    if (card) {
      const put = (name, words) => {
        this.box.querySelector(`[data-${name}]`).textContent = words;
      };
      this.box.querySelector("[data-pinned-card]").dataset.pinnedCard = card.id;
      put("title", card.title);
      put("pay", card.pay);
      put("place", card.place);
      put("left", card.open ? `还招 ${card.left} 人` : "不招人了");
      this.box.querySelector("[data-title]").href = card.url;
      const go = this.box.querySelector("[data-apply]");
      go.href = card.apply;
      go.dataset.apply = card.id;
      go.hidden = !card.open;
      const tags = this.box.querySelector("[data-tags]");
      tags.textContent = "";
      for (const words of card.tags) {
        const tag = document.createElement("li");
        tag.className = "chip";
        tag.textContent = words;
        tags.append(tag);
      }
      this.box.classList.remove("pinned--new");
      void this.box.offsetWidth; // begins the movement anew
      this.box.classList.add("pinned--new");
    }
    this.mark();
  }

  take({ cards, list, pinned }) {
    this.cards = cards;
    if (this.jobs) {
      this.jobs.innerHTML = list; // from our own server, escaped there
      this.number.textContent = cards.length;
    }
    if ((pinned && pinned.id) !== (this.pinned && this.pinned.id) || JSON.stringify(pinned) !== JSON.stringify(this.pinned)) {
      this.pin(pinned);
    }
    this.mark();
  }

  apply(postings) {
    this.applied = new Set(postings);
    this.mark();
  }

  mark() {
    for (const button of this.root.querySelectorAll("[data-apply]")) {
      const card = this.find(button.dataset.apply);
      const isDone = Boolean(card && this.applied.has(card.posting));
      button.textContent = isDone ? "已报名" : "报名";
      button.classList.toggle("is-done", isDone);
      if (card) {
        button.setAttribute("aria-label", `${isDone ? "已报名" : "报名"}：${card.title}`);
      }
    }
    if (this.jobs) {
      for (const job of this.jobs.querySelectorAll("[data-card]")) {
        const isNow = Boolean(this.pinned && Number(job.dataset.card) === this.pinned.id);
        job.classList.toggle("job--now", isNow);
        job.querySelector("[data-now]").hidden = !isNow;
      }
    }
  }
}
