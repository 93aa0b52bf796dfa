// What viewers say, on the crew's side: the same list as theirs, with a menu at each word. It is fetched when the desk
// says that there is more, and not by a socket: who runs the session is none of those who watch it.
import { newId } from "../ids.js";
import { post, urls } from "../interview/door.js";
import { tell } from "../interview/words.js";
import { Room } from "../live/room.js";
import { setIds } from "./desk.js";

const MOST = 200; // lines that are kept on the page
const BEFORE = 50; // entries to begin with

export class Talk {
  constructor(root) {
    this.list = root.querySelector("[data-talk]");
    this.mould = root.querySelector("template[data-mould=talk]");
    this.none = root.querySelector("[data-none=talk]");
    this.room = new Room({
      entries: urls.entries,
      since: Math.max(0, urls.first.last - BEFORE),
      hears: {
        said: (entry) => this.add(entry),
        asked: (entry) => this.add(entry, "问："),
        answered: (entry) => !entry.gone && this.add({ ...entry, text: entry.answer, crew: true }, "答："),
        hidden: (entry) => this.take(entry.id),
      },
    });
    const form = root.querySelector("[data-say-form]");
    if (form) {
      form.addEventListener("submit", (event) => this.say(event, form));
    }
  }

  /** Fetches what came up to number `last`. */
  until(last) {
    if (last > this.room.last) {
      this.room.catchUp(last);
    }
  }

  add(entry, before = "") {
    if (!this.list || entry.gone) {
      return;
    }
    const isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    const row = this.mould.content.firstElementChild.cloneNode(true);
    row.dataset.message = entry.id;
    row.classList.toggle("talk__line--crew", Boolean(entry.crew));
    row.querySelector("[data-of=name]").textContent = entry.name;
    row.querySelector("[data-of=text]").textContent = before + entry.text;
    setIds(row, "message", entry.id);
    if (entry.crew) {
      row.querySelectorAll(".moderate").forEach((menu) => menu.remove());
    }
    this.list.append(row);
    while (this.list.children.length > MOST) {
      this.list.firstElementChild.remove();
    }
    this.none.hidden = true;
    if (isAtEnd) {
      this.list.scrollTop = this.list.scrollHeight;
    }
  }

  take(id) {
    this.list.querySelectorAll(`[data-message="${id}"]`).forEach((row) => row.remove());
  }

  async say(event, form) {
    event.preventDefault();
    const field = form.elements.text;
    // The same word sent twice is one: it keeps its number until it has arrived.
    form.dataset.number = form.dataset.number || newId();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await post("say", { text: field.value, kind: "chat", client_id: form.dataset.number });
      field.value = "";
      delete form.dataset.number;
    } catch (refusal) {
      if (refusal.status) {
        delete form.dataset.number;
      }
      tell(refusal.message, "error");
    }
    button.disabled = false;
    field.focus();
  }
}
