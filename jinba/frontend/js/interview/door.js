// The addresses of the room and the way to them. What changes records goes by POST; the socket only carries signals.
const place = document.getElementById("room-urls");

/** The doors of `labor/interviews/views/room.py` by name, and the socket. */
export const urls = place ? JSON.parse(place.textContent) : {};

export const NO_LINE = "网络没连上，请稍等再试。";

function token() {
  const field = document.querySelector("[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

/** A refusal by the server, with its sentence; `status` 0 means that it was not reached. */
export class Refused extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

async function read(answer) {
  let data = {};
  try {
    data = await answer.json();
  } catch (error) {
    // An empty answer, or a page for people.
  }
  if (!answer.ok) {
    throw new Refused(data.detail || "这一步没有办成，请再试一次。", answer.status);
  }
  return data;
}

async function ask(url, options) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    throw new Refused(NO_LINE, 0);
  }
  return read(answer);
}

/** Posts a form; gives the JSON that comes back or throws `Refused`. */
export function post(name, fields = {}) {
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  return ask(urls[name], { method: "POST", headers, body: new URLSearchParams(fields) });
}

export function get(name, query = "") {
  return ask(urls[name] + query, { headers: { Accept: "application/json" } });
}

/** Posts from a page that is about to be gone; nobody reads the answer. */
export function leaveBehind(name, fields) {
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: token() });
  if (navigator.sendBeacon && navigator.sendBeacon(urls[name], body)) {
    return;
  }
  fetch(urls[name], { method: "POST", credentials: "same-origin", keepalive: true, body }).catch(() => {});
}
