"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // The one place where text becomes elements: what the page itself carries, escaped when it was made.
  const own = { createHTML: (source) => source };
  const policy = window.trustedTypes ? trustedTypes.createPolicy("gitspec", own) : own;
  const parse = (source) => new DOMParser().parseFromString(policy.createHTML(source), "text/html").body.childNodes;

  const ALL_AT_ONCE = 1500; // items: so many are built unasked, so that the browser's own search finds them too
  const ROWS = 100;
  const byId = (id) => document.getElementById(id);
  const number = (n) => n.toLocaleString("en");
  const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
  const wordsOf = (text) => text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };
  const plain = (source) =>
    source.replace(/<[^>]*>/g, " ").replace(/&(?:amp|lt|gt|#34|#39);/g, (e) => ENTITIES[e]).normalize("NFKC").toLowerCase();

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function later(work, wait) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(work, wait);
    };
  }

  // A section with items that stand as text in its noscript element until they are wanted.
  class Group {
    constructor(section, outline, watch) {
      this.section = section;
      this.outline = outline;
      this.held = section.querySelector("noscript");
      this.source = this.held ? this.held.textContent : "";
      this.size = Number(section.dataset.items);
      this.watch = watch;
      this.shown = null; // null: all items, else whether each is shown
      this.texts = null;
      this.reserve();
      if (this.held && this.size) watch.observe(section);
    }

    index() {
      const [, ...items] = this.source.split("<article ");
      const heading = plain(this.section.querySelector("h3").textContent);
      this.texts = items.map((item) => `${heading} ${plain(`<${item}`)}`);
    }

    has(id) {
      return this.source.includes(` id="${id}"`);
    }

    reserve() {
      if (!this.held) return;
      const items = this.shown ? this.shown.filter(Boolean).length : this.size;
      this.section.style.minHeight = `${items * (this.section.classList.contains("tight") ? 6 : 18)}rem`;
    }

    build() {
      if (!this.held) return;
      this.watch.unobserve(this.section);
      this.held.replaceWith(...parse(this.source));
      this.held = null;
      this.section.style.minHeight = "";
      this.reveal();
    }

    // How many items match all words; with no words all do.
    filter(words) {
      if (words.length && !this.texts) this.index();
      this.shown = words.length ? this.texts.map((text) => words.every((word) => text.includes(word))) : null;
      const matches = this.shown ? this.shown.filter(Boolean).length : this.size;
      this.section.hidden = words.length > 0 && !matches;
      if (this.outline) this.outline.hidden = this.section.hidden;
      this.reserve();
      this.reveal();
      return matches;
    }

    reveal() {
      if (this.held) return;
      const items = this.section.querySelectorAll(":scope > article");
      items.forEach((item, i) => { item.hidden = this.shown !== null && !this.shown[i]; });
    }
  }

  // A view with groups, and the search above them.
  class List {
    constructor(view) {
      this.view = view;
      this.noun = view.dataset.noun;
      this.input = view.querySelector("input");
      this.output = view.querySelector("output");
      this.nothing = view.querySelector(".nothing");
      const watch = new IntersectionObserver(
        (entries) => entries.forEach((entry) => { if (entry.isIntersecting) this.of.get(entry.target).build(); }),
        { rootMargin: "1200px 0px" },
      );
      this.of = new Map();
      const links = new Map([...view.querySelectorAll(".outline li")].map((li) => [li.firstChild.getAttribute("href"), li]));
      for (const section of view.querySelectorAll(".group")) {
        this.of.set(section, new Group(section, links.get(`#${section.id}`), watch));
      }
      this.groups = [...this.of.values()];
      this.total = this.groups.reduce((sum, group) => sum + group.size, 0);
      this.input.addEventListener("input", later(() => this.search(), 120));
      this.input.addEventListener("keydown", (event) => { if (event.key === "Escape") this.clear(); });
      this.say(this.total, false);
    }

    search() {
      const words = wordsOf(this.input.value);
      const matches = this.groups.reduce((sum, group) => sum + group.filter(words), 0);
      this.nothing.hidden = matches > 0 || !words.length;
      this.say(matches, words.length > 0);
      this.mark(words);
    }

    say(matches, filtered) {
      const all = counted(this.total, this.noun);
      this.output.textContent = filtered ? `${number(matches)} of ${all}` : all;
    }

    // What was searched for, in what is built; in browsers that can without touching the text.
    mark(words) {
      if (!window.CSS || !CSS.highlights) return;
      CSS.highlights.delete("found");
      if (!words.length) return;
      const ranges = [];
      for (const group of this.groups) {
        if (group.held || group.section.hidden) continue;
        const walker = document.createTreeWalker(group.section, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node && ranges.length < 2000; node = walker.nextNode()) {
          const text = node.data.toLowerCase();
          if (text.length !== node.data.length) continue;
          for (const word of words) {
            for (let at = text.indexOf(word); at >= 0 && ranges.length < 2000; at = text.indexOf(word, at + word.length)) {
              const range = new Range();
              range.setStart(node, at);
              range.setEnd(node, at + word.length);
              ranges.push(range);
            }
          }
        }
      }
      CSS.highlights.set("found", new Highlight(...ranges));
    }

    clear() {
      this.input.value = "";
      this.search();
    }

    buildAll() {
      for (const group of this.groups) group.build();
    }

    // While nobody waits, when it is not too much.
    buildSoon() {
      if (this.total > ALL_AT_ONCE) return;
      const idle = window.requestIdleCallback || ((work) => setTimeout(work, 30));
      const step = () => {
        const next = this.groups.find((group) => group.held);
        if (!next) return;
        next.build();
        idle(step);
      };
      idle(step);
    }

    // The element with an id, built and shown; null when it is not here.
    reach(id) {
      const here = byId(id);
      let group = here && this.of.get(here.closest(".group"));
      if (!group) group = this.groups.find((one) => one.has(id));
      if (!group) return null;
      group.build();
      const found = byId(id);
      if (found && found.closest("[hidden]")) this.clear();
      return found;
    }
  }

  class Matrix {
    constructor(view) {
      this.view = view;
      this.fields = { q: byId("m-q"), capability: byId("m-capability"), tests: byId("m-tests"), commits: byId("m-commits"), order: byId("m-order") };
      this.body = byId("m-rows");
      this.output = byId("m-n");
      this.more = byId("m-more");
      this.nothing = view.querySelector(".nothing");
      this.rows = null;
      const soon = later(() => this.changed(), 120);
      for (const field of Object.values(this.fields)) {
        field.addEventListener(field === this.fields.q ? "input" : "change", soon);
      }
      byId("m-clear").addEventListener("click", () => {
        this.set(new URLSearchParams());
        this.changed();
        this.fields.q.focus();
      });
      this.more.addEventListener("click", () => this.showMore(ROWS));
    }

    load() {
      if (this.rows) return;
      const { changes, tests, releases, rows } = JSON.parse(byId("data").textContent);
      this.rows = rows.map(([name, title, touched, direct, places, release, scenarios, untested, asked]) => {
        const of = touched.map((i) => changes[i]);
        const commits = new Set(direct);
        for (const [, named] of of) for (const oid of named) commits.add(oid);
        const row = { name, title, changes: of.map(([id]) => id), tests: places.map((i) => tests[i]), untested, scenarios, asked };
        row.commits = [...commits];
        row.release = release < 0 ? "" : releases[release];
        row.gap = (row.tests.length || !asked ? 0 : 2) + (row.commits.length ? 0 : 1) + (untested ? 0.5 : 0);
        row.capability = name.slice(0, name.lastIndexOf("/"));
        return row;
      });
    }

    set(parameters) {
      for (const [name, field] of Object.entries(this.fields)) {
        field.value = parameters.get(name) || "";
        if (field.selectedIndex === -1) field.selectedIndex = 0;
      }
    }

    changed() {
      const kept = Object.entries(this.fields).filter(([, field]) => field.value).map(([name, field]) => [name, field.value]);
      const query = new URLSearchParams(kept).toString();
      history.replaceState(null, "", `#matrix${query ? `?${query}` : ""}`);
      this.show();
    }

    show() {
      this.load();
      const { q, capability, tests, commits, order } = this.fields;
      const words = wordsOf(q.value);
      const wants = (choice, has) => !choice || (choice === "with") === has;
      this.found = this.rows.filter((row) =>
        (!capability.value || row.capability === capability.value)
        && (tests.value === "partly" ? row.untested > 0 : wants(tests.value, row.tests.length > 0 || (tests.value === "without" && !row.asked)))
        && wants(commits.value, row.commits.length > 0)
        && (!words.length || words.every((word) => this.textOf(row).includes(word))));
      if (!order.value) this.found.sort((a, b) => b.gap - a.gap);
      this.body.replaceChildren();
      this.at = 0;
      this.showMore(ROWS);
      this.nothing.hidden = this.found.length > 0;
      const all = counted(this.rows.length, "requirement");
      byId("m-clear").hidden = !Object.values(this.fields).some((field) => field.value);
      this.output.textContent = this.found.length < this.rows.length ? `${number(this.found.length)} of ${all}` : all;
    }

    textOf(row) {
      if (!row.text) {
        row.text = [row.name, row.title, ...row.changes, ...row.commits, ...row.tests, row.release].join(" ").normalize("NFKC").toLowerCase();
      }
      return row.text;
    }

    showMore(count) {
      const upTo = Math.min(this.at + count, this.found.length);
      const first = this.at;
      const added = document.createDocumentFragment();
      for (; this.at < upTo; this.at++) added.append(this.row(this.found[this.at]));
      this.body.append(added);
      const left = this.found.length - this.at;
      this.more.hidden = left === 0;
      this.more.textContent = `Show ${number(Math.min(left, ROWS))} more of ${number(left)}`;
      if (first > 0 && first < this.at && this.more.hidden) this.body.rows[first].querySelector("a").focus();
    }

    row(row) {
      const cell = (label, ...children) => {
        const made = make("td", { className: label === "Commits" ? "line" : "" }, ...children);
        made.setAttribute("role", "cell");
        made.dataset.label = label;
        return made;
      };
      const link = (target, text) => make("a", { href: `#${target}` }, make("bdi", {}, text));
      const tag = (text, mood) => make("span", { className: `tag ${mood}` }, text);
      const some = (items, most, show) => {
        const shown = items.slice(0, most).map(show);
        return items.length > most ? [...shown, make("span", { className: "quiet" }, `and ${number(items.length - most)} more`)] : shown;
      };
      const head = make("th", { scope: "row" }, link(`spec/${row.name}`, row.title), make("code", {}, row.name));
      head.setAttribute("role", "rowheader");
      const code = (text) => make("code", {}, text);
      const tests = some(row.tests, 3, code);
      if (!row.asked) tests.push(tag("not built yet", ""));
      else if (!row.tests.length) tests.push(tag("no test", "bad"));
      else if (row.untested) tests.push(tag(`${row.untested} of ${counted(row.scenarios, "scenario")} untested`, "warn"));
      const made = make("tr", { className: row.gap ? "gap-row" : "" }, head,
        cell("Changes", ...(row.changes.length ? some(row.changes, 4, (id) => link(`change/${id}`, id)) : [tag("none", "")])),
        cell("Commits", ...(row.commits.length ? some(row.commits, 2, (oid) => make("code", { title: oid }, oid.slice(0, 8))) : [tag("no commits", "warn")])),
        cell("Tests", ...tests),
        cell("Release", row.release ? make("span", {}, row.release) : make("span", { className: "quiet" }, "none yet")));
      made.setAttribute("role", "row");
      return made;
    }
  }

  function start() {
    const views = new Map([...document.querySelectorAll(".view")].map((view) => [view.id, view]));
    const main = byId("main");
    const title = document.title;
    const specs = new List(views.get("specs"));
    const archive = new List(views.get("archive"));
    const matrix = new Matrix(views.get("matrix"));
    let current = "overview";
    // So that the browser does not scroll to a view by itself.
    for (const [id, view] of views) view.id = `${id}-view`;
    if (matchMedia("(max-width: 56rem)").matches) views.get("specs").querySelector(".outline details").open = false;

    function show(name) {
      current = name;
      for (const [id, view] of views) view.classList.toggle("on", id === name);
      // Printing from the overview prints everything, from another view that view.
      main.classList.toggle("one", name !== "overview");
      for (const link of document.querySelectorAll(".top nav a")) {
        if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      const heading = views.get(name).querySelector("h2");
      document.title = name === "overview" ? title : `${heading.textContent} – ${title}`;
      if (name === "specs") specs.buildSoon();
      if (name === "archive") archive.buildSoon();
      if (name === "matrix") matrix.show();
      return heading;
    }

    function focus(element) {
      const heading = element.querySelector(":scope > h3, :scope > h4, :scope > h5") || element;
      if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }

    function land(view, element) {
      show(view);
      document.querySelectorAll(".found").forEach((one) => one.classList.remove("found"));
      element.classList.add("found");
      element.scrollIntoView({ block: "start" });
      focus(element);
      // What is drawn on the way there may be higher than was thought.
      requestAnimationFrame(() => requestAnimationFrame(() => element.scrollIntoView({ block: "start" })));
    }

    function fragment() {
      try {
        return decodeURIComponent(location.hash.slice(1));
      } catch {
        return "";
      }
    }

    function go(first) {
      const target = fragment();
      const [name, query] = target.split(/\?(.*)/s);
      if (views.has(name)) {
        if (name === "matrix") matrix.set(new URLSearchParams(query || ""));
        const heading = show(name);
        if (!first || target !== "") {
          window.scrollTo(0, 0);
          heading.focus({ preventScroll: true });
        }
      } else if (target.startsWith("spec/")) {
        const found = specs.reach(target);
        if (found) land("specs", found);
        else show("specs");
      } else if (target.startsWith("change/")) {
        const active = byId(target);
        const found = active && views.get("changes").contains(active) ? active : archive.reach(target);
        if (found) land(found === active && views.get("changes").contains(active) ? "changes" : "archive", found);
        else show("changes");
      } else if (target === "main") {
        main.focus();
      } else {
        show("overview");
      }
    }

    window.addEventListener("hashchange", () => go(false));
    window.addEventListener("beforeprint", () => {
      const everything = current === "overview";
      if (everything || current === "specs") specs.buildAll();
      if (everything || current === "archive") archive.buildAll();
      if (everything) matrix.show();
      if (everything || current === "matrix") matrix.showMore(Infinity);
    });
    go(true);
    // A browser looks for the address's element by itself once all is loaded, and takes the focus away from it.
    if (document.readyState !== "complete" && fragment().includes("/")) {
      window.addEventListener("load", () => setTimeout(() => go(true), 0));
    }
    root.dataset.ready = "yes";
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
