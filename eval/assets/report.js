"use strict";
// The explorer. Texts of models and users reach the page through textContent alone.

const form = document.getElementById("filters");
const list = document.getElementById("list");
const options = document.getElementById("options");
const detail = document.getElementById("detail");
const count = document.getElementById("shown");
const ROW = 64; // px, as in the style sheet
const BEYOND = 6; // rows drawn above and below what is seen
const SIGNS = { fixed: "▲", broken: "▼", "both-right": "●", "both-wrong": "○" };
const OUTCOMES = { fixed: "Fixed", broken: "Broken", "both-right": "Both right", "both-wrong": "Both wrong" };
const WORST_FIRST = ["broken", "both-wrong", "fixed", "both-right"];
const FOREMOST = ["tuned", "base", "expected"]; // of whose findings nothing is folded away
const MAX_CELLS = 4e6; // of the table of the word difference; longer texts are only shown
const ALIKE = 0.25; // share of words in common below which a difference is noise

let index; // one column for each thing that the list needs
let shown = []; // numbers of the items that pass the filters, in their order
let chosen = -1;
let drawing = 0; // which call to `draw` is the latest
let filtering = 0;
let bodies = null; // all texts of each item in lower case, once all are read

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

function makeButton(kind, title, act) {
  const button = make("button", kind, title);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

// ---- what is packed into the file ----

const parsed = new Promise((done) => {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", done, { once: true });
  else done();
});
const blocks = new Map();

function bytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

async function unpack(id) {
  // The texts come after this script; one that nothing follows may still be arriving.
  if (!document.getElementById(id)?.nextSibling) await parsed;
  const inflated = new DecompressionStream("deflate");
  const writer = inflated.writable.getWriter();
  writer.write(bytes(document.getElementById(id).textContent));
  writer.close();
  return new Response(inflated.readable).json();
}

function block(number) {
  if (!blocks.has(number)) blocks.set(number, unpack(`texts-${number}`));
  return blocks.get(number);
}

async function textsOf(item) {
  const { rest, expected, said, scores, about } = await block(Math.floor(item / index.size));
  const place = item % index.size;
  const arms = Object.entries(said).map(([arm, texts]) => {
    const [chrf, exact, tokens, stop] = scores[arm][place];
    return [arm, { text: texts[place], chrf, exact, tokens, stop }];
  });
  return { id: index.ids[item], question: index.preview[item] + rest[place], expected: expected[place],
    arms: Object.fromEntries(arms), findings: [], ...about[place] };
}

let trained = null; // the training rows near to an error, once somebody looks at one

function trainingRows() {
  trained ??= unpack("rows");
  return trained;
}

// All texts are read while nothing else happens, so that a search need not wait for them.

let reading = null;
let hurry; // ends the waiting
const hurried = new Promise((done) => { hurry = done; });

function readAll() {
  hurry();
  return readAhead();
}

function readAhead() {
  reading ??= readBodies();
  return reading;
}

async function readBodies() {
  await parsed;
  const numbers = Array.from({ length: Math.ceil(index.ids.length / index.size) }, (_, number) => number);
  hurried.then(() => numbers.forEach(block)); // Sooner done, but the page halts meanwhile.
  const read = [];
  for (const number of numbers) {
    await Promise.race([idle(), hurried]);
    read.push(...bodiesOf(await block(number), number * index.size));
  }
  bodies = read;
}

function idle() {
  return new Promise((done) => { (globalThis.requestIdleCallback ?? setTimeout)(done); });
}

function bodiesOf({ rest, expected, said, about }, start) {
  const answers = Object.values(said);
  return about.map(({ family, origin, findings = [] }, place) => [
    index.preview[start + place] + rest[place], expected[place], ...answers.map((texts) => texts[place]),
    index.ids[start + place], family, origin.source, origin.locator, origin.recipe ?? "",
    ...findings.map((finding) => finding.evidence),
  ].join("\n").toLowerCase());
}

// ---- choosing ----

function gain(item) {
  return index.chrf.tuned[item] - index.chrf.base[item];
}

let badness; // of each item, 0 for the worst

const ORDERS = {
  "": (a, b) => badness[a] - badness[b],
  worst: (a, b) => index.chrf.tuned[a] - index.chrf.tuned[b],
  best: (a, b) => index.chrf.tuned[b] - index.chrf.tuned[a],
  gain: (a, b) => gain(b) - gain(a),
  loss: (a, b) => gain(a) - gain(b),
  long: (a, b) => index.words[b] - index.words[a],
};

function outcome(item) {
  return index.outcomes[index.outcome[item]];
}

function isFlagged(item, check, arm) {
  const bit = check ? 1 << index.checks.indexOf(check) : ~0;
  const arms = arm ? [arm] : Object.keys(index.found);
  return arms.some((each) => index.found[each][item] & bit);
}

function isCoded(item) {
  return index.ids[item] in coding.items;
}

const CODED = {
  sample: (item) => index.sample.includes(item),
  yes: isCoded,
  no: (item) => !isCoded(item),
};

async function filter() {
  const mine = ++filtering;
  const { set, outcome: wanted, check, arm, slice, coded, sort, q } = Object.fromEntries(new FormData(form));
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length && !bodies) {
    count.textContent = "searching…";
    await readAll();
    if (mine !== filtering) return;
  }
  const members = slice ? new Set(index.slices[slice]) : null;
  shown = Array.from(index.ids.keys()).filter((item) =>
    (!set || index.sets[index.set[item]] === set)
    && (!wanted || outcome(item) === wanted)
    && (!(check || arm) || isFlagged(item, check, arm))
    && (!members || members.has(item))
    && (!coded || CODED[coded](item))
    && words.every((word) => bodies[item].includes(word) || noteOf(item).toLowerCase().includes(word)));
  if (ORDERS[sort]) shown.sort(ORDERS[sort]);
  count.textContent = `${shown.length} of ${index.ids.length}`;
  options.style.height = `${shown.length * ROW}px`;
  list.scrollTop = 0;
  repaint();
}

