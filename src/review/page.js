"use strict";
// The review page. A report's rows are read at once and its text when it is shown; lines of the table exist while they are
// in sight. Text becomes text nodes and attributes, never markup.

const $ = id => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const KINDS = ["level", "change", "completion", "rank"];
const HEDGES = { approx: "≈", nearly: "≲", over: ">", at_least: "≥", under: "<", at_most: "≤" };
const SIGNS = { right: "✓", wrong: "✗", corrected: "✎" };
const GUARDED = ["guarded", "time", "furniture"];
const collator = new Intl.Collator("zh-Hans-CN", { numeric: true });

// --- What the page holds ---------------------------------------------------------------------------------------------

const [ALL, OWN] = JSON.parse(document.querySelector(".columns").textContent);
const AT = Object.fromEntries(OWN.map((name, index) => [name, index]));

class Entry {
  constructor(report, figure, cells, other) {
    Object.assign(this, { report, figure, cells, other, mark: "", name: "", gold: null });
  }
  cell(name) {
    if (name === "document") return this.report.name;
    const cell = this.cells[AT[name]];
    return name === "section" || name === "sentence" ? this.report.words[cell] : cell;
  }
  get indicator() { return this.name || this.cell("indicator"); }
  get place() { return this.other || { line: this.cell("line"), start: this.cell("start"), end: this.cell("end"), raw: this.cell("raw") }; }
  get hasPlace() { return !this.other && this.cell("end") > this.cell("start"); }
}

const texts = document.querySelectorAll(".text");
const reports = [...document.querySelectorAll(".table")].map((element, index) => {
  const { name, whole, rows, others, words } = JSON.parse(element.textContent);
  element.remove();
  const report = { index, name, whole, words, element: texts[index] };
  report.rows = rows.map((cells, figure) => new Entry(report, figure, cells));
  report.others = others.map((other, figure) => new Entry(report, rows.length + figure, null, other));
  return report;
});
const base = name => name.split("/").pop();
const of = (report, figure) => report.rows[figure] || report.others[figure - report.rows.length];

/** Pieces that stand in one paragraph: a browser takes its time over one of a hundred thousand. */
const PIECES = 200;

/** The lines of a report, read when they are first asked for; a very long one comes in parts of one number. */
function lines(report) {
  if (report.text) return report.text;
  const { numbers, lines } = JSON.parse(report.element.textContent);
  report.text = { numbers: [], lines: [] };
  lines.forEach((pieces, index) => {
    for (let first = 0; first === 0 || first < pieces.length; first += PIECES) {
      report.text.numbers.push(numbers[index]);
      report.text.lines.push(pieces.slice(first, first + PIECES));
    }
  });
  return report.text;
}

// --- Elements --------------------------------------------------------------------------------------------------------

/** What a browser would hide or act upon, to be seen. */
const shown = text => String(text).replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
  c => `\\u{${c.codePointAt(0).toString(16)}}`);

function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(child => child != null && child !== ""));
  return element;
}

