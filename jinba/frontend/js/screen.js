// A browser became a booth's screen: what the host had open in other tabs goes there, too. Without this each of them
// does so with the next thing that it asks for.
const KEY = "booth-screen";
const OF_THE_SCREEN = "[data-booth-screen], .room-page--kiosk";

try {
  if (document.querySelector("[data-booth-screen]")) {
    localStorage.setItem(KEY, String(Date.now()));
  }
} catch (error) {
  // A browser that keeps nothing.
}

window.addEventListener("storage", (event) => {
  if (event.key === KEY && !document.querySelector(OF_THE_SCREEN)) {
    location.replace("/");
  }
});
