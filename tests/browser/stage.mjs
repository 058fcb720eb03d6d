// What the tests in Chromium share: the program with its data, browsers and the people at them, and the
// judges of a page: axe (WCAG 2.2 AA), its width, the content security policy, its weight.
import { mkdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const [, , program, data, shots] = process.argv;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const CHROMIUM = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
export const faults = [];
mkdirSync(shots, { recursive: true });

export const run = (args) => spawn(program, ["--data", data, "--json", ...args], { stdio: ["ignore", "pipe", "inherit"] });

export async function output(args) {
  let text = "";
  const child = run(args);
  for await (const part of child.stdout) text += part;
  return JSON.parse(text);
}

export async function judge(page, name) {
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  // The judges are scripts themselves: a page without scripts has the same markup and was judged with them.
  if (name.startsWith("plain")) return;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${name}: ${wide} px too wide`);
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  for (const v of violations) faults.push(`${name}: ${v.id} at ${v.nodes.map((n) => n.target).join(", ")}`);
}

export async function signIn(browser, address, account, options) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const page = await context.newPage();
  page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("status of 4")) faults.push(`console: ${m.text()}`); });
  weigh(page);
  await page.goto(address + "/sign-in");
  await page.fill("#login", account.login);
  await page.fill("#password", account.password);
  await page.click("main button");
  return page;
}

// Serves a demonstration county while something is done in a browser; ends with every fault found.
export async function stage(matters, play) {
  const people = await output(["demo", "--matters", String(matters), "--seed", "7"]);
  const accounts = (login) => people.find((p) => p.login === login);
  const server = run(["serve", "--listen", "127.0.0.1:0"]);
  const line = await new Promise((say) => createInterface({ input: server.stdout }).once("line", say));
  const { address } = JSON.parse(line);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM });
  try {
    await play(browser, address, accounts);
  } finally {
    await browser.close();
    server.kill("SIGTERM");
  }
  if (faults.length) {
    console.error(faults.join("\n"));
    process.exit(1);
  }
}

// The weight of a page and of its script as they travel, in bytes.
const HTML_MAX = 60 * 1024;
const SCRIPT_MAX = 40 * 1024;
export function weigh(page) {
  page.on("response", async (response) => {
    const type = response.headers()["content-type"] ?? "";
    const max = type.startsWith("text/html") ? HTML_MAX : type.includes("javascript") ? SCRIPT_MAX : 0;
    if (!max) return;
    const { responseBodySize } = await response.request().sizes().catch(() => ({ responseBodySize: 0 }));
    if (responseBodySize > max) faults.push(`${response.url()}: ${responseBodySize} bytes`);
  });
}
