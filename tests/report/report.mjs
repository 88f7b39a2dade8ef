// Opens a report from disk in a real Chromium and does what a committee does: look, open a figure down to its events by
// clicks and by keys alone, on a telephone, in the dark, on paper, with a screen reader's eyes (axe).
//
//   node report.mjs REPORT.html PICTURES [MODULES]
//
// REPORT.html is a file that muster wrote, PICTURES a folder for screenshots, MODULES where npm put playwright-core and
// axe-core. Every check that fails is printed; the exit status says whether there was one.

import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [report, pictures, modules] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules ?? "."), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

mkdirSync(pictures, { recursive: true });
const failures = [];
const check = (what, holds, more = "") => {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}${holds ? "" : ` ${more}`}`);
  if (!holds) failures.push(what);
};

const CHARTS = ["growth", "organisations", "response", "close", "roster", "meetings", "attendance", "completeness"];
const url = pathToFileURL(path.resolve(report)).href;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// A page that must ask nobody for anything but files beside it, and say nothing in the console.
const open = async (options, at = url) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.said = [];
  page.asked = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.said.push(message.text()));
  page.on("pageerror", (error) => page.said.push(String(error)));
  page.on("request", (request) => !request.url().startsWith("file:") && page.asked.push(request.url()));
  page.on("dialog", (dialog) => { page.said.push(`a script ran: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(at);
  return page;
};

const quiet = (page, where) => {
  check(`no console error, ${where}`, page.said.length === 0, page.said.join("; "));
  check(`no network, ${where}`, page.asked.length === 0, page.asked.join("; "));
};

const accessible = async (page, where) => {
  // Evaluated from outside: the page's own policy forbids every script but its own.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const told = (one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`;
  violations.filter((one) => !serious.includes(one)).forEach((one) => console.log(`     note: ${told(one)}`));
  check(`axe finds nothing serious, ${where}`, serious.length === 0, serious.map(told).join("; "));
};

const fits = async (page, where) => {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`nothing wider than the page, ${where}`, over <= 0, `${over} px too wide`);
};