// ---- the list draws only the rows that are seen ----

let waiting = false;
list.addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint(); });
}, { passive: true });

const drawn = new Map(); // the rows in the page, by their place in the list

function repaint() {
  options.replaceChildren();
  drawn.clear();
  paint();
}

function paint() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - BEYOND);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + BEYOND);
  for (const [place, node] of drawn) {
    if (place >= first && place < last) continue;
    node.remove();
    drawn.delete(place);
  }
  let next = null;
  for (let place = last - 1; place >= first; place--) {
    if (!drawn.has(place)) drawn.set(place, options.insertBefore(row(shown[place], place), next));
    next = drawn.get(place);
  }
  markChosen();
}

function markChosen() {
  options.removeAttribute("aria-activedescendant");
  for (const node of drawn.values()) {
    const isChosen = node.id === `item-${chosen}`;
    node.setAttribute("aria-selected", String(isChosen));
    if (isChosen) options.setAttribute("aria-activedescendant", node.id);
  }
}

function row(item, place) {
  const kind = outcome(item);
  const sign = make("span", `sign ${kind}`, SIGNS[kind]);
  sign.title = OUTCOMES[kind];
  sign.setAttribute("aria-hidden", "true");
  const question = makeText("span", "question", index.preview[item]);
  const facts = make("span", "facts", index.chrf.tuned[item].toFixed(0), isCoded(item) ? make("span", "coded", "✎") : "");
  facts.title = "chrF of the tuned answer";
  const node = make("div", "row", sign, make("span", "unseen", `${OUTCOMES[kind]}: `), question, facts);
  node.id = `item-${item}`;
  node.style.transform = `translateY(${place * ROW}px)`;
  node.setAttribute("role", "option");
  node.setAttribute("aria-posinset", String(place + 1));
  node.setAttribute("aria-setsize", String(shown.length));
  return node;
}

options.addEventListener("click", (event) => {
  const node = event.target.closest(".row");
  if (node) choose(Number(node.id.slice(5)));
});

function choose(item, { remember = true } = {}) {
  chosen = item;
  const top = shown.indexOf(item) * ROW;
  if (top >= 0 && top < list.scrollTop) list.scrollTop = top;
  if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  paint();
  if (remember) writeAddress();
  return draw(item);
}

function step(by) {
  if (!shown.length) return;
  const at = shown.indexOf(chosen);
  choose(shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))]);
}

// ---- one item ----

async function draw(item) {
  const mine = ++drawing;
  const texts = await textsOf(item);
  const taught = texts.taught ? await trainingRows() : [];
  if (mine !== drawing) return;
  const kind = outcome(item);
  const head = make("p", `outcome ${kind}`, `${SIGNS[kind]} ${OUTCOMES[kind]} `,
    make("span", "", `· ${index.sets[index.set[item]].replace("-", " ")}`));
  const arms = ["tuned", ...Object.keys(texts.arms).filter((arm) => arm !== "tuned")];
  const answers = make("dl", "answers", ...["expected", ...arms].map((arm) => side(texts, arm)));
  detail.replaceChildren(head, ...(texts.context ?? []).map(contextLine), makeText("h3", "", texts.question),
    ...shortened(texts), answers, ...findings(texts), ...codes(item), ...lineage(texts), ...blame(texts, taught), actions(item, texts));
  detail.scrollTop = 0;
}

