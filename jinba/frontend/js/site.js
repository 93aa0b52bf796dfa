// What every page carries: htmx and small behaviours that hang on data-* attributes.
// Each listens on the document, so that pieces brought in by htmx behave like the rest. Without them all pages still work.
import "htmx.org";
import "./board.js";
import "./choices.js";
import "./confirm.js";
import "./countdown.js";
import "./files.js";
import "./filters.js";
import "./guard.js";
import "./nudges.js";
import "./once.js";
import "./otp.js";
import "./place.js";
import "./print.js";
import "./screen.js";
import "./share.js";
import "./shown.js";
import "./toasts.js";

document.documentElement.classList.add("js");