function s(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function options(select, values, first) {
  const option = ([value, label]) => h("option", { value }, shown(label));
  select.replaceChildren();
  if (first !== undefined) select.append(h("option", { value: "" }, first));
  for (const value of values) select.append(option(value));
}

function tell(problem) {
  $("told").textContent = problem;
  $("told").hidden = !problem;
}

/** The last place of a path of districts. */
function short(district) {
  const rest = district.replace(/^.{2,}?(?:自治区|自治州|地区|[省市区县盟旗])(?=..)/u, "");
  return rest === district ? rest : short(rest);
}
const grouped = decimal => decimal.replace(/^-?\d+/, digits => digits.replace(/\B(?=(?:\d{3})+$)/g, ","));
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const figureOf = entry => {
  const [value, high] = [entry.cell("value"), entry.cell("high")];
  const unit = entry.cell("unit");
  return (HEDGES[entry.cell("qualifier")] || "") + grouped(value) + (high === null ? "" : `–${grouped(high)}`) + (/^[%‰]?$/.test(unit) ? unit : ` ${unit}`);
};

// --- Filters ---------------------------------------------------------------------------------------------------------

let view = [];
let now = null;
const everyRow = reports.flatMap(report => report.rows);
const ABSENT = "\u0001";

function distinct(name) {
  const values = new Set(everyRow.map(row => row.cell(name)));
  return [...values].sort(collator.compare).map(value => [value || ABSENT, value || "(none)"]);
}

function startFilters() {
  options($("by-kind"), KINDS.map(kind => [kind, kind]), "all");
  options($("by-status"), ["actual", "planned"].map(status => [status, status]), "all");
  options($("by-district"), distinct("district"), "all");
  options($("by-document"), reports.map((report, index) => [String(index), report.name]), "all");
  options($("by-mark"), [["none", "not marked"], ...Object.keys(SIGNS).map(mark => [mark, `${SIGNS[mark]} ${mark}`])], "all");
  options($("shown"), reports.map((report, index) => [String(index), report.name]));
  const count = fates => reports.reduce((sum, { others }) => sum + others.filter(({ other }) => fates.includes(other.fate)).length, 0);
  $("many-unclaimed").textContent = count(["unclaimed"]);
  $("many-guarded").textContent = count(GUARDED);
}

const isShown = entry => !entry.other || $(GUARDED.includes(entry.other.fate) ? "with-guarded" : "with-unclaimed").checked;

function filter() {
  const words = $("by-indicator").value.trim().toLowerCase();
  const [kind, status, district, mark] = ["by-kind", "by-status", "by-district", "by-mark"].map(id => $(id).value);
  const document_ = $("by-document").value;
  const has = (...texts) => !words || texts.some(text => text && text.toLowerCase().includes(words));
  const passes = entry => {
    if (entry.other) {
      return isShown(entry) && !kind && !status && !district && !mark && has(entry.other.raw, entry.other.reading, entry.other.reason);
    }
    return (!kind || entry.cell("kind") === kind) && (!status || entry.cell("status") === status)
      && (!district || (entry.cell("district") || ABSENT) === district)
      && (!mark || (entry.mark || "none") === mark) && has(entry.indicator, entry.cell("raw"));
  };
  const others = $("with-unclaimed").checked || $("with-guarded").checked;
  const start = entry => entry.place.start;
  view = (document_ ? [reports[document_]] : reports).flatMap(report => {
    const found = report.rows.filter(passes);
    if (!others) return found;
    return found.concat(report.others.filter(passes)).sort((a, b) => start(a) - start(b));
  });
  view.forEach((entry, index) => { entry.at = index; });
  document.body.classList.toggle("show-unclaimed", $("with-unclaimed").checked);
  document.body.classList.toggle("show-guarded", $("with-guarded").checked);
  const rows = view.reduce((sum, entry) => sum + !entry.other, 0);
  const all = rows === everyRow.length ? "" : ` of ${everyRow.length.toLocaleString("en")}`;
  $("count").textContent = `${rows.toLocaleString("en")}${all ? all + " rows" : plural(rows, "row").replace(/^\S+/, "")} · ${plural(reports.length, "report")}`;
  drawTable();
  if (!$("charts").hidden) drawCharts();
}

// --- The table: what is in sight -------------------------------------------------------------------------------------

let height = 30;
const body = document.querySelector("tbody");

function line(entry) {
  const { other } = entry;
  const cells = other
    ? [h("td"), h("td", { class: "c-name" }, shown(other.reading || other.reason)), h("td", { class: "number" }, shown(other.raw)),
      h("td"), h("td"), h("td", { class: "kind" }, other.fate), h("td", { class: "dim" }, shown(base(entry.report.name)))]
    : [h("td", { class: `sign-${entry.mark}` }, SIGNS[entry.mark] || ""), h("td", { class: "c-name" }, shown(entry.indicator)),
      h("td", { class: "number" }, shown(figureOf(entry))), h("td", {}, shown(entry.cell("period"))),
      h("td", { class: "dim" }, shown(short(entry.cell("district")))),
      h("td", { class: "kind" }, h("i", { class: entry.cell("kind") }, entry.cell("kind")), entry.cell("status") === "planned" ? " planned" : "", entry.cell("damaged") ? " ?" : ""),
      h("td", { class: "dim" }, shown(base(entry.report.name)))];
  cells[1].title = shown(other ? `${other.reason}: ${other.reading}` : entry.indicator);
  return h("tr", { id: `row-${entry.at}`, "data-at": entry.at, "aria-rowindex": entry.at + 2, "aria-selected": String(entry === now),
    class: [other ? "none" : entry.mark, entry === now ? "now" : ""].join(" ").trim() }, ...cells);
}

function gap(size) {
  const cell = h("td");
  cell.style.height = `${size}px`;
  return h("tr", { class: "gap", "aria-hidden": "true" }, cell);
}

function drawTable() {
  const pane = $("table");
  const first = Math.max(0, Math.floor(pane.scrollTop / height) - 10);
  const last = Math.min(view.length, first + Math.ceil((pane.clientHeight || 600) / height) + 20);
  body.replaceChildren(gap(first * height), ...view.slice(first, last).map(line), gap((view.length - last) * height));
  if (!view.length) body.replaceChildren(h("tr", { class: "none" }, h("td", { colspan: 3 }, everyRow.length ? "Nothing passes the filters." : "There are no rows.")));
  body.parentElement.setAttribute("aria-rowcount", view.length + 1);
  const real = body.querySelector("[data-at]")?.getBoundingClientRect().height;
  if (real && Math.abs(real - height) > 0.2) {
    height = real;
    drawTable();
  }
}

function showInTable(entry) {
  if (view[entry.at] !== entry) return;
  const pane = $("table");
  const top = entry.at * height;
  const room = pane.clientHeight - 2 * height;
  if (top < pane.scrollTop || top > pane.scrollTop + room - height) pane.scrollTop = Math.max(0, top - room / 2);
  pane.setAttribute("aria-activedescendant", `row-${entry.at}`);
}

// --- The report ------------------------------------------------------------------------------------------------------

const BLOCK = 30;
let report = null;
let built = 0;

const classOf = entry => entry.other ? entry.other.fate
  : [entry.cell("kind"), entry.cell("status") === "planned" && "planned", entry.cell("damaged") && "damaged", entry.mark]
    .filter(Boolean).join(" ");

const told = entry => entry.other ? `${entry.other.fate}: ${entry.other.reason}` : `${entry.indicator} ${figureOf(entry)}`;

function buildBlock() {
  const { numbers, lines: all } = lines(report);
  const block = h("div", { class: "block" });
  let room = BLOCK * PIECES / 10;
  for (const end = Math.min(built + BLOCK, all.length); built < end && room > 0; built++) {
    room -= all[built].length;
    const pieces = all[built].map(piece => {
      if (typeof piece === "string") return shown(piece);
      const entry = of(report, piece[0]);
      return h("mark", { "data-figure": piece[0], class: classOf(entry), title: shown(told(entry)) }, shown(piece[1]));
    });
    const number = numbers[built] === numbers[built - 1] && report.whole ? "…" : numbers[built];
    block.append(h("p", { "data-number": number }, ...pieces));
  }
  $("text").append(block);
}

function showReport(next) {
  if (report === next) return;
  if (report) report.text = null;
  report = next;
  built = 0;
  $("shown").value = report.index;
  $("previous").disabled = report.index === 0;
  $("next").disabled = report.index === reports.length - 1;
  $("partial").hidden = report.whole;
  $("text").replaceChildren();
  $("text").scrollTop = 0;
  const build = () => {
    const until = performance.now() + 12;
    while (report === next && built < lines(report).lines.length) {
      buildBlock();
      if (performance.now() > until) return void setTimeout(build);
    }
  };
  build();
}

const marksOf = entry => $("text").querySelectorAll(`mark[data-figure="${entry.figure}"]`);

function showInReport(entry) {
  showReport(entry.report);
  const at = lines(report).lines.findIndex(pieces => pieces.some(piece => piece[0] === entry.figure));
  while (built <= at) buildBlock();
  const first = marksOf(entry)[0];
  if (first) first.scrollIntoView({ block: "center" });
  else $("text").querySelector(`[data-number="${entry.place.line}"]`)?.scrollIntoView({ block: "center" });
}

// --- What is chosen --------------------------------------------------------------------------------------------------

function refresh(entry) {
  if (entry.report === report) {
    for (const mark of marksOf(entry)) mark.className = classOf(entry) + (entry === now ? " now" : "");
  }
}

function choose(entry, from) {
  const before = now;
  now = entry;
  if (before) refresh(before);
  document.body.classList.toggle("has-chosen", !!entry);
  $("chosen").hidden = !entry;
  if (entry) {
    if (from !== "mark") showInReport(entry);
    refresh(entry);
    drawChosen();
    showInTable(entry);
    if (from === "row" || from === "chart") phone("report");
  }
  drawTable();
}

const column = entry => {
  const { numbers, lines: all } = lines(entry.report);
  let count = 1;
  for (let at = numbers.indexOf(entry.place.line); at >= 0 && numbers[at] === entry.place.line; at++) {
    for (const piece of all[at]) {
      if (piece[0] === entry.figure) return `:${count}`;
      count += Array.from(typeof piece === "string" ? piece : piece[1]).length;
    }
  }
  return "";
};

const quoted = name => /^[\w./:\-\u4e00-\u9fff]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

function drawChosen() {
  const entry = now;
  const { other, place } = entry;
  const pairs = [];
  const add = (name, ...values) => {
    const value = values.filter(value => value !== "" && value != null && value !== false).join(" ");
    if (value) pairs.push(h("dt", {}, name), h("dd", { lang: "zh-CN" }, shown(value)));
  };
  const source = name => entry.cell(name) && `(${entry.cell(name)})`;
  if (other) {
    add("why no row", other.reason, other.guard && `(guard ${other.guard})`);
    add("reading", other.reading);
    add("document", `${entry.report.name}:${place.line}`);
  } else {
    add("raw", entry.cell("raw"), entry.cell("damaged") && "may have lost a digit");
    add("period", entry.cell("period"), source("period_source"));
    add("district", entry.cell("district"), entry.cell("district_code"), source("district_source"));
    add("kind", entry.cell("kind"), entry.cell("status") === "planned" && "planned", entry.cell("qualifier") !== "exact" && entry.cell("qualifier"));
    add("document", `${entry.report.name}:${place.line}`, entry.cell("page"));
    add("section", entry.cell("section"));
    add("sentence", entry.cell("sentence"));
    add("rule", entry.cell("rule"), entry.cell("category") && `(${entry.cell("category")})`);
    add("repairs", entry.cell("repairs"));
  }
  if (entry.report.whole) {
    pairs.push(h("dt", {}, "ask"), h("dd", {}, h("code", {}, shown(`kpi-extract why ${quoted(`${entry.report.name}:${place.line}${column(entry)}`)}`))));
  }
  const acts = h("div", { class: "acts" });
  if (entry.hasPlace) {
    const act = (mark, label) => h("button", { type: "button", id: `mark-${mark}`, "aria-pressed": String(entry.mark === mark), class: `sign-${mark}`, onclick: () => put(mark) }, label);
    acts.append(act("right", "✓ Right"), act("wrong", "✗ Wrong"),
      h("input", { id: "name", value: entry.indicator, "aria-label": "Name", lang: "zh-CN", autocomplete: "off",
        onkeydown: event => {
          if (event.key === "Enter") put("corrected");
          if (event.key === "Escape") $("table").focus();
        } }),
      act("corrected", "✎ Correct name"));
    if (entry.mark) acts.append(h("button", { type: "button", onclick: () => put("") }, "Unmark"));
  } else if (!other) {
    acts.append("Earlier output without start and end (--all-columns) cannot be marked.");
  }
  $("chosen").replaceChildren(
    h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => choose(null) }, "×"),
    h("h2", { lang: "zh-CN" }, shown(other ? other.raw : entry.indicator), h("span", { class: "figure" }, other ? other.fate : shown(figureOf(entry)))),
    acts, h("dl", {}, ...pairs));
}

