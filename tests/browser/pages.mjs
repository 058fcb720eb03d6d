// A request is brought, dispatched and looked at by two people in real Chromium, with scripts on and off, on a
// desk and on a narrow telephone; every page is judged by axe (WCAG 2.2 AA), may not scroll sideways and may
// not meet the content security policy. Screenshots go to the folder named last.
import { faults, judge, signIn, stage } from "./stage.mjs";

async function intake(page, address, name) {
  await page.goto(address + "/intake?kind=request");
  await page.fill("[name='title']", "文笔路路灯不亮");
  await page.click("main form button.go:visible");
  await page.waitForSelector("[role=alert]");
  await judge(page, `${name}-intake-refused`);
  if ((await page.inputValue("[name='title']")) !== "文笔路路灯不亮") faults.push(`${name}: what was typed is lost`);
  await page.fill("[name='f.content']", "路灯坏了十多天，老人孩子出行很不方便。");
  await page.fill("[name='p0.name']", "欧阳古丽阿依夏木买买提江");
  await page.fill("[name='p0.phone']", "17000001234");
  await page.click("main form button.go:visible");
  await page.waitForURL(/new=1/);
  await judge(page, `${name}-registered`);
  return new URL(page.url()).pathname;
}

// One red point, whole as a picture.
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC", "base64");

// The receipt is made out, signed on the screen (or by a picture, without scripts) and checked by a stranger.
async function papers(page, browser, address, path, name, scripts) {
  await page.goto(address + path + "?new=1");
  await page.click("main .note a[href*='/papers/new']");
  await judge(page, `${name}-paper`);
  await page.click("main form button.go:visible");
  await page.waitForURL(/done=1/);
  await judge(page, `${name}-paper-issued`);
  const pdf = await page.getAttribute("#papers a[href$='.pdf']", "href");
  const print = await page.request.get(address + pdf);
  if (!(await print.body()).subarray(0, 5).equals(Buffer.from("%PDF-"))) faults.push(`${name}: no print`);
  await page.click("#papers a[href$='/sign']");
  await judge(page, `${name}-sign`);
  await page.fill("#signer", "欧阳古丽阿依夏木买买提江");
  if (scripts) {
    const pad = await page.locator("canvas.pad").boundingBox();
    await page.mouse.move(pad.x + 30, pad.y + 30);
    await page.mouse.down();
    for (let i = 1; i < 12; i += 1) await page.mouse.move(pad.x + 30 + i * 15, pad.y + 30 + (i % 3) * 12);
    await page.mouse.up();
    await judge(page, `${name}-signed`);
  } else {
    await page.setInputFiles("#signature", { name: "签名.png", mimeType: "image/png", buffer: PICTURE });
  }
  await page.click("form:has(#signer) button.go");
  await page.waitForURL(/done=1/);
  await page.click("#files summary >> nth=-1");
  await page.setInputFiles("#file", { name: "照片.pdf", mimeType: "application/pdf", buffer: PICTURE });
  await page.click("#files form[enctype] button");
  await judge(page, `${name}-disguised`);
  await page.goto(address + path);
  await page.click("#files summary >> nth=-1");
  await page.setInputFiles("#file", { name: "照片.png", mimeType: "image/png", buffer: PICTURE });
  await page.click("#files form[enctype] button");
  await page.waitForURL(/done=1/);
  const kept = await page.locator("#files li").count();
  if (kept !== 2) faults.push(`${name}: ${kept} files instead of a signature and a photograph`);
  const context = await browser.newContext({ locale: "zh-CN", viewport: page.viewportSize(), javaScriptEnabled: scripts });
  const stranger = await context.newPage();
  await stranger.goto(address + "/verify");
  await judge(stranger, `${name}-verify`);
  await stranger.fill("#code", pdf.split("/").pop().replace(".pdf", "").toLowerCase());
  await stranger.click("main button.go");
  await stranger.waitForSelector(".note.good");
  await judge(stranger, `${name}-verified`);
  if ((await stranger.textContent("main")).includes("欧阳")) faults.push(`${name}: a stranger reads a name`);
  await context.close();
}

async function journey(browser, address, accounts, name, options) {
  const window = await signIn(browser, address, accounts("town-window"), options);
  const path = await intake(window, address, name);
  await papers(window, browser, address, path, name, options.javaScriptEnabled !== false);
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

await stage(60, async (browser, address, accounts) => {
  await journey(browser, address, accounts, "desk", { viewport: { width: 1280, height: 900 } });
  await journey(browser, address, accounts, "telephone", { viewport: { width: 360, height: 740 } });
  await journey(browser, address, accounts, "plain", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
});
console.log("the pages hold in Chromium");
