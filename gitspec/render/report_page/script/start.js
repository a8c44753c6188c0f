// All of it together, once the page is there.

function start() {
  const views = new Map([...document.querySelectorAll(".view")].map((view) => [view.id, view]));
  const specs = new List(views.get("specs"));
  const archive = new List(views.get("archive"));
  const matrix = new Matrix(views.get("matrix"));
  // Active changes are few and stand there as elements.
  const changes = { reach: (id) => { const found = byId(id); return found && views.get("changes").contains(found) ? found : null; } };
  const places = new Places(views, new Map([["specs", specs], ["changes", changes], ["archive", archive]]), matrix);
  if (matchMedia("(max-width: 56rem)").matches) views.get("specs").querySelector(".outline details").open = false;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
    event.preventDefault();
    if (!views.get(places.current).querySelector("input")) {
      places.remember(history.state?.link);
      history.pushState(null, "", "#specs");
      places.go();
    }
    views.get(places.current).querySelector("input").focus();
  });

  window.addEventListener("beforeprint", () => {
    const prints = (view) => places.current === view || places.current === "overview";
    if (prints("specs")) specs.buildAll();
    if (prints("archive")) archive.buildAll();
    if (prints("matrix")) matrix.showAll();
  });

  places.go(true);
  // A browser looks for the address's element by itself once all is loaded, and takes the focus away from it.
  if (document.readyState !== "complete" && location.hash.includes("/")) {
    window.addEventListener("load", () => setTimeout(() => places.go(true), 0));
  }
  root.dataset.ready = "yes";
}

const root = document.documentElement;
root.classList.add("js");
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