function step(by) {
  if (!view.length) return;
  const at = now && view[now.at] === now ? now.at + by : by > 0 ? 0 : view.length - 1;
  choose(view[Math.min(view.length - 1, Math.max(0, at))], "key");
}

// --- Marks -----------------------------------------------------------------------------------------------------------

let unsaved = 0;
/** Lines of an opened gold file that are about no row of this page. */
let kept = [];

function put(mark) {
  const entry = now;
  if (!entry || !entry.hasPlace) return;
  const name = mark === "corrected" ? $("name").value.trim() : "";
  if (mark === "corrected" && (!name || name === entry.cell("indicator"))) {
    $("name").focus();
    return;
  }
  Object.assign(entry, { mark, name, gold: null });
  unsaved++;
  tell("");
  refresh(entry);
  drawChosen();
  drawTable();
  $("table").focus({ preventScroll: true });
}

/** The rows of a report as gold: what is not marked is optional, so that it counts neither for nor against a table. */
function gold(report) {
  return report.rows.filter(row => row.hasPlace).map(row => {
    if (row.gold) return row.gold;
    const [start, end, indicator] = [row.cell("start"), row.cell("end"), row.indicator];
    const whole = { doc: base(report.name), start, end, surface: row.cell("raw"), value: row.cell("value") };
    if (row.cell("high") !== null) whole.high = row.cell("high");
    for (const name of ["unit", "qualifier", "kind", "status", "period"]) whole[name] = row.cell(name);
    Object.assign(whole, { indicator, must: indicator, names: [] });
    if (!row.mark) whole.optional = true;
    // It asks for nothing where it stands, and names the document.
    if (row.mark === "wrong") Object.assign(whole, { start: 0, end: 0, optional: true, wrong: [start, end] });
    return whole;
  });
}

