"use strict";
// The explorer. Texts of models and users reach the page through textContent alone.

const items = JSON.parse(document.getElementById("items").textContent);
const form = document.getElementById("filters");
const list = document.getElementById("list");
const detail = document.getElementById("detail");
const PAGE = 200;
const SIGNS = { fixed: "▲", broken: "▼", "both-right": "●", "both-wrong": "○" };
const OUTCOMES = { fixed: "Fixed", broken: "Broken", "both-right": "Both right", "both-wrong": "Both wrong" };
const ORDERS = {
  worst: (a, b) => a.arms.tuned.chrf - b.arms.tuned.chrf,
  best: (a, b) => b.arms.tuned.chrf - a.arms.tuned.chrf,
  gain: (a, b) => gain(b) - gain(a),
  loss: (a, b) => gain(a) - gain(b),
};
const MAX_CELLS = 4e6; // of the table of the word difference; longer texts are only shown

let shown = [];
let drawn = 0;
let chosen = null;

for (const item of items) {
  const texts = [item.question, item.expected, item.arms.base.text, item.arms.tuned.text];
  const names = [item.id, item.family, item.origin.locator, item.origin.recipe ?? ""];
  item.words = [...texts, ...names].join("\n").toLowerCase();
}

function gain(item) {
  return item.arms.tuned.chrf - item.arms.base.chrf;
}

function make(tag, kind, ...children) {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  node.append(...children);
  return node;
}

function makeText(tag, kind, ...children) {
  const node = make(tag, kind, ...children);
  node.dir = "auto";
  return node;
}

// ---- choosing ----

function filter() {
  const { set, outcome, check, arm, sort, q } = Object.fromEntries(new FormData(form));
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  shown = items.filter((item) =>
    (!set || item.set === set)
    && (!outcome || item.outcome === outcome)
    && (!(check || arm) || item.findings.some((f) => (!check || f.check === check) && (!arm || f.arm === arm)))
    && words.every((word) => item.words.includes(word)));
  if (ORDERS[sort]) shown.sort(ORDERS[sort]);
  document.getElementById("shown").textContent = `${shown.length} of ${items.length}`;
  drawn = 0;
  list.replaceChildren();
  drawMore();
}

function drawMore() {
  list.querySelector(".more")?.parentElement.remove();
  const next = shown.slice(drawn, drawn + PAGE);
  drawn += next.length;
  list.append(...next.map(row));
  if (drawn < shown.length) {
    const more = make("button", "more", `Show ${Math.min(PAGE, shown.length - drawn)} more`);
    more.addEventListener("click", drawMore);
    list.append(make("li", "", more));
  }
  mark();
}

function row(item) {
  const sign = make("span", `sign ${item.outcome}`, SIGNS[item.outcome]);
  sign.title = OUTCOMES[item.outcome];
  const button = make("button", "", sign, makeText("span", "question", item.question),
    make("span", "chrf", item.arms.tuned.chrf.toFixed(0)));
  button.type = "button";
  button.addEventListener("click", () => choose(item));
  return make("li", "", button);
}

function mark() {
  const rows = list.children;
  for (let i = 0; i < drawn; i++) {
    const button = rows[i].firstElementChild;
    if (shown[i] !== chosen) button.removeAttribute("aria-current");
    else {
      button.setAttribute("aria-current", "true");
      const [top, bottom] = [button.offsetTop - list.offsetTop, button.offsetTop - list.offsetTop + button.offsetHeight];
      if (top < list.scrollTop) list.scrollTop = top;
      if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
    }
  }
}

function choose(item, { remember = true } = {}) {
  chosen = item;
  while (drawn < shown.length && shown.indexOf(item) >= drawn) drawMore();
  mark();
  draw(item);
  if (remember) writeAddress();
}

function step(by) {
  if (!shown.length) return;
  const at = shown.indexOf(chosen);
  choose(shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))]);
}

// ---- one item ----

function draw(item) {
  const head = make("p", `outcome ${item.outcome}`, `${SIGNS[item.outcome]} ${OUTCOMES[item.outcome]} `,
    make("span", "", `· ${item.set.replace("-", " ")}`));
  const parts = [head, ...item.context.map(contextLine), makeText("h3", "", item.question)];
  const answers = make("dl", "answers", side(item, "expected"), side(item, "tuned"), side(item, "base"));
  parts.push(answers, ...difference(item), ...findings(item), make("h4", "", "Where it comes from"), lineage(item));
  detail.replaceChildren(...parts);
  detail.scrollTop = 0;
}

