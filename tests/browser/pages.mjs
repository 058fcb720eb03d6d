// A request is brought, dispatched and looked at by two people in real Chromium, with scripts on and off, on a
// desk and on a narrow telephone; every page is judged by axe (WCAG 2.2 AA), may not scroll sideways and may
// not meet the content security policy. Screenshots go to the folder named last.
import { mkdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [, , program, data, shots] = process.argv;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const CHROMIUM = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const faults = [];
mkdirSync(shots, { recursive: true });

const run = (args) => spawn(program, ["--data", data, "--json", ...args], { stdio: ["ignore", "pipe", "inherit"] });

async function output(args) {
  let text = "";
  const child = run(args);
  for await (const part of child.stdout) text += part;
  return JSON.parse(text);
}

async function judge(page, name) {
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  // The judges are scripts themselves: a page without scripts has the same markup and was judged with them.
  if (name.startsWith("plain")) return;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${name}: ${wide} px too wide`);
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  for (const v of violations) faults.push(`${name}: ${v.id} at ${v.nodes.map((n) => n.target).join(", ")}`);
}

async function signIn(browser, address, account, options) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const page = await context.newPage();
  page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("status of 4")) faults.push(`console: ${m.text()}`); });
  await page.goto(address + "/sign-in");
  await page.fill("#login", account.login);
  await page.fill("#password", account.password);
  await page.click("main button");
  return page;
}

async function intake(page, address, name) {
  await page.goto(address + "/intake?kind=request");
  await page.fill("[name='title']", "文笔路路灯不亮");
  await page.click("main form button.go");
  await page.waitForSelector("[role=alert]");
  await judge(page, `${name}-intake-refused`);
  if ((await page.inputValue("[name='title']")) !== "文笔路路灯不亮") faults.push(`${name}: what was typed is lost`);
  await page.fill("[name='f.content']", "路灯坏了十多天，老人孩子出行很不方便。");
  await page.fill("[name='p0.name']", "欧阳古丽阿依夏木买买提江");
  await page.fill("[name='p0.phone']", "17000001234");
  await page.click("main form button.go");
  await page.waitForURL(/new=1/);
  await judge(page, `${name}-registered`);
  return new URL(page.url()).pathname;
}

async function journey(browser, address, accounts, name, options) {
  const window = await signIn(browser, address, accounts("town-window"), options);
  const path = await intake(window, address, name);
  const dispatcher = await signIn(browser, address, accounts("town-dispatcher"), options);
  for (const [at, to] of Object.entries({ work: "/", list: "/matters?lane=below", search: "/search", counts: "/tallies" })) {
    await dispatcher.goto(address + to);
    await judge(dispatcher, `${name}-${at}`);
  }
  await dispatcher.goto(address + path);
  await dispatcher.click(".acts a >> nth=0");
  await judge(dispatcher, `${name}-step`);
  await dispatcher.goto(address + path);
  await dispatcher.fill("#purpose", "回电话核实地点");
  await dispatcher.click("form[action$=disclosures] button");
  if (!(await dispatcher.textContent("main")).includes("17000001234")) faults.push(`${name}: nothing was opened`);
  await dispatcher.fill("#find", "1234");
  await dispatcher.press("#find", "Enter");
  await dispatcher.waitForSelector("main a[href^='/matters/']");
  await dispatcher.click(".who form[action='/language'] button");
  await dispatcher.waitForSelector("html[lang=en]");
  await window.context().close();
  await dispatcher.context().close();
}

const people = await output(["demo", "--matters", "60", "--seed", "7"]);
const accounts = (login) => people.find((p) => p.login === login);
const server = run(["serve", "--listen", "127.0.0.1:0"]);
const line = await new Promise((say) => createInterface({ input: server.stdout }).once("line", say));
const { address } = JSON.parse(line);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM });
try {
  await journey(browser, address, accounts, "desk", { viewport: { width: 1280, height: 900 } });
  await journey(browser, address, accounts, "telephone", { viewport: { width: 360, height: 740 } });
  await journey(browser, address, accounts, "plain", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
} finally {
  await browser.close();
  server.kill("SIGTERM");
}
if (faults.length) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log("the pages hold in Chromium");
