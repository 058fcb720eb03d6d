// Somebody is told: an urgent request comes to a police station, its head sees the bell, reads, marks as read; the
// e-mail is refused by a real mail server of this test, and the system administrator finds the reason in the log.
import { createServer } from "node:net";
import { faults, judge, signIn, stage } from "./stage.mjs";

// A mail server that takes no recipient.
const mail = createServer((socket) => {
  socket.on("error", () => {});
  socket.write("220 here\r\n");
  socket.on("data", (data) => {
    const said = data.toString().toUpperCase();
    socket.write(said.startsWith("RCPT") ? "550 nobody of that name\r\n" : said.startsWith("QUIT") ? "221 bye\r\n" : "250 fine\r\n");
  });
});
await new Promise((ready) => mail.listen(0, "127.0.0.1", ready));
process.env.SHANZHI_SMTP_URL = `smtp://127.0.0.1:${mail.address().port}`;
process.env.SHANZHI_MAIL_FROM = "notice@example.cn";

async function bring(page, address) {
  await page.goto(address + "/intake?kind=request");
  await page.fill("[name='title']", "河堤有人聚集");
  await page.fill("[name='f.content']", "二十多人在河堤聚集，情绪激动，请速到场。");
  await page.check("[name='flag'][value='urgent']");
  await page.fill("[name='p0.name']", "单国强");
  await page.click("main form button.go:visible");
  await page.waitForURL(/new=1/);
  return new URL(page.url()).pathname;
}

async function address_of(page, address, name) {
  await page.goto(address + "/notices/addresses");
  await page.fill("#address-sms", "12345");
  await page.click("form:has(#address-sms) button.go");
  await page.waitForSelector(".wrong");
  await judge(page, `${name}-address-refused`);
  await page.fill("#address-mail", "police@example.cn");
  await page.click("form:has(#address-mail) button.go");
  await page.waitForSelector("button[name=forget]");
  await judge(page, `${name}-address-kept`);
  if ((await page.textContent("main")).includes("police@")) faults.push(`${name}: an address stands in the open`);
}

// The log of deliveries shows the refusal once the courier has been there.
async function log(page, address, name) {
  for (let i = 0; i < 100; i += 1) {
    await page.goto(address + "/deliveries?standing=failed");
    if ((await page.textContent("main")).includes("550")) break;
    if (i === 99) faults.push(`${name}: the refusal is not in the log`);
    await page.waitForTimeout(200);
  }
  await judge(page, `${name}-deliveries`);
  if ((await page.textContent("main")).includes("police@")) faults.push(`${name}: the log shows an address`);
  await page.click("form[action$='/again'] button >> nth=0");
  await page.waitForURL(/standing=failed/);
}

async function journey(browser, address, accounts, name, options) {
  const at = (login) => signIn(browser, address, accounts(login), options);
  const [window, dispatcher, police, system] = [
    await at("town-window"), await at("town-dispatcher"), await at("town-police"), await at("system")];
  await address_of(police, address, name);
  const path = await bring(window, address);
  await dispatcher.goto(address + path);
  await dispatcher.click(".acts a[href*='/acts/dispatch']");
  await dispatcher.selectOption("[name='f.unit']", "532925101000001");
  await dispatcher.click("main form.sheet button.go");
  await dispatcher.waitForURL(/done=1/);

  await police.goto(address + "/");
  if (!(await police.textContent(".bell")).trim()) faults.push(`${name}: the bell counts nothing`);
  await police.click(".bell");
  await judge(police, `${name}-notices`);
  await police.click("main button[name=place] >> nth=0");
  await police.waitForSelector("main .empty");
  await judge(police, `${name}-nothing-unread`);
  if ((await police.textContent(".bell")).trim()) faults.push(`${name}: what is read is counted`);
  await police.click("main a[href='/notices?show=all']");
  await judge(police, `${name}-all-notices`);
  await police.click("main .notices a >> nth=0");
  await police.waitForURL(/matters/);
  await log(system, address, name);
  for (const page of [window, dispatcher, police, system]) await page.context().close();
}

await stage(10, async (browser, address, accounts) => {
  await journey(browser, address, accounts, "told-desk", { viewport: { width: 1280, height: 900 } });
  await journey(browser, address, accounts, "told-telephone", { viewport: { width: 360, height: 740 } });
  await journey(browser, address, accounts, "plain-told", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
});
mail.close();
console.log("notices hold in Chromium");
