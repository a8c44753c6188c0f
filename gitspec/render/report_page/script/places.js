// Where the reader is: in one view, and there perhaps at one thing. The address says so, and Back leads to the same
// place of the same view.

class Places {
  constructor(views, lists, matrix) {
    this.views = views;
    this.lists = lists; // by view: what holds things that an address may name
    this.matrix = matrix;
    this.main = byId("main");
    this.missing = byId("missing");
    this.title = document.title;
    this.current = "overview";
    // So that the browser scrolls to no view by itself, nor back before the view is there.
    for (const [id, view] of views) view.id = `${id}-view`;
    history.scrollRestoration = "manual";
    window.addEventListener("hashchange", () => this.go());
    window.addEventListener("scroll", later(() => this.remember(history.state?.link), 100), { passive: true });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link) this.remember(link.getAttribute("href"));
    });
  }

  // What Back shall bring again: how far the page was scrolled, and which link was followed.
  remember(link) {
    history.replaceState({ top: window.scrollY, link }, "");
  }

  show(name) {
    this.current = name;
    for (const [id, view] of this.views) view.classList.toggle("on", id === name);
    // Printing from the overview prints everything, from another view that view.
    this.main.classList.toggle("one", name !== "overview");
    for (const link of document.querySelectorAll(".top nav a")) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const heading = this.views.get(name).querySelector("h2");
    document.title = name === "overview" ? this.title : `${heading.textContent} – ${this.title}`;
    this.lists.get(name)?.buildSoon?.();
    return heading;
  }

  go(first = false) {
    const target = this.fragment();
    const [name, query] = target.split(/\?(.*)/s);
    const before = history.state;
    const found = this.views.has(name) ? null : this.find(target);
    this.missing.hidden = true;
    if (target === "main") this.main.focus();
    else if (found) this.land(...found, before);
    else if (!this.views.has(name) && target !== "") this.miss(target);
    else this.open(name || "overview", new URLSearchParams(query || ""), before, first && target === "");
  }

  fragment() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  }

  open(name, parameters, before, quietly) {
    if (name === "matrix") this.matrix.set(parameters);
    else this.lists.get(name)?.set?.(parameters);
    const heading = this.show(name);
    if (name === "matrix") this.matrix.show();
    if (before) this.restore(before, heading);
    else if (!quietly) {
      window.scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
  }

  // [view, element] of what an address names: `spec/…` and `change/…` as the page writes them, or a bare name.
  find(target) {
    const name = target.replace(/^(?:spec|change)\//, "");
    const spec = name.replace("#", ":");
    const ids = [target, `spec/${spec}`, `change/${name}`, `spec/${facts().was[spec] ?? spec}`];
    for (const id of ids) {
      for (const [view, list] of this.lists) {
        const element = /^(?:spec|change)\/./.test(id) && list.reach(id);
        if (element) return [view, element];
      }
    }
    return null;
  }

  land(view, element, before) {
    this.show(view);
    document.querySelectorAll(".found").forEach((one) => one.classList.remove("found"));
    element.classList.add("found");
    const heading = element.querySelector(":scope > h3, :scope > h4, :scope > h5") || element;
    if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    if (before) {
      this.restore(before, heading);
      return;
    }
    element.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
    // What is drawn on the way there may be higher than was thought.
    const here = location.hash;
    const again = () => { if (location.hash === here) element.scrollIntoView({ block: "start" }); };
    requestAnimationFrame(() => requestAnimationFrame(again));
  }

  restore({ top, link }, heading) {
    window.scrollTo(0, top);
    const links = this.views.get(this.current).querySelectorAll("a");
    const followed = link && [...links].find((one) => one.getAttribute("href") === link && one.checkVisibility?.());
    (followed || heading).focus({ preventScroll: true });
  }

  miss(target) {
    this.show(target.startsWith("change/") ? "changes" : target.startsWith("spec/") ? "specs" : "overview");
    this.missing.textContent = `There is no “${target.replace(/^(?:spec|change)\//, "")}” on this page.`;
    this.missing.hidden = false;
    window.scrollTo(0, 0);
    this.missing.focus();
  }
}
