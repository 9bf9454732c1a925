// The review page as its readers use it, in a headless Chromium. `.ci/run` installs what this needs: Chromium and a Chinese
// font from Debian, playwright-core below target/browser. Screenshots are left in target/screenshots.
//
//     cargo build && node --test tests/browser/review.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { chromium } = createRequire(path.join(root, "target/browser/"))("playwright-core");
const program = path.join(root, "target/debug/kpi-extract");
const shots = path.join(root, "target/screenshots");
const folder = mkdtempSync(path.join(tmpdir(), "kpi-review-"));
const at = name => path.join(folder, name);

const run = (...args) => execFileSync(program, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
const page_of = (name, ...inputs) => {
  run("review", ...inputs, "-o", name);
  return `file://${at(name)}`;
};

/** A street's year: figures that grow, a plan, a name that is none, a number that no rule takes. */
const report = (street, year, orders) => `${street}街道办事处${year}年工作总结\n` +
  `全年接收工单${orders}件，同比增长${(orders % 90) / 10}%。12345热线畅通。\n` +
  `新建公园${year - 2019}处，满意率97.${year % 10}%。\n` +
  `满意率排名全区第一。甲乙${orders}丙丁。\n` +
  `${year + 1}年，计划改造小区${orders % 7 + 2}个。\n`;
const HOSTILE = `新桥街道2023年工作总结\n全年完成事项30件。\n<script>window.hit=1</script>办结2件。\n` +
  `"><img src=x onerror="window.hit=2">新建公园3处。</script><svg onload=window.hit=3>接收工单5件。\n` +
  `接收来信<b>8</b>件，\u202e办结率97%\u202c。\${window.hit=4} {{hit}} 走访企业9家\u0007。\n`;

let browser;

before(async () => {
  mkdirSync(shots, { recursive: true });
  mkdirSync(at("r"));
  for (const [street, base] of [["北京市朝阳区建外", 1200], ["北京市朝阳区麦子店", 3400], ["北京市朝阳区呼家楼", 9000]]) {
    for (const year of [2021, 2022, 2023]) writeFileSync(at(`r/${street.slice(6)}-${year}.txt`), report(street, year, base + 37 * (year - 2020)));
  }
  writeFileSync(at("r/long.txt"), `长街街道2023年工作总结\n${Array.from({ length: 300 }, (_, i) => `第${i}段落，没有别的。\n完成事项${i + 1}件。\n`).join("")}`);
  writeFileSync(at("<img src=x onerror=window.hit=5>.txt"), HOSTILE);
  browser = await chromium.launchPersistentContext(at("profile"), {
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens a page and hands it to `work`; whatever it complains of or asks the network for is a failure. */
async function open(url, work, { width = 1440, height = 900, scheme = "light" } = {}) {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = [];
  page.on("pageerror", error => complaints.push(error.message));
  page.on("console", message => complaints.push(message.text()));
  page.on("dialog", dialog => {
    if (dialog.type() !== "beforeunload") complaints.push(`dialog: ${dialog.message()}`);
    dialog.accept();
  });
  page.on("request", request => request.url() !== url && !request.url().startsWith("blob:") && complaints.push(`request: ${request.url()}`));
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(url);
  await page.waitForSelector("tbody tr[data-at]");
  const tools = {
    shot: name => page.screenshot({ path: path.join(shots, `${name}.png`) }),
    name: () => page.textContent("#chosen h2"),
    row: name => page.locator("tbody tr[data-at]", { hasText: name }).first(),
    count: async () => Number((await page.textContent("#count")).replaceAll(",", "").match(/^\d+/)[0]),
    /** Whether an element lies within what its pane shows. */
    seen: (selector, pane) => page.evaluate(([selector, pane]) => {
      const [inner, outer] = [selector, pane].map(it => document.querySelector(it).getBoundingClientRect());
      return inner.height > 0 && inner.top >= outer.top && inner.bottom <= Math.min(outer.bottom, innerHeight);
    }, [selector, pane]),
    download: async act => {
      const [download] = await Promise.all([page.waitForEvent("download"), act()]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    },
  };
  await work(page, tools);
  assert.deepEqual(complaints, []);
  await page.close();
}

const rows = (...inputs) => run(...inputs, "-f", "jsonl").trim().split("\n").map(line => JSON.parse(line));

test("a row that is chosen is shown in its report, which scrolls to it", async () => {
  await open(page_of("a.html", "r"), async (page, { row, name, seen, shot }) => {
    await page.fill("#by-indicator", "完成事项");
    await page.waitForFunction(() => document.querySelector("#count").textContent.startsWith("300 of"));
    await page.evaluate(() => { document.querySelector("#table").scrollTop = 1e9; });
    await row("300 件").click();
    assert.equal(await page.textContent("mark.now"), "300件");
    assert.ok(await seen("mark.now", "#text"));
    assert.match(await name(), /完成事项.*300 件/);
    assert.ok(await seen("tr.now", "#table"));
    await shot("chosen");
    await page.click("#clear");
    await row("接收工单").click();
    assert.notEqual(await page.inputValue("#shown"), "");
    assert.ok(await seen("mark.now", "#text"));
  });
});

test("a mark that is chosen shows its row, with its kind's colour", async () => {
  await open(page_of("a.html", "r"), async (page, { seen, name }) => {
    await page.selectOption("#shown", { label: "r/long.txt" });
    const last = page.locator("#text mark.level").last();
    await page.waitForFunction(() => document.querySelectorAll("#text mark.level").length === 300);
    await last.click();
    assert.match(await name(), /完成事项.*300 件/);
    assert.ok(await seen("tr.now", "#table"));
    const colours = await page.evaluate(() => ["level", "change", "completion", "rank"].map(kind => {
      const mark = Object.assign(document.createElement("mark"), { className: kind });
      document.body.append(mark);
      return getComputedStyle(mark).backgroundColor;
    }));
    assert.equal(new Set(colours).size, 4);
  });
});

test("filters leave the rows that the program would name", async () => {
  const all = rows("r");
  await open(page_of("a.html", "r"), async (page, { count, shot }) => {
    assert.equal(await count(), all.length);
    const expect = async passes => assert.equal(await count(), all.filter(passes).length);
    for (const [id, key] of [["kind", "kind"], ["status", "status"], ["district", "district"]]) {
      for (const value of new Set(all.map(row => row[key]))) {
        await page.selectOption(`#by-${id}`, value || "\u0001");
        await expect(row => row[key] === value);
      }
      await page.selectOption(`#by-${id}`, "");
    }
    await page.selectOption("#by-document", { label: "r/麦子店-2022.txt" });
    await expect(row => row.document === "r/麦子店-2022.txt");
    assert.equal(await page.evaluate(() => document.querySelector("#shown").selectedOptions[0].label), "r/麦子店-2022.txt");
    await page.selectOption("#by-kind", "change");
    await expect(row => row.document === "r/麦子店-2022.txt" && row.kind === "change");
    await shot("filtered");
    await page.click("#clear");
    await page.fill("#by-indicator", "工单");
    await page.waitForFunction(() => document.querySelector("#count").textContent.includes(" of "));
    await expect(row => row.indicator.includes("工单"));
    await page.fill("#by-indicator", "没有这样的");
    await page.waitForSelector("text=Nothing passes the filters.");
  });
});

test("unclaimed and guarded quantities are shown when asked for, with their reasons", async () => {
  await open(page_of("a.html", "r"), async (page, { count, name, shot }) => {
    await page.selectOption("#by-document", { label: "r/建外-2022.txt" });
    const before_ = await count();
    const background = selector => page.locator(selector).first().evaluate(it => getComputedStyle(it).backgroundColor);
    const clear = "rgba(0, 0, 0, 0)";
    assert.equal(await background("mark.guarded"), clear);
    await page.locator("mark.guarded").first().click();
    assert.ok(await page.isHidden("#chosen"));
    await page.keyboard.press("g");
    assert.notEqual(await background("mark.guarded"), clear);
    assert.ok(await page.locator("tr.none").count() > 0);
    assert.equal(await count(), before_);
    await page.locator("mark.guarded", { hasText: "12345" }).click();
    assert.match(await name(), /12345热线.*guarded/);
    assert.match(await page.textContent("#chosen"), /a number that people dial is a name/);
    const asked = await page.textContent("#chosen code");
    assert.match(asked, /^kpi-extract why r\/建外-2022\.txt:2:\d+$/);
    assert.match(run(...asked.split(" ").slice(1)), /12345热线[^]*a number that people dial is a name/);
    await shot("guarded");
    assert.equal(await page.locator("#chosen .acts button").count(), 0);
  });
  run("review", "r", "--no-builtin-rules", "-q", "-o", "none.html");
  await browserless("none.html");
});

/** A page without a row still shows its reports and what no rule took. */
async function browserless(name) {
  const page = await browser.newPage();
  await page.goto(`file://${at(name)}`);
  await page.keyboard.press("x");
  await page.locator("mark.unclaimed").first().click();
  assert.match(await page.textContent("#chosen"), /no rule matched/);
  await page.close();
}

test("marks become a gold file that eval takes and the page opens again", async () => {
  const all = rows("r/麦子店-2022.txt");
  const measures = gold => {
    writeFileSync(at("gold.jsonl"), gold);
    return JSON.parse(run("eval", "gold.jsonl", "r", "--json"));
  };
  await open(page_of("b.html", "r"), async (page, { download, row, shot }) => {
    await page.click("#save");
    assert.match(await page.textContent("#told"), /Nothing is marked/);
    await page.selectOption("#by-document", { label: "r/麦子店-2022.txt" });
    for (let index = 0; index < all.length; index++) {
      await page.keyboard.press("j");
      await page.keyboard.press("r");
    }
    let saved = await download(() => page.click("#save"));
    assert.equal(saved.name, "gold.jsonl");
    let measured = measures(saved.text);
    const own = all.filter(row => row.kind !== "rank").length;
    assert.deepEqual([measured.gold, measured["row.f1"], measured["full.f1"], measured.said], [own, 1, 1, own], JSON.stringify(measured));

    await row("新建公园").click();
    await page.keyboard.press("w");
    await row("接收工单").click();
    await page.keyboard.press("c");
    await page.keyboard.type("群众来电");
    await page.keyboard.press("Enter");
    await row("改造小区").click();
    await page.keyboard.press("u");
    assert.equal(await page.locator("tr.wrong").count(), 1);
    assert.equal(await page.locator("tr.corrected").count(), 1);
    assert.match(await page.textContent("tr.corrected"), /群众来电/);
    await shot("marked");
    saved = await download(() => page.keyboard.press("s"));
    measured = measures(saved.text);
    // One is no row, one may be one, one is named otherwise.
    const right = own - 3;
    assert.deepEqual([measured.gold, measured["row.recall"], measured["row.precision"], measured["quantity.recall"]],
      [own - 2, right / (own - 2), right / (own - 1), 1], JSON.stringify(measured));
    assert.match(run("eval", "gold.jsonl", "r", "--show", "9"), /missed 麦子店-2022\.txt.*群众来电/);

    await page.selectOption("#by-mark", "right");
    assert.equal(await page.locator("tbody tr[data-at]").count(), all.length - 3);
  });
  await open(page_of("b.html", "r"), async (page, { download }) => {
    const gold = readFileSync(at("gold.jsonl"), "utf8").replace('"names":[]', '"names":["一个名称"],"more":1');
    assert.match(gold, /"more":1/);
    const foreign = JSON.stringify({ doc: "other.txt", note: "of a person", start: 1, end: 3, surface: "3件", value: "3", unit: "件", kind: "level", indicator: "甲" });
    await page.setInputFiles("#file", { name: "gold.jsonl", mimeType: "application/json", buffer: Buffer.from(`${gold}${foreign}\n`) });
    await page.waitForFunction(() => document.querySelector("#told").textContent.includes("1 line about no row here"));
    await page.selectOption("#by-document", { label: "r/麦子店-2022.txt" });
    assert.equal(await page.locator("tr.wrong").count() + await page.locator("tr.corrected").count(), 2);
    const saved = await download(() => page.click("#save"));
    assert.equal(saved.text, `${gold}${foreign}\n`);
    await page.setInputFiles("#file", { name: "bad.jsonl", mimeType: "application/json", buffer: Buffer.from("nothing") });
    await page.waitForFunction(() => document.querySelector("#told").textContent.startsWith("bad.jsonl is no gold file"));
  });
});

test("a report all of whose rows are wrong has only spurious ones", async () => {
  await open(page_of("b.html", "r/建外-2021.txt"), async (page, { download, count }) => {
    for (let index = await count(); index > 0; index--) {
      await page.keyboard.press("j");
      await page.keyboard.press("w");
    }
    const saved = await download(() => page.click("#save"));
    writeFileSync(at("wrong.jsonl"), saved.text);
    const measured = JSON.parse(run("eval", "wrong.jsonl", "r", "--json"));
    const own = rows("r/建外-2021.txt").filter(row => row.kind !== "rank").length;
    assert.deepEqual([measured.documents, measured.gold, measured.said, measured["quantity.precision"]], [1, 0, own, 0], JSON.stringify(measured));
  });
});

test("the rows that the filters leave are exported as our own CSV", async () => {
  const expected = run("r", "--all-columns").split("\n");
  await open(page_of("a.html", "r"), async (page, { download }) => {
    let exported = await download(() => page.click("#export"));
    assert.equal(exported.name, "kpis.csv");
    assert.deepEqual(exported.text.replace(/^\ufeff/, "").split("\n"), expected);
    await page.selectOption("#by-kind", "change");
    exported = await download(() => page.keyboard.press("e"));
    writeFileSync(at("kpis.csv"), exported.text);
    assert.equal(exported.text.trim().split("\n").length - 1, rows("r").filter(row => row.kind === "change").length);
    assert.match(run("table", "kpis.csv"), /接收工单 change（%）/);
  });
  const hostile = "<img src=x onerror=window.hit=5>.txt";
  await open(page_of("h.html", hostile), async (page, { download }) => {
    const exported = await download(() => page.click("#export"));
    assert.equal(exported.text.slice(1), run(hostile, "--all-columns"));
  });
});

test("keys do what the list of keys says", async () => {
  await open(page_of("a.html", "r"), async (page, { name, shot }) => {
    const key = keys => page.keyboard.press(keys);
    await key("j");
    const first = await name();
    await key("j");
    assert.notEqual(await name(), first);
    await key("k");
    assert.equal(await name(), first);
    await key("ArrowDown");
    assert.notEqual(await name(), first);
    await key("Escape");
    assert.ok(await page.isHidden("#chosen"));
    const before_ = await page.inputValue("#shown");
    await key("]");
    assert.notEqual(await page.inputValue("#shown"), before_);
    await key("[");
    assert.equal(await page.inputValue("#shown"), before_);
    await key("/");
    await page.keyboard.type("jkrw");
    assert.equal(await page.inputValue("#by-indicator"), "jkrw");
    await key("Escape");
    await page.click("#clear");
    await key("3");
    assert.ok(await page.isVisible("#charts"));
    await key("2");
    assert.ok(await page.isVisible("#table"));
    await key("?");
    assert.ok(await page.isVisible("#keys"));
    await shot("keys");
    await key("Escape");
    assert.ok(await page.isHidden("#keys"));
  });
});

test("charts show an indicator over time and its districts side by side", async () => {
  await open(page_of("a.html", "r"), async (page, { name, shot, row }) => {
    await page.fill("#by-indicator", "接收工单");
    await page.waitForFunction(() => document.querySelector("#count").textContent.includes(" of "));
    await row("接收工单").click();
    await page.keyboard.press("3");
    assert.match(await page.evaluate(() => document.querySelector("#series").selectedOptions[0].label), /^接收工单（件） — 9$/);
    assert.equal(await page.locator("#over-time circle").count(), 9);
    assert.equal(await page.locator("#over-time polyline").count(), 3);
    assert.match(await page.textContent("#over-time"), /建外街道.*麦子店街道|麦子店街道.*建外街道/);
    assert.equal(await page.locator("#by-place rect").count(), 3);
    await shot("charts");
    await page.locator("#by-place rect").first().click();
    assert.match(await name(), /接收工单.*9,/);
    await page.selectOption("#moment", { index: 1 });
    assert.equal(await page.locator("#by-place rect").count(), 3);
  });
});

const luminance = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0) / 765);

test("colours follow the system until the reader chooses", async () => {
  await open(page_of("a.html", "r"), async (page, { row, shot }) => {
    assert.ok(await luminance(page) < 0.2);
    await page.selectOption("#by-document", { label: "r/呼家楼-2023.txt" });
    await row("接收工单").click();
    await shot("dark");
    await page.click("#theme");
    assert.ok(await luminance(page) > 0.8);
    await page.click("#theme");
    assert.ok(await luminance(page) < 0.2);
  }, { scheme: "dark" });
  await open(page_of("a.html", "r"), async page => {
    assert.ok(await luminance(page) > 0.8);
    await page.click("#theme");
    await page.click("#theme");
    assert.ok(await luminance(page) < 0.2);
  });
});

test("a phone shows one thing at a time and nothing beside its width", async () => {
  await open(page_of("a.html", "r"), async (page, { row, shot, seen }) => {
    const fits = async () => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await fits();
    assert.ok(await page.isHidden("#report"));
    await shot("phone-table");
    await page.click("summary");
    await page.selectOption("#by-document", { label: "r/呼家楼-2023.txt" });
    await shot("phone-filters");
    await page.click("summary");
    await row("改造小区").click();
    assert.ok(await page.isVisible("#report"));
    assert.ok(await seen("mark.now", "#text"));
    const [mark, sheet] = await page.evaluate(() => ["mark.now", "#chosen"].map(it => document.querySelector(it).getBoundingClientRect()));
    assert.ok(mark.bottom < sheet.top, "the figure is not below the sheet");
    await page.click("#mark-right");
    await fits();
    await shot("phone-report");
    await page.click("#tab-charts");
    await fits();
    await page.click("#chosen .close");
    await page.click("summary");
    await page.click("#clear");
    await page.click("summary");
    await page.waitForSelector("#by-place rect");
    await fits();
    await shot("phone-charts");
    await page.click("#tab-table");
    await fits();
  }, { width: 390, height: 844 });
});

test("hostile text stays text", async () => {
  const name_ = "<img src=x onerror=window.hit=5>.txt";
  await open(page_of("h.html", name_), async (page, { shot, row }) => {
    await page.keyboard.press("g");
    await page.keyboard.press("x");
    await row("公园").click();
    await page.keyboard.press("3");
    await page.keyboard.press("2");
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator("img, svg, b, iframe, object").count(), 0);
    const text = await page.evaluate(() => [...document.querySelectorAll("#text p")].map(line => line.textContent + "\n").join(""));
    assert.equal(text, HOSTILE.replace(/[\u202e\u202c\u0007]/g, c => `\\u{${c.codePointAt(0).toString(16)}}`));
    assert.equal(await page.evaluate(() => document.querySelector("#shown").selectedOptions[0].label), name_);
    await shot("hostile");
  });
});

test("the policy keeps out what a hole would let in", async () => {
  const page = await browser.newPage();
  await page.goto(page_of("a.html", "r"));
  const blocked = await page.evaluate(async () => {
    const found = [];
    addEventListener("securitypolicyviolation", event => found.push(event.effectiveDirective));
    const script = Object.assign(document.createElement("script"), { textContent: "window.hit = 1" });
    const image = Object.assign(new Image(), { src: "http://127.0.0.1:9/" });
    document.body.append(script, image);
    image.setAttribute("onclick", "window.hit = 2");
    image.click();
    await fetch("http://127.0.0.1:9/").catch(() => {});
    await new Promise(done => setTimeout(done, 200));
    return [window.hit, ...found.sort()];
  });
  assert.deepEqual(blocked, [undefined, "connect-src", "img-src", "script-src-attr", "script-src-elem"]);
  await page.close();
});

test("500 reports are there at once", async t => {
  mkdirSync(at("many"));
  const samples = execFileSync("ls", [path.join(root, "samples")], { encoding: "utf8" }).trim().split("\n").filter(name => name.endsWith(".txt"));
  for (let index = 0; index < 500; index++) {
    const sample = samples[index % samples.length];
    writeFileSync(at(`many/${String(index).padStart(3, "0")}-${sample}`), readFileSync(path.join(root, "samples", sample)));
  }
  const url = page_of("many.html", "many");
  const started = performance.now();
  await open(url, async (page, { seen, shot, count }) => {
    const usable = performance.now() - started;
    const total = await count();
    const timed = async act => {
      const from = performance.now();
      await act();
      return Math.round(performance.now() - from);
    };
    const far = await timed(async () => {
      await page.keyboard.press("k");
      await page.waitForSelector("mark.now");
    });
    assert.ok(await seen("mark.now", "#text"));
    assert.equal(await page.inputValue("#shown"), "499");
    const filtered = await timed(() => page.selectOption("#by-kind", "change"));
    const charted = await timed(async () => {
      await page.keyboard.press("3");
      await page.waitForSelector("#over-time svg");
    });
    await shot("500-reports");
    const elements = await page.evaluate(() => document.querySelectorAll("body *").length);
    t.diagnostic(`500 reports, ${total} rows, ${(statSync(at("many.html")).size / 1e6).toFixed(1)} MB: usable after ${Math.round(usable)} ms, last row ${far} ms, filter ${filtered} ms, charts ${charted} ms, ${elements} elements`);
    assert.ok(usable < 5000, `${usable} ms`);
    assert.ok(far < 3000 && filtered < 3000 && charted < 3000);
    assert.ok(elements < 8000);
  });
});

test("one report of a hundred thousand lines does not hang", async t => {
  writeFileSync(at("huge.txt"), `长街街道2023年工作总结\n${Array.from({ length: 50000 }, (_, i) => `完成事项${i + 1}件。\n\n`).join("")}`);
  const url = page_of("huge.html", "huge.txt");
  const started = performance.now();
  await open(url, async (page, { seen }) => {
    const usable = performance.now() - started;
    await page.keyboard.press("k");
    await page.waitForSelector("mark.now");
    assert.equal(await page.textContent("mark.now"), "50000件");
    assert.ok(await seen("mark.now", "#text"));
    const last = Math.round(performance.now() - started);
    t.diagnostic(`usable after ${Math.round(usable)} ms, its last row after ${last} ms`);
    assert.ok(usable < 5000);
  });
});

test("one line of fifty thousand figures does not hang", async t => {
  writeFileSync(at("line.txt"), `长街街道2023年工作总结\n${Array.from({ length: 50000 }, (_, i) => `完成事项${i + 1}件${i % 50 ? "，" : "。"}`).join("")}`);
  const url = page_of("line.html", "line.txt");
  const started = performance.now();
  await open(url, async (page, { seen }) => {
    const usable = performance.now() - started;
    await page.keyboard.press("k");
    await page.waitForSelector("mark.now");
    assert.equal(await page.textContent("mark.now"), "50000件");
    assert.ok(await seen("mark.now", "#text"));
    const last = Math.round(performance.now() - started);
    const { raw, start } = rows("line.txt").pop();
    assert.equal(raw, "50000件");
    assert.match(await page.textContent("#chosen code"), new RegExp(`:2:${start - 14 + 1}$`));
    await page.keyboard.press("3");
    t.diagnostic(`usable after ${Math.round(usable)} ms, its last row after ${last} ms`);
    assert.ok(usable < 5000);
  });
});

test("rows of an earlier run are shown by their sentences, and marked only where they say where they stand", async () => {
  run("r/建外-2021.txt", "--all-columns", "-o", "all.csv");
  await open(page_of("e.html", "all.csv"), async (page, { row, shot }) => {
    assert.ok(await page.isVisible("#partial"));
    await row("新建公园").click();
    assert.equal(await page.textContent("mark.now"), "2处");
    await page.click("#mark-right");
    assert.equal(await page.locator("tr.right").count(), 1);
    await shot("earlier");
  });
  run("r/建外-2021.txt", "-o", "few.csv");
  await open(page_of("e.html", "few.csv"), async (page, { row }) => {
    await row("新建公园").click();
    assert.equal(await page.locator("#chosen .acts button").count(), 0);
    assert.match(await page.textContent("#chosen"), /cannot be marked/);
  });
});
