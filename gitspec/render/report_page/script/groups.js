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