function contextLine([role, text]) {
  return makeText("p", "small text", `${role}: ${text}`);
}

function shortened({ short }) {
  return short ? [make("p", "small", "These texts are shortened, to keep the file small.")] : [];
}

function side(texts, arm) {
  const said = texts.arms[arm];
  const text = said ? said.text : texts.expected;
  const title = make("dt", "", arm[0].toUpperCase() + arm.slice(1));
  const found = texts.findings.filter((finding) => finding.arm === arm);
  const { pieces, remark } = compared(texts, arm, text);
  const facts = said ? [said.exact ? "exact" : `chrF ${said.chrf.toFixed(0)}`, `${said.tokens} tokens`] : [];
  if (said && said.stop === "length") facts.push("cut off");
  if (remark) facts.push(remark);
  title.append(" ", make("span", "small", facts.join(" · ")));
  const nodes = pieces.flatMap((piece) => highlighted(piece, found, text.length));
  const body = makeText("dd", "", ...(text.trim() || nodes.length ? nodes : [make("span", "none", "(nothing)")]));
  return make("div", arm, title, body);
}

function highlighted({ kind, text, start }, found, whole) {
  if (kind === "del") return [make("del", "", text)];
  const end = start + text.length;
  const inside = found.filter((f) => f.start < end && f.end > start && f.end - f.start < whole);
  const cuts = new Set([start, end]);
  for (const f of inside) cuts.add(Math.max(start, f.start)).add(Math.min(end, f.end));
  const places = [...cuts].sort((a, b) => a - b);
  const nodes = places.slice(1).map((stop, i) => {
    const part = text.slice(places[i] - start, stop - start);
    const over = inside.filter((f) => f.start < stop && f.end > places[i]);
    if (!over.length) return part;
    const node = make("mark", "", part);
    node.title = over.map((f) => `${f.check}: ${f.evidence}`).join("\n");
    return node;
  });
  return kind ? [make(kind, "", ...nodes)] : nodes;
}

function findings(texts) {
  if (!texts.findings.length) return [];
  const foremost = FOREMOST.flatMap((arm) => texts.findings.filter((finding) => finding.arm === arm));
  const others = texts.findings.filter((finding) => !FOREMOST.includes(finding.arm));
  const folded = make("details", "", make("summary", "", `in other arms: ${others.length}`), findingList(others));
  return [make("h4", "", "Findings"), findingList(foremost), ...(others.length ? [folded] : [])];
}

function findingList(found) {
  const times = new Map();
  for (const { check, arm, evidence } of found) {
    const line = `${check} in ${arm}: ${evidence}`;
    times.set(line, (times.get(line) ?? 0) + 1);
  }
  const lines = Array.from(times, ([line, n]) => makeText("li", "", n > 1 ? `${line} (${n} times)` : line));
  return make("ul", "", ...lines);
}

function lineage({ family, origin, id, reviews }) {
  const facts = [["found in", origin.locator], ["source", origin.source], ["recipe", origin.recipe],
    ["teacher", origin.teacher], ["made from", (origin.parents ?? []).join(", ")],
    ["reviewed by", (reviews ?? []).join(", ")], ["family", family], ["whole story", `curate show ${id}`]];
  return [make("h4", "", "Where it comes from"), factList(facts)];
}

function factList(facts) {
  const nodes = facts.filter(([, value]) => value)
    .flatMap(([name, value]) => [make("dt", "", name), makeText("dd", "", value)]);
  return make("dl", "lineage", ...nodes);
}

function blame({ taught }, trained) {
  if (!taught) return [];
  const title = make("h4", "", "Training rows that may have taught this");
  const told = taught.map(([place, near]) => ({ near, ...trained[place] }));
  const rows = told.map((row) => makeText("li", "", make("strong", "", row.question), make("br"), row.answer,
    factList([["likeness", row.near.toFixed(2)], ["found in", row.locator], ["recipe", row.recipe],
      ["teacher", row.teacher], ["scores", row.scores], ["reviewed by", (row.reviews ?? []).join(", ")],
      ["whole story", `curate show ${row.id}`]])));
  return [title, make("ol", "taught", ...rows)];
}

