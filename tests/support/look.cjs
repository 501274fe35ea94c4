// Opens pages in Chromium and tells what it saw of each, as JSON: `node look.cjs ORDER.json`.
// ORDER.json: {"tools": folder with node_modules, "chromium": program, "pictures": folder, "looks": [Look, ...]}
// Look: {"page", "file", "view", "axe": "all" | "contrast" | "", "opened": whether all that folds is opened first}
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");

const order = JSON.parse(fs.readFileSync(process.argv[2], "utf-8"));
const from = createRequire(path.join(order.tools, "package.json"));
const { chromium } = from("playwright-core");
const axe = fs.readFileSync(from.resolve("axe-core/axe.min.js"), "utf-8");
const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const VIEWS = {
  "1280-light": { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  "1280-dark": { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  "390-light": { viewport: { width: 390, height: 844 }, colorScheme: "light" },
  "390-dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  print: { viewport: { width: 700, height: 990 }, colorScheme: "light" },
};
const RULES = { all: {}, contrast: { runOnly: ["color-contrast"] } };

async function look(browser, { page: name, file, view, axe: rules, opened }) {
  const context = await browser.newContext(VIEWS[view]);
  const page = await context.newPage();
  const seen = { page: name, view, console: [], requests: [], dialogs: [], serious: [] };
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.console.push(String(error)));
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("dialog", (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });
  const address = pathToFileURL(file).href;
  if (view === "print") await page.emulateMedia({ media: "print" });
  await page.goto(address);
  seen.requests = seen.requests.filter((url) => url !== address);
  seen.title = await page.title();
  if (opened) await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
  seen.overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  seen.text = await page.evaluate("document.body.innerText");
  await page.screenshot({ path: path.join(order.pictures, `${name}-${view}.png`), fullPage: !opened });
  if (rules) seen.serious = await judged(page, RULES[rules]);
  await context.close();
  return seen;
}

async function judged(page, rules) {
  await page.evaluate(axe);
  const given = { ...rules, resultTypes: ["violations"], preload: false };
  const found = await page.evaluate((options) => window.axe.run(document, options), given);
  const bad = found.violations.filter((each) => ["serious", "critical"].includes(each.impact));
  return bad.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)} ${each.nodes[0].failureSummary}`);
}

(async () => {
  const browser = await chromium.launch({ executablePath: order.chromium, chromiumSandbox: false, args: FLAGS });
  const told = [];
  for (const each of order.looks) told.push(await look(browser, each));
  await browser.close();
  process.stdout.write(JSON.stringify(told));
})();