function save() {
  const marked = reports.filter(({ rows }) => rows.some(row => row.mark || row.gold));
  const all = [...marked.flatMap(gold), ...kept];
  if (!all.length) return tell("Nothing is marked yet: choose a row, then ✓, ✗ or ✎.");
  tell("");
  unsaved = 0;
  download("gold.jsonl", "application/jsonl", all.map(row => JSON.stringify(row) + "\n").join(""));
}

function open(text) {
  const found = text.replace(/^\ufeff/, "").split("\n").filter(line => line.trim()).map(line => JSON.parse(line));
  if (!found.every(row => row && typeof row.doc === "string")) throw new SyntaxError("a line without `doc`");
  const places = new Map(everyRow.filter(row => row.hasPlace).map(row => [`${base(row.report.name)}\n${row.cell("start")}\n${row.cell("end")}`, row]));
  let count = 0;
  for (const line of found) {
    const [start, end] = Array.isArray(line.wrong) ? line.wrong : [line.start, line.end];
    const row = places.get(`${line.doc}\n${start}\n${end}`);
    if (!row) {
      kept.push(line);
      continue;
    }
    // It is saved as it was unless its mark is changed: it may know more than the page does.
    row.gold = line;
    if (line.optional && !line.wrong) continue;
    const names = [line.indicator, ...(line.names || [])];
    const named = names.includes(row.cell("indicator"));
    row.mark = line.wrong ? "wrong" : named ? "right" : "corrected";
    row.name = row.mark === "corrected" ? String(line.indicator) : "";
    count++;
  }
  tell(`${plural(count, "mark")} opened${kept.length ? `; ${plural(kept.length, "line")} about no row here, kept for saving` : ""}.`);
  const chosen = now;
  const last = report;
  report = null;
  showReport(last);
  filter();
  if (chosen) choose(chosen, "key");
}

