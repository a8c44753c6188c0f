// A view with groups, and the search above them.

const ALL_AT_ONCE = 1500; // items: so many are built unasked, so that the browser's own search finds them too
const MARKED = 2000; // places

class List {
  constructor(view) {
    this.name = view.id;
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
    this.input.addEventListener("input", later(() => this.changed(), 120));
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.input.value = "";
      this.changed();
    });
    this.say(this.total, false);
  }

  set(parameters) {
    const q = parameters.get("q") || "";
    if (q === this.input.value) return;
    this.input.value = q;
    this.search();
  }

  changed() {
    addressed(this.name, { q: this.input.value });
    this.search();
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
      for (let node = walker.nextNode(); node && ranges.length < MARKED; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        if (text.length !== node.data.length) continue;
        for (const word of words) {
          for (let at = text.indexOf(word); at >= 0 && ranges.length < MARKED; at = text.indexOf(word, at + word.length)) {
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
    if (found && found.closest("[hidden]")) this.set(new URLSearchParams());
    return found;
  }
}