function actions(item, texts) {
  const said = make("span", "small", "");
  said.setAttribute("role", "status");
  const copy = async (text, name) => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = `${name} copied`;
    } catch {
      said.textContent = "The browser does not let this page use the clipboard.";
    }
  };
  return make("p", "actions", makeButton("quiet", "Copy link", () => copy(location.href, "Link")),
    makeButton("quiet", "Copy as JSON", () => copy(JSON.stringify({ ...texts, taught: undefined, outcome: outcome(item) }, null, 2), "Answer")), said);
}

// ---- word difference ----

function compared(texts, arm, text) {
  const plain = { pieces: text ? [{ kind: "", text, start: 0 }] : [], remark: "" };
  const view = form.elements.view.value;
  const other = { expected: texts.expected, base: texts.arms.base.text }[view];
  const isSubject = view === "expected" ? arm in texts.arms : arm === "tuned";
  if (other === undefined || !isSubject || !text.trim() || text === other) return plain;
  const pieces = differences(tokens(other), tokens(text));
  if (!pieces) return { ...plain, remark: "too long to compare" };
  const length = (kind) => pieces.reduce((sum, piece) => sum + (piece.kind === kind ? piece.text.length : 0), 0);
  if (length("") < ALIKE * Math.max(text.length, other.length)) return { ...plain, remark: "nearly all words differ" };
  let start = 0;
  for (const piece of pieces) {
    piece.start = start;
    if (piece.kind !== "del") start += piece.text.length;
  }
  return { pieces, remark: "" };
}

let segmenter = null; // Its dictionaries take a while to load, and few texts need them.
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function tokens(text) {
  if (UNSPACED.test(text)) {
    segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
    return Array.from(segmenter.segment(text), (part) => part.segment);
  }
  return text.match(/[\p{L}\p{N}\p{M}_]+\s*|[^\p{L}\p{N}\p{M}_\s]\s*|^\s+/gu) ?? [];
}

function differences(before, after) {
  let head = 0;
  while (head < before.length && head < after.length && isSame(before[head], after[head])) head++;
  let [b, a] = [before.length, after.length];
  while (b > head && a > head && isSame(before[b - 1], after[a - 1])) { b--; a--; }
  const middle = subsequence(before.slice(head, b), after.slice(head, a));
  if (!middle) return null;
  return joined([...after.slice(0, head).map((text) => ({ kind: "", text })), ...middle,
    ...after.slice(a).map((text) => ({ kind: "", text }))]);
}

function isSame(one, other) {
  return one.trim() === other.trim();
}

// The longest common subsequence, from the end, so that the walk through it goes forwards.
function subsequence(before, after) {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns > MAX_CELLS) return null;
  const best = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      best[i][j] = isSame(before[i], after[j]) ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    if (i < rows && j < columns && isSame(before[i], after[j])) { pieces.push({ kind: "", text: after[j++] }); i++; }
    else if (j === columns || (i < rows && best[i + 1][j] >= best[i][j + 1])) pieces.push({ kind: "del", text: before[i++] });
    else pieces.push({ kind: "ins", text: after[j++] });
  }
  return pieces;
}

function joined(pieces) {
  const runs = [];
  for (const { kind, text } of pieces) {
    const last = runs.at(-1);
    if (last && last.kind === kind) last.text += text;
    else runs.push({ kind, text });
  }
  return runs;
}

// ---- coding: labels and notes, kept in this browser, exported as JSON Lines ----

const run = document.getElementById("explorer").dataset.run;
const KEY = `gristmill-codes:${run}`;
const coding = { coder: "", labels: [], items: {} };

