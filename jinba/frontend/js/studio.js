// The studio: the host's console.
import "./studio/console.js";
