// What the page says aloud: one place that is spoken, and the short message at its foot.
let place = null;

export function speakAt(element) {
  place = element;
}

/** A state of the call in one sentence. */
export function say(words) {
  if (place && place.textContent !== words) {
    place.textContent = words;
  }
}

/** A message at the foot of the page; site.js shows it. */
export function tell(text, level = "warning") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { level, text } }));
}
