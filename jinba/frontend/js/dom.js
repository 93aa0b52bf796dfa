// Small words used by the other modules.

/** Calls `act(event, element)` for each event of `type` inside an element that matches. */
export function on(type, selector, act, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) {
        act(event, element);
      }
    },
    options,
  );
}

/** Calls `act(element)` once for each matching element, now and whenever htmx brings new ones. */
export function ready(selector, act) {
  const seen = new WeakSet();
  const look = (root) => {
    const found = Array.from(root.querySelectorAll(selector));
    if (root.matches && root.matches(selector)) {
      found.push(root);
    }
    for (const element of found) {
      if (!seen.has(element)) {
        seen.add(element);
        act(element);
      }
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => look(event.detail.elt));
}

/** Full-width digits become plain ones, all else but digits goes. */
export function digits(text) {
  return text.replace(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10)).replace(/\D/g, "");
}

/** Sends a form as if its button had been pressed, so that submit handlers and htmx take part. */
export function send(form) {
  if (form.requestSubmit) {
    form.requestSubmit();
    return;
  }
  const button = document.createElement("button");
  button.hidden = true;
  form.append(button);
  button.click();
  button.remove();
}