function readCodes() {
  try {
    Object.assign(coding, JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return; // Storage is off, or holds what is not ours.
  }
  document.getElementById("coder").value = coding.coder;
  if (Object.keys(coding.items).length) repaint();
}

function keepCodes() {
  let kept = "kept in this browser";
  try {
    localStorage.setItem(KEY, JSON.stringify(coding));
  } catch {
    kept = "not kept by this browser: export before closing";
  }
  const number = Object.keys(coding.items).length;
  document.getElementById("kept").textContent = number ? `${number} coded, ${kept}` : "";
}

function noteOf(item) {
  const code = coding.items[index.ids[item]];
  return code ? [code.note, ...code.labels].join(" ") : "";
}

function changeCode(item, change) {
  const id = index.ids[item];
  const code = { labels: [], note: "", ...coding.items[id], ...change };
  code.at = new Date().toISOString();
  if (code.labels.length || code.note.trim()) coding.items[id] = code;
  else delete coding.items[id];
  keepCodes();
  repaint();
}

function toggleLabel(item, label) {
  if (!label || item < 0) return;
  if (!coding.labels.includes(label)) coding.labels.push(label);
  const now = coding.items[index.ids[item]]?.labels ?? [];
  changeCode(item, { labels: now.includes(label) ? now.filter((each) => each !== label) : [...now, label] });
}

function codes(item) {
  const chips = make("div", "chips");
  const drawChips = () => {
    const on = coding.items[index.ids[item]]?.labels ?? [];
    chips.replaceChildren(...coding.labels.map((label, place) => {
      const key = place < 9 ? make("kbd", "", String(place + 1)) : "";
      const chip = makeButton("chip", "", () => { toggleLabel(item, label); drawChips(); });
      chip.append(makeText("span", "", label), key);
      chip.setAttribute("aria-pressed", String(on.includes(label)));
      return chip;
    }));
  };
  drawChips();
  const label = make("input");
  Object.assign(label, { id: "label", placeholder: "new label, then Enter", autocomplete: "off", maxLength: 60 });
  label.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    toggleLabel(item, label.value.trim());
    label.value = "";
    drawChips();
  });
  const note = make("textarea");
  Object.assign(note, { id: "note", rows: 2, placeholder: "what went wrong, in your own words" });
  note.value = coding.items[index.ids[item]]?.note ?? "";
  note.addEventListener("input", () => changeCode(item, { note: note.value }));
  return [make("h4", "", "Your labels and note"), make("div", "codes", chips,
    make("label", "", "Label", label), make("label", "wide-label", "Note", note))];
}

function exportCodes() {
  const lines = Object.entries(coding.items).map(([example, { labels, note, at }]) =>
    JSON.stringify({ run, example, coder: coding.coder || "anonymous", labels, note, at }));
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "application/jsonl" }));
  link.download = `${run}.codes.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// ---- the address holds what is seen ----

function writeAddress() {
  const state = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) state.set(name, value);
  if (chosen >= 0) state.set("item", index.ids[chosen]);
  history.replaceState(null, "", `#${state}`);
}

async function readAddress() {
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return;
  const state = new URLSearchParams(hash);
  for (const name of new Set(Array.from(form.elements, (field) => field.name))) {
    const wanted = state.get(name) ?? "";
    if (name && (wanted || name !== "view")) form.elements[name].value = wanted;
  }
  await filter();
  const wanted = index.ids.indexOf(state.get("item"));
  document.getElementById("answers").scrollIntoView({ behavior: "instant" });
  if (wanted >= 0 || shown.length) await choose(wanted >= 0 ? wanted : shown[0], { remember: false });
}

function listen() {
  form.addEventListener("input", async (event) => {
    if (event.target.name === "view") {
      if (chosen >= 0) draw(chosen);
    } else {
      await filter();
      if (shown.length && !shown.includes(chosen)) choose(shown[0]);
    }
    writeAddress();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.q.addEventListener("focus", () => { if (!bodies) readAll(); }, { once: true });
  const coder = document.getElementById("coder");
  coder.addEventListener("input", () => { coding.coder = coder.value.trim(); keepCodes(); });
  document.getElementById("export").addEventListener("click", exportCodes);
  addEventListener("hashchange", readAddress);
  addEventListener("keydown", onKey);
}

const KEYS = {
  j: () => walk(1), k: () => walk(-1),
  "/": () => form.elements.q.focus(),
  c: () => document.getElementById("note")?.focus(),
  l: () => document.getElementById("label")?.focus(),
  d: nextView,
};
const LIST_KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.target === options && event.key in LIST_KEYS) step(LIST_KEYS[event.key]);
  else if (event.key in KEYS) KEYS[event.key]();
  else if (/^[1-9]$/.test(event.key) && coding.labels[event.key - 1]) {
    toggleLabel(chosen, coding.labels[event.key - 1]);
    draw(chosen);
  } else return;
  event.preventDefault();
}

function walk(by) {
  options.focus({ preventScroll: true });
  step(by);
}

function nextView() {
  const views = Array.from(form.elements.view, (radio) => radio.value);
  form.elements.view.value = views[(views.indexOf(form.elements.view.value) + 1) % views.length];
  if (chosen >= 0) draw(chosen);
  writeAddress();
}

async function start() {
  index = await unpack("index");
  badness = index.ids.map((_, item) => WORST_FIRST.indexOf(outcome(item)));
  document.getElementById("explorer").hidden = false;
  document.documentElement.dataset.ready = "1";
  listen();
  await filter();
  performance.mark("ready");
  readCodes();
  keepCodes();
  if (shown.length) await choose(shown[0], { remember: false });
  await readAddress();
  await readAhead();
}

start();