function contextLine([role, text]) {
  return makeText("p", "small text", `${role}: ${text}`);
}

function side(item, arm) {
  const said = item.arms[arm];
  const text = said ? said.text : item.expected;
  const title = make("dt", "", arm[0].toUpperCase() + arm.slice(1));
  if (said) {
    const facts = [said.exact ? "exact" : `chrF ${said.chrf.toFixed(0)}`, `${said.tokens} tokens`];
    if (said.stop === "length") facts.push("cut off");
    title.append(" ", make("span", "small", facts.join(" · ")));
  }
  const found = item.findings.filter((finding) => finding.arm === arm);
  const body = makeText("dd", "", ...(text.trim() ? highlighted(text, found) : [make("span", "none", "(nothing)")]));
  return make("div", arm, title, body);
}

function highlighted(text, found) {
  const cuts = new Set([0, text.length]);
  for (const { start, end } of found) cuts.add(start).add(end);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => {
    const piece = text.slice(places[i], end);
    const over = found.filter((f) => f.start < end && f.end > places[i] && f.end - f.start < text.length);
    if (!over.length) return piece;
    const node = make("mark", "", piece);
    node.title = over.map((f) => `${f.check}: ${f.evidence}`).join("\n");
    return node;
  });
}

function findings(item) {
  if (!item.findings.length) return [];
  const order = ["tuned", "base", "expected"];
  const sorted = item.findings.toSorted((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm));
  const lines = sorted.map((f) => makeText("li", "", `${f.check} in ${f.arm}: ${f.evidence}`));
  return [make("h4", "", "Findings"), make("ul", "", ...lines)];
}

function lineage({ family, origin, id }) {
  const facts = [["found in", origin.locator], ["source", origin.source], ["recipe", origin.recipe],
    ["teacher", origin.teacher], ["made from", (origin.parents ?? []).join(", ")], ["family", family], ["id", id]];
  const nodes = facts.filter(([, value]) => value)
    .flatMap(([name, value]) => [make("dt", "", name), makeText("dd", "", value)]);
  return make("dl", "lineage", ...nodes);
}

// ---- word difference ----

function difference(item) {
  const said = item.arms.tuned.text;
  if (!said.trim() || said === item.expected) return [];
  const pieces = compare(tokens(item.expected), tokens(said));
  if (!pieces) return [];
  const nodes = pieces.map(({ kind, text }) => (kind ? make(kind, "", text) : text));
  const title = make("h4", "", "Tuned against expected: ", make("del", "", "missing"), " and ", make("ins", "", "added"));
  return [title, makeText("p", "text", ...nodes)];
}

function tokens(text) {
  return text.match(/[\p{L}\p{N}\p{M}_]+\s*|[^\p{L}\p{N}\p{M}_\s]\s*|^\s+/gu) ?? [];
}

// The longest common subsequence, from the end, so that the walk through it goes forwards.
function compare(before, after) {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns > MAX_CELLS) return null;
  const same = (i, j) => before[i].trim() === after[j].trim();
  const best = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      best[i][j] = same(i, j) ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const pieces = [];
  const push = (kind, text) => {
    const last = pieces.at(-1);
    if (last && last.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    if (i < rows && j < columns && same(i, j)) { push("", after[j]); i++; j++; }
    else if (j === columns || (i < rows && best[i + 1][j] >= best[i][j + 1])) push("del", before[i++]);
    else push("ins", after[j++]);
  }
  return pieces;
}

// ---- the address holds what is seen ----

function writeAddress() {
  const state = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) state.set(name, value);
  if (chosen) state.set("item", chosen.id);
  history.replaceState(null, "", `#${state}`);
}

function readAddress() {
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return;
  const state = new URLSearchParams(hash);
  for (const field of form.elements) if (field.name) field.value = state.get(field.name) ?? "";
  filter();
  const wanted = items.find((item) => item.id === state.get("item")) ?? shown[0];
  if (wanted) choose(wanted, { remember: false });
  document.getElementById("answers").scrollIntoView({ behavior: "instant" });
}

form.addEventListener("input", () => {
  filter();
  if (shown.length && !shown.includes(chosen)) choose(shown[0]);
  writeAddress();
});
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", readAddress);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const steps = { j: 1, k: -1 };
  if (event.key in steps) step(steps[event.key]);
  else if (event.key === "/") form.elements.q.focus();
  else return;
  event.preventDefault();
});

document.getElementById("explorer").hidden = false;
document.documentElement.dataset.ready = "1";
filter();
if (shown.length) choose(shown[0], { remember: false });
readAddress();
