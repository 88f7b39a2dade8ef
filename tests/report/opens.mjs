// How long a report takes until it can be used, and until a large figure shows its first rows. Prints milliseconds.
//
//   node opens.mjs REPORT.html [MODULES]

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [report, modules] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules ?? "."), "x.js"));
const { chromium } = require("playwright-core");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const [opened, figures] = [[], []];
let rows = 0;
for (let run = 0; run < 5; run += 1) {
  const page = await (await browser.newContext()).newPage();
  const start = performance.now();
  await page.goto(pathToFileURL(path.resolve(report)).href, { waitUntil: "load" });
  opened.push(performance.now() - start);
  const [at, wanted] = await page.evaluate(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const size = (figure) => (figure.rows ?? []).reduce((sum, [, length]) => sum + length, 0);
    const on = [...document.querySelectorAll("button.figure")].map((button) => Number(button.dataset.figure));
    const at = on.reduce((best, one) => (size(data.figures[one]) > size(data.figures[best]) ? one : best), on[0]);
    return [at, size(data.figures[at])];
  });
  rows = wanted;
  const before = performance.now();
  await page.locator(`button.figure[data-figure="${at}"]`).first().click();
  await page.locator("#opened-rows tbody tr").first().waitFor();
  figures.push(performance.now() - before);
  await page.close();
}
console.log(JSON.stringify({ open_ms: Math.round(median(opened)), largest_figure_ms: Math.round(median(figures)), rows }));
await browser.close();
