// Three selects, province → city → county: each choice loads the next level from data-url?parent=code.
import { on } from "./dom.js";

let asked = 0;

function fill(select, regions) {
  select.length = 1;
  for (const region of regions) {
    select.add(new Option(region.name, region.code));
  }
  select.disabled = regions.length === 0;
}

on("change", "[data-place] select", async (event, select) => {
  const box = select.closest("[data-place]");
  const selects = Array.from(box.querySelectorAll("select"));
  const deeper = selects.slice(selects.indexOf(select) + 1);
  deeper.forEach((other) => fill(other, []));
  if (!deeper.length || !select.value) {
    return;
  }
  asked += 1;
  const mine = asked;
  try {
    const answer = await fetch(`${box.dataset.url}?parent=${encodeURIComponent(select.value)}`, {
      headers: { Accept: "application/json" },
    });
    const found = await answer.json();
    if (mine === asked) {
      fill(deeper[0], found.regions || found);
    }
  } catch (error) {
    deeper[0].disabled = false;
  }
});
