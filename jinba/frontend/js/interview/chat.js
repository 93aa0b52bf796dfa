// Writing beside the talk. A line that does not get out is kept and sent again; the server takes it once (`client_id`).
import { get, post } from "./door.js";
import { newId } from "./signalling.js";

const PAUSE = 2_000; // ms between two tries to fetch lines

export class Chat {
  /** `hears` has opened(), unread(count). */
  constructor(root, hears) {
    this.drawer = root.querySelector("[data-chat]");
    this.list = root.querySelector("[data-lines]");
    this.form = root.querySelector("[data-chat-form]");
    this.field = this.form.querySelector("[name=text]");
    this.mould = root.querySelector("[data-line-mould]");
    this.hears = hears;
    this.last = 0;
    this.newest = 0;
    this.old = null;
    this.unread = 0;
    this.unsent = new Map();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write(this.field.value);
      this.field.value = "";
      this.field.focus();
    });
    for (const button of root.querySelectorAll("[data-phrase]")) {
      button.addEventListener("click", () => this.write(button.textContent));
    }
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[data-again]") && event.target.closest("[data-client]");
      if (line) {
        this.send(line.dataset.client);
      }
    });
  }

  get isOpen() {
    return !this.drawer.hidden;
  }

  opened() {
    this.unread = 0;
    this.hears.unread(0);
    this.scroll();
    // A keyboard that comes up by itself would hide the words that need only a tap.
    (window.matchMedia("(hover: hover)").matches ? this.field : this.list.parentElement).focus();
  }

  /** The snapshot says which line is the last; what is missing is fetched, until nothing is. */
  async take(snapshot) {
    if (this.old === null) {
      this.old = snapshot.chat; // what was written before this page came is not news
    }
    this.newest = Math.max(this.newest, snapshot.chat);
    if (this.isFetching) {
      return;
    }
    this.isFetching = true;
    while (this.newest > this.last) {
      try {
        const { lines } = await get("chat", `?since=${this.last}`);
        lines.forEach((line) => this.show(line));
        if (lines.length === 0) {
          break;
        }
      } catch (error) {
        if (error.status >= 400 && error.status < 500) {
          break; // he is not in any more
        }
        // No snapshot comes as long as nothing changes.
        await new Promise((done) => setTimeout(done, PAUSE));
      }
    }
    this.isFetching = false;
  }

  show(line) {
    if (line.id <= this.last) {
      return;
    }
    this.last = line.id;
    const isMine = line.mine;
    const own = isMine && Array.from(this.unsent.keys()).find((client) => this.isSame(client, line));
    if (own) {
      this.settle(own, line.id);
      return;
    }
    this.put(isMine ? "我" : line.name || "对方", line.text, isMine);
    if (!isMine && !this.isOpen && line.id > this.old) {
      this.unread += 1;
      this.hears.unread(this.unread, line);
    }
  }

  // What this page wrote stands here already; its answer may be still on the way.
  isSame(client, { id, text }) {
    const own = this.unsent.get(client);
    return own.id === id || (!own.id && own.isGoing && own.text === text);
  }

  put(name, text, isMine) {
    const row = this.mould.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("[data-text]").textContent = text;
    row.classList.toggle("line--mine", isMine);
    this.list.append(row);
    this.scroll();
    return row;
  }

  scroll() {
    this.list.parentElement.scrollTop = this.list.scrollHeight;
  }

  write(words) {
    const text = words.trim();
    if (!text) {
      return;
    }
    const client = newId();
    const row = this.put("我", text, true);
    row.dataset.client = client;
    this.unsent.set(client, { text, row });
    this.send(client);
  }

  async send(client) {
    const line = this.unsent.get(client);
    if (!line || line.isGoing) {
      return;
    }
    line.isGoing = true;
    this.mark(line.row, "正在发…", false);
    try {
      const { id } = await post("say", { client_id: client, text: line.text });
      this.settle(client, id);
    } catch (error) {
      line.isGoing = false;
      this.mark(line.row, error.status ? error.message : "没发出去", true);
    }
  }

  settle(client, id) {
    const line = this.unsent.get(client);
    if (line) {
      line.id = id;
      this.mark(line.row, "", false);
      delete line.row.dataset.client;
      line.isSent = true;
    }
  }

  mark(row, words, canRetry) {
    row.querySelector("[data-fate]").textContent = words;
    row.querySelector("[data-again]").hidden = !canRetry;
  }

  /** The line is back: what did not get out goes now. */
  retry() {
    for (const [client, line] of this.unsent) {
      if (!line.isSent) {
        this.send(client);
      }
    }
  }
}
