// data-print: the browser's own printing.
import { on } from "./dom.js";

on("click", "[data-print]", () => window.print());
