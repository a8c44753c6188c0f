// The traceability matrix: rows that are built as they are asked for.

const ROWS = 100;

class Matrix {
  constructor(view) {
    this.fields = { q: byId("m-q"), capability: byId("m-capability"), tests: byId("m-tests"), commits: byId("m-commits"), order: byId("m-order") };
    this.body = byId("m-rows");
    this.output = byId("m-n");
    this.more = byId("m-more");
    this.nothing = view.querySelector(".nothing");
    this.rows = null;
    const soon = later(() => this.changed(), 120);
    const { q, ...choices } = this.fields;
    q.addEventListener("input", soon);
    q.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      q.value = "";
      this.changed();
    });
    for (const field of Object.values(choices)) field.addEventListener("change", soon);
    byId("m-clear").addEventListener("click", () => {
      this.set(new URLSearchParams());
      this.changed();
      this.fields.q.focus();
    });
    this.more.addEventListener("click", () => this.showMore(ROWS));
  }

  load() {
    if (this.rows) return;
    const { changes, tests, releases, rows } = facts();
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
    addressed("matrix", this.asked());
    this.show();
  }

  asked() {
    return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.value]));
  }

  showAll() {
    this.show();
    this.showMore(Infinity);
  }

  // Rows that stand there and are asked for once more stay, with those that were added by hand.
  show() {
    const asked = JSON.stringify(this.asked());
    if (asked === this.shows) return;
    this.shows = asked;
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
    byId("m-clear").hidden = !Object.values(this.asked()).some(Boolean);
    this.output.textContent = this.found.length < this.rows.length ? `${number(this.found.length)} of ${all}` : all;
  }

  textOf(row) {
    if (!row.text) {
      row.text = folded([row.name, row.title, ...row.changes, ...row.commits, ...row.tests, row.release].join(" "));
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
