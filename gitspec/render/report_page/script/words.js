// Words and elements.

const byId = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString("en");
const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
const folded = (text) => text.normalize("NFKC").toLowerCase();
const wordsOf = (text) => folded(text).split(/\s+/).filter(Boolean);

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };
const plain = (source) =>
  folded(source.replace(/<[^>]*>/g, " ").replace(/&(?:amp|lt|gt|#34|#39);/g, (entity) => ENTITIES[entity]));

// The one place where text becomes elements: what the page itself carries, escaped when it was made.
const own = { createHTML: (source) => source };
const policy = window.trustedTypes ? trustedTypes.createPolicy("gitspec", own) : own;
const parse = (source) => new DOMParser().parseFromString(policy.createHTML(source), "text/html").body.childNodes;

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

// What the page knows beside its texts (gitspec/render/report_page/matrix.py), read when it is first wanted.
let known = null;
const facts = () => (known ??= JSON.parse(byId("data").textContent));

// The address says what is asked of the view that is open; there is no new entry in the history.
function addressed(view, parameters) {
  if (!byId(`${view}-view`).classList.contains("on")) return;
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
  history.replaceState(history.state, "", query ? `#${view}?${query}` : `#${view}`);
}
