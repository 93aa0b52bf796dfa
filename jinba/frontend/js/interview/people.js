// Who waits outside, who is in: the recruiter lets people in and asks them out; an interpreter is invited by text.
import { post } from "./door.js";
import { kindOf, nameOf } from "./stage.js";

export class People {
  constructor(root, tells) {
    this.waiters = root.querySelector("[data-waiters]");
    this.list = root.querySelector("[data-people]");
    this.mould = root.querySelector("[data-person-mould]");
    this.form = root.querySelector("[data-invite]");
    this.tells = tells;
    this.drawn = "";
    root.addEventListener("click", (event) => this.act(event));
    if (this.form) {
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.invite();
      });
    }
  }

  take(snapshot) {
    const isHost = snapshot.you.kind === "recruiter";
    const others = snapshot.people.filter((person) => person.seat !== snapshot.you.seat);
    const drawn = JSON.stringify(others.map(({ seat, name, here, admitted }) => [seat, name, here, admitted]));
    if (drawn === this.drawn) {
      return;
    }
    this.drawn = drawn;
    if (this.waiters && isHost) {
      const waiting = others.filter((person) => person.here && !person.admitted);
      this.waiters.textContent = "";
      waiting.forEach((person) => this.waiters.append(this.row(person, "在等候室", "admit", "请进")));
      this.waiters.hidden = waiting.length === 0;
    }
    if (this.list) {
      this.list.textContent = "";
      for (const person of others) {
        const where = person.admitted && person.here ? "在通话里" : person.here ? "在等候室" : person.admitted ? "断线了" : "还没有来";
        const deed = !isHost ? [] : person.admitted ? ["away", "请出去"] : person.here ? ["admit", "请进"] : [];
        this.list.append(this.row(person, where, ...deed));
      }
    }
  }

  row(person, where, deed, words) {
    const row = this.mould.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = person.name || kindOf(person);
    row.querySelector("[data-where]").textContent = person.name ? `${kindOf(person)}，${where}` : where;
    const button = row.querySelector("button");
    button.hidden = !deed;
    if (deed) {
      button.textContent = words;
      button.setAttribute("aria-label", `${words}：${nameOf(person)}`);
      button.dataset.person = person.seat;
      button.dataset.deed = deed;
      button.classList.toggle("btn--go", deed === "admit");
    }
    return row;
  }

  async act(event) {
    const button = event.target instanceof Element && event.target.closest("[data-deed]");
    if (!button) {
      return;
    }
    button.disabled = true;
    try {
      await post(button.dataset.deed, { seat: button.dataset.person });
    } catch (error) {
      button.disabled = false;
      this.tells(error.message);
    }
  }

  async invite() {
    const button = this.form.querySelector("[type=submit]");
    const says = this.form.querySelector("[data-says]");
    button.disabled = true;
    try {
      await post("invite", Object.fromEntries(new FormData(this.form)));
      this.form.reset();
      says.textContent = "已经发短信请他了，他点短信里的链接就能进来。";
    } catch (error) {
      says.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }
}
