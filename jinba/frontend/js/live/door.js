// The way to the server for what changes records. The token changes when somebody signs in within the page.

const LOST = "网络没连上，请稍等再试。";

/** A refusal with its sentence; `status` 0 means that the server was not reached. */
export class Refused extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

export function token() {
  const field = document.querySelector("[data-live] > form [name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

/** After a sign-in: every form of the page gets the new one, and htmx too. */
export function renewToken(fresh) {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
    field.value = fresh;
  }
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
}

export async function ask(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    throw new Refused(LOST, 0);
  }
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

export function post(url, fields) {
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  return ask(url, { method: "POST", headers, body: new URLSearchParams(fields) });
}