// --- Files -----------------------------------------------------------------------------------------------------------

function download(name, type, text) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function exportRows() {
  const cell = value => {
    let text = value === null ? "" : String(value);
    if (typeof value === "string" && /^[=+\-@＝＋－＠\t\r\n]/u.test(text)) text = "'" + text;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const numbers = ["value", "high"];
  const row = entry => ALL.map(name => {
    if (name === "damaged") return entry.cell(name) ? name : "";
    if (numbers.includes(name)) return entry.cell(name) ?? "";
    return cell(name === "indicator" ? entry.indicator : entry.cell(name));
  }).join(",");
  const rows = view.filter(entry => !entry.other);
  download("kpis.csv", "text/csv", "\ufeff" + [ALL.join(","), ...rows.map(row)].map(line => line + "\n").join(""));
}

// --- Charts ----------------------------------------------------------------------------------------------------------

/** When a period ends, in months, and how long it is. */
function span(period) {
  const parts = period.split("/").map(part => {
    const [, year, half, quarter, month] = /^(\d+)(?:-(?:H(\d)|Q(\d)|(\d+)))?/.exec(part) || [];
    const first = year * 12 + (half ? 6 * (half - 1) : quarter ? 3 * (quarter - 1) : month ? month - 1 : 0);
    return [first, first + (half ? 6 : quarter ? 3 : month ? 1 : 12)];
  });
  const [[start], [, end]] = [parts[0], parts[parts.length - 1]];
  return { end, length: end - start };
}

/** Whom a figure is of: a report that names no district speaks for itself. */
const ownerOf = entry => entry.cell("district") || entry.report.name;
const ownerName = entry => shown(short(entry.cell("district")) || base(entry.report.name).replace(/\.\w+$/, ""));

/** Points of one line that are drawn. */
const POINTS = 500;

let series = new Map();
const number = entry => Number(entry.cell("value"));
const keyOf = entry => JSON.stringify([entry.indicator, entry.cell("kind"), entry.cell("unit")]);

function drawCharts() {
  const groups = new Map();
  for (const entry of view) {
    if (entry.other || entry.mark === "wrong") continue;
    const key = keyOf(entry);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(entry);
  }
  const spread = rows => Math.max(new Set(rows.map(row => row.cell("period"))).size, new Set(rows.map(ownerOf)).size);
  series = new Map([...groups].filter(([, rows]) => spread(rows) > 1).sort((a, b) => spread(b[1]) - spread(a[1]) || b[1].length - a[1].length));
  const before = now && series.has(keyOf(now)) ? keyOf(now) : $("series").value;
  options($("series"), [...series].slice(0, 2000).map(([key, rows]) => {
    const [indicator, kind, unit] = JSON.parse(key);
    return [key, `${indicator}${kind === "level" ? "" : ` ${kind}`}${unit ? `（${unit}）` : ""} — ${rows.length}`];
  }));
  if (series.has(before)) $("series").value = before;
  drawSeries();
}

function drawSeries() {
  const rows = series.get($("series").value) || [];
  const nothing = "No indicator of the rows that pass the filters has two periods or two districts.";
  $("series").hidden = !rows.length;
  const timed = rows.filter(row => row.cell("period"));
  $("over-time").replaceChildren(...(rows.length ? overTime(timed) : [nothing]));
  const moments = new Map();
  for (const row of rows) {
    const period = row.cell("period");
    moments.set(period, (moments.get(period) || new Set()).add(ownerOf(row)));
  }
  const order = [...moments].sort((a, b) => b[1].size - a[1].size || span(b[0]).end - span(a[0]).end);
  const chosen = now && rows.includes(now) ? now.cell("period") : order[0]?.[0];
  options($("moment"), order.map(([period, districts]) => [period || ABSENT, `${period || "no period"} — ${districts.size}`]));
  if (chosen !== undefined) $("moment").value = chosen || ABSENT;
  $("moment").hidden = !rows.length;
  drawPlaces();
}

const point = (entry, shape) => {
  shape.append(s("title", {}, shown(`${entry.cell("district")} ${entry.cell("period")}: ${figureOf(entry)} (${entry.cell("raw")}, ${entry.report.name})`)));
  shape.addEventListener("click", () => choose(entry, "chart"));
  return shape;
};

const compact = new Intl.NumberFormat("zh-CN", { notation: "compact", maximumSignificantDigits: 4 });

/** As wide as there is room, so that its letters are as large as the others. */
const chartWidth = () => Math.min(860, Math.max(320, $("over-time").clientWidth));

/** Ticks on round numbers over what is between two values. */
function scale(low, high) {
  const size = high - low || Math.abs(high) || 1;
  const raw = size / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(times => times * power).find(step => step >= raw);
  const first = Math.floor(low / step) * step;
  const ticks = [first];
  while (ticks[ticks.length - 1] < high && ticks.length < 12) ticks.push(first + ticks.length * step);
  return ticks;
}

/** One indicator over its periods, a line for each of the districts that tell most of it. */
function overTime(rows) {
  const periods = [...new Set(rows.map(row => row.cell("period")))].sort((a, b) => span(a).end - span(b).end || span(a).length - span(b).length);
  if (periods.length < 2) return ["One period only."];
  const places = new Map();
  for (const row of rows) {
    if (!places.has(ownerOf(row))) places.set(ownerOf(row), []);
    places.get(ownerOf(row)).push(row);
  }
  const most = [...places].sort((a, b) => b[1].length - a[1].length);
  const drawn = most.slice(0, 6).map(([owner, rows]) => [owner, rows.slice(0, POINTS)]);
  const values = drawn.flatMap(([, rows]) => rows.map(number));
  const ticks = scale(Math.min(0, ...values), Math.max(0, ...values));
  const [width, tall, left, foot] = [chartWidth(), 240, 62, 28];
  const x = period => left + 30 + periods.indexOf(period) * (width - left - 70) / (periods.length - 1);
  const y = value => 10 + (ticks[ticks.length - 1] - value) * (tall - foot - 10) / (ticks[ticks.length - 1] - ticks[0]);
  const chart = s("svg", { width, viewBox: `0 0 ${width} ${tall}`, role: "img", "aria-label": "values by period" });
  for (const tick of ticks) {
    chart.append(s("line", { class: "axis", x1: left, x2: width, y1: y(tick), y2: y(tick) }),
      s("text", { class: "faint", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, compact.format(tick)));
  }
  const every = Math.ceil(periods.length * 75 / (width - left));
  periods.forEach((period, index) => {
    if (index % every === 0) chart.append(s("text", { class: "faint", x: x(period), y: tall - 8, "text-anchor": "middle" }, shown(period)));
  });
  drawn.forEach(([, rows], colour) => {
    // A line joins periods of one length: a half-year is no point on the way from year to year.
    for (const length of new Set(rows.map(row => span(row.cell("period")).length))) {
      const same = rows.filter(row => span(row.cell("period")).length === length);
      const firsts = same.filter((row, index) => same.findIndex(other => other.cell("period") === row.cell("period")) === index);
      const path = firsts.sort((a, b) => x(a.cell("period")) - x(b.cell("period"))).map(row => `${x(row.cell("period"))},${y(number(row))}`);
      if (path.length > 1) chart.append(s("polyline", { class: `link l${colour}`, points: path.join(" ") }));
    }
    for (const row of rows) {
      const open = row.cell("status") === "planned" ? ` open l${colour}` : "";
      chart.append(point(row, s("circle", { class: `dot f${colour}${open}${row === now ? " now" : ""}`, cx: x(row.cell("period")), cy: y(number(row)), r: 5 })));
    }
  });
  const keys = drawn.map(([, [row]], colour) => h("span", { class: `key k${colour}` }, ownerName(row)));
  const more = most.length > drawn.length ? ` and ${plural(most.length - drawn.length, "district")} more` : "";
  return [chart, h("p", {}, ...keys, more)];
}

/** One indicator at one time, a bar for each row, by district. */
function drawPlaces() {
  const period = $("moment").value === ABSENT ? "" : $("moment").value;
  const rows = (series.get($("series").value) || []).filter(row => row.cell("period") === period);
  if (!rows.length) return $("by-place").replaceChildren("");
  const sorted = [...rows].sort((a, b) => number(b) - number(a) || collator.compare(ownerOf(a), ownerOf(b)));
  const drawn = sorted.slice(0, 60);
  const values = drawn.map(number);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const [width, bar, left, right] = [chartWidth(), 24, 130, 110];
  const x = value => left + (value - low) * (width - left - right) / (high - low || 1);
  const chart = s("svg", { width, viewBox: `0 0 ${width} ${drawn.length * bar + 4}`, role: "img", "aria-label": "values by district" });
  drawn.forEach((row, index) => {
    const top = index * bar + 2;
    const from = Math.min(x(0), x(number(row)));
    const open = row.cell("status") === "planned" ? " open l0" : "";
    chart.append(s("text", { x: left - 8, y: top + 16, "text-anchor": "end" }, ownerName(row).slice(0, 9)),
      point(row, s("rect", { class: `dot f0${open}${row === now ? " now" : ""}`, x: from, y: top + 3, width: Math.max(2, Math.abs(x(number(row)) - x(0))), height: bar - 7, rx: 2 })),
      s("text", { x: Math.max(x(number(row)), x(0)) + 6, y: top + 16 }, shown(row.cell("raw").replace(/\s+/g, "")).slice(0, 12)));
  });
  chart.append(s("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: drawn.length * bar + 4 }));
  const more = sorted.length > drawn.length ? h("p", {}, `and ${plural(sorted.length - drawn.length, "row")} more`) : "";
  $("by-place").replaceChildren(chart, more);
}

// --- Panes, colours, keys --------------------------------------------------------------------------------------------

const isPhone = () => matchMedia("(max-width: 760px)").matches;
const phone = pane => { if (isPhone()) show(pane); };

function show(pane) {
  document.body.dataset.pane = pane;
  for (const name of ["report", "table", "charts"]) $(`tab-${name}`).setAttribute("aria-selected", String(name === pane));
  if (pane !== "report") {
    $("table").hidden = pane !== "table";
    $("charts").hidden = pane !== "charts";
  }
  if (pane === "charts") drawCharts();
  if (pane === "table") {
    drawTable();
    if (now) showInTable(now);
  }
  if (pane === "report" && now) showInReport(now);
}

const THEMES = { auto: "◐", light: "☀", dark: "☾" };
function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  $("theme").textContent = THEMES[name];
  $("theme").title = `Colours: ${name}`;
  $("theme").value = name;
}

function turn(by) {
  const next = reports[report.index + by];
  if (next) showReport(next);
}

const toggle = id => { $(id).checked = !$(id).checked; filter(); };
const focus = id => { $(id).focus(); $(id).select(); };
const KEYS = {
  j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
  r: () => put("right"), w: () => put("wrong"), c: () => $("name") && focus("name"), u: () => put(""),
  "[": () => turn(-1), "]": () => turn(1), "/": () => { $("filters").open = true; focus("by-indicator"); },
  1: () => isPhone() ? show("report") : $("text").focus(), 2: () => { show("table"); $("table").focus(); }, 3: () => show("charts"),
  x: () => toggle("with-unclaimed"), g: () => toggle("with-guarded"),
  s: save, e: exportRows, "?": () => $("keys").showModal(), Escape: () => choose(null),
};

document.addEventListener("keydown", event => {
  const writes = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (writes) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // Arrows scroll the report while it has the focus.
  if (event.key.startsWith("Arrow") && $("text").contains(event.target)) return;
  const act = KEYS[event.key];
  if (act && reports.length) {
    event.preventDefault();
    act();
  }
});

const on = (id, event, act) => $(id).addEventListener(event, act);
on("text", "click", event => {
  const mark = event.target.closest("mark");
  const entry = mark && of(report, Number(mark.dataset.figure));
  if (entry && isShown(entry)) choose(entry, "mark");
});
on("table", "click", event => {
  const row = event.target.closest("[data-at]");
  if (row) choose(view[row.dataset.at], "row");
});
let waiting = false;
on("table", "scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; drawTable(); });
});
let later = 0;
on("by-indicator", "input", () => { clearTimeout(later); later = setTimeout(filter, 120); });
for (const id of ["by-kind", "by-status", "by-district", "by-mark", "with-unclaimed", "with-guarded"]) on(id, "change", filter);
on("by-document", "change", () => {
  filter();
  if ($("by-document").value) showReport(reports[$("by-document").value]);
});
on("clear", "click", () => {
  $("filters").querySelector("form").reset();
  filter();
});
$("filters").querySelector("form").addEventListener("submit", event => event.preventDefault());
on("shown", "change", () => showReport(reports[$("shown").value]));
on("previous", "click", () => turn(-1));
on("next", "click", () => turn(1));
for (const pane of ["report", "table", "charts"]) on(`tab-${pane}`, "click", () => show(pane));
on("series", "change", drawSeries);
on("moment", "change", drawPlaces);
on("export", "click", exportRows);
on("save", "click", save);
on("open", "click", () => $("file").click());
on("file", "change", async () => {
  const [file] = $("file").files;
  if (!file) return;
  try {
    open(await file.text());
  } catch (error) {
    tell(`${file.name} is no gold file: ${error.message}`);
  }
  $("file").value = "";
});
on("theme", "click", () => theme({ auto: "light", light: "dark", dark: "auto" }[$("theme").value]));
on("help", "click", () => $("keys").showModal());
addEventListener("resize", () => { drawTable(); if (!$("charts").hidden) drawCharts(); });
addEventListener("beforeunload", event => { if (unsaved) event.preventDefault(); });

theme("auto");
startFilters();
$("filters").open = !isPhone();
document.body.dataset.pane = "table";
if (reports.length) showReport(reports[0]);
filter();