// By clicks, in the light.
{
  const page = await open({ viewport: { width: 1200, height: 900 }, colorScheme: "light" });
  for (const id of CHARTS) {
    const there = await page.locator(`#chart-${id}`).count();
    const drawn = await page.locator(`#chart-${id} svg.wide > title`).count();
    const said = await page.locator(`#chart-${id} > .remark`).count();
    check(`chart ${id}: drawn, or why not`, there === 1 && drawn + said === 1);
  }
  const described = await page.evaluate(() => [...document.querySelectorAll("svg[role=img]")].every((svg) =>
    svg.getAttribute("aria-labelledby").split(" ").every((id) => document.getElementById(id)?.textContent)));
  check("every chart has a title and a description", described);
  check("every drawn chart has a table behind it",
    await page.evaluate(() => [...document.querySelectorAll("figure:has(svg)")].every((one) => one.querySelector("details table tbody tr"))));
  await page.screenshot({ path: path.join(pictures, "light.png"), fullPage: true });
  await fits(page, "1200 px");
  await accessible(page, "light");

  const figure = page.locator(".headlines button.figure").first();
  const value = await figure.textContent();
  await figure.click();
  await page.locator("#opened-rows tbody tr").first().waitFor();
  check("a click opens the figure", (await page.locator("#opened-value").textContent()).startsWith(value.trim()));
  check("it has its definition", (await page.locator("#opened-definition").textContent()).length > 10);
  const count = await page.locator("#opened-count").textContent();
  const rows = await page.locator("#opened-rows tbody tr").count();
  check("its rows are there", rows > 0 && /of ([\d,]+)\.$/.test(count), count);
  const links = await page.locator("#opened-rows a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  check("links lead to pages only", links.every((link) => /^https?:/.test(link)), links.join(" "));
  await page.screenshot({ path: path.join(pictures, "opened.png") });
  await accessible(page, "a figure open");

  await page.locator("#opened-rows th button").first().click();
  check("a column sorts", (await page.locator("#opened-rows th[aria-sort=ascending]").count()) === 1);
  const first = await page.locator("#opened-rows tbody tr").first().locator("td").first().textContent();
  await page.locator("#opened-rows th button").first().click();
  const last = await page.locator("#opened-rows tbody tr").first().locator("td").first().textContent();
  check("and the other way", rows < 2 || first !== last || first === "");
  await page.locator("#filter").fill("no row has this text, has it");
  check("a filter filters", (await page.locator("#opened-rows tbody tr").count()) === 0);
  await page.locator("#filter").fill("");
  check("and lets go", (await page.locator("#opened-rows tbody tr").count()) === rows);
  const hash = await page.evaluate(() => location.hash);
  await page.locator("#close").click();
  check("it closes", !(await page.locator("#opened").evaluate((dialog) => dialog.open)));
  quiet(page, "clicks");
  const again = await open({}, url + hash);
  check("a figure has an address", await again.locator("#opened").evaluate((dialog) => dialog.open));

  // Every figure opens, and has as many rows as it says.
  const all = await page.evaluate(async () => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const wrong = [];
    for (const button of document.querySelectorAll("main button.figure")) {
      const at = Number(button.dataset.figure);
      const figure = data.figures[at];
      button.click();
      const wanted = figure.rows?.reduce((sum, [, length]) => sum + length, 0) ?? 0;
      for (let turn = 0; turn < 400; turn += 1) {
        const text = document.getElementById("opened-count").textContent;
        if (/^(Rows|No row)/.test(text) || figure.too_many) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const text = document.getElementById("opened-count").textContent;
      const found = /^Rows .* of ([\d,]+)\.$/.exec(text);
      const shown = found ? Number(found[1].replaceAll(",", "")) : 0;
      if (!figure.too_many && (figure.where ? shown < 1 : shown !== wanted)) wrong.push(`${data.metrics[figure.metric].id} ${figure.window}: ${text} wanted ${wanted}`);
    }
    return { wrong, opened: document.querySelectorAll("main button.figure").length };
  });
  check(`every figure opens into its rows (${all.opened})`, all.wrong.length === 0 && all.opened > 0, all.wrong.slice(0, 5).join("; "));
  quiet(page, "every figure");
}

// By keys alone, in the dark.
{
  const page = await open({ viewport: { width: 1200, height: 900 }, colorScheme: "dark" });
  await page.screenshot({ path: path.join(pictures, "dark.png"), fullPage: true });
  await accessible(page, "dark");
  const focused = () => page.evaluate(() => document.activeElement?.className ?? "");
  let steps = 0;
  while ((await focused()) !== "figure" && steps < 60) { await page.keyboard.press("Tab"); steps += 1; }
  check("a figure is reached with the Tab key", (await focused()) === "figure", `after ${steps} steps`);
  await page.keyboard.press("Enter");
  await page.locator("#opened-rows tbody tr").first().waitFor();
  check("Enter opens it, and the heading has the focus", (await page.evaluate(() => document.activeElement.id)) === "opened-title");
  let inside = true;
  let sorted = false;
  for (let step = 0; step < 25; step += 1) {
    await page.keyboard.press("Tab");
    inside &&= await page.evaluate(() => document.activeElement === document.body || document.getElementById("opened").contains(document.activeElement));
    if (!sorted && (await focused()) === "sort") {
      await page.keyboard.press("Space");
      sorted = (await page.locator("#opened-rows th[aria-sort=ascending]").count()) === 1;
    }
  }
  check("the focus stays inside", inside);
  check("the Space key sorts", sorted);
  await page.screenshot({ path: path.join(pictures, "opened-dark.png") });
  await page.keyboard.press("Escape");
  check("Escape closes it, and the focus is where it was", (await focused()) === "figure");
  quiet(page, "keys");
}

// On a telephone.
{
  const page = await open({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, colorScheme: "light" });
  await page.screenshot({ path: path.join(pictures, "narrow.png"), fullPage: true });
  await fits(page, "320 px");
  await accessible(page, "320 px");
  await page.locator("button.figure").first().click();
  await page.locator("#opened-rows tbody tr").first().waitFor();
  await page.screenshot({ path: path.join(pictures, "narrow-opened.png") });
  const over = await page.locator("#opened").evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
  check("a figure fits 320 px", over <= 0, `${over} px too wide`);
  quiet(page, "320 px");
}

// On paper.
{
  const page = await open({ colorScheme: "dark" });
  writeFileSync(path.join(pictures, "report.pdf"), await page.pdf({ format: "A4" }));
  quiet(page, "print");
}

await browser.close();
console.log(failures.length === 0 ? "all well" : `${failures.length} checks failed`);
process.exit(failures.length === 0 ? 0 : 1);
