// A dispute from the village to the file: a mediator, a township's dispatcher, a police chief, a judge and the
// county's director each do their part, in Chinese with scripts and in English without. Every page they meet is
// judged. How many keys the intake takes beyond the text is counted.
import { faults, judge, signIn, stage } from "./stage.mjs";

const KEYS_MAX = 60;

// Takes an action by its generated form.
async function act(page, address, path, action, fill, name) {
  await page.goto(address + path);
  await page.click(`.acts a[href*='/acts/${action}']`);
  await judge(page, `${name}-${action}`);
  await fill(page);
  await page.click("main form.sheet button.go");
  await page.waitForURL(/done=1/, { timeout: 10_000 }).catch(async () => {
    faults.push(`${name}: ${action} was refused: ${(await page.textContent("main")).slice(0, 300)}`);
  });
}

const say = (fields) => async (page) => {
  for (const [field, value] of Object.entries(fields)) {
    const control = page.locator(`[name='f.${field}']`).first();
    const tag = await control.evaluate((e) => e.tagName + (e.type ?? ""));
    if (tag.startsWith("SELECT")) await control.selectOption(value);
    else if (tag === "INPUTradio" || tag === "INPUTcheckbox") await page.check(`[name='f.${field}'][value='${value}']`);
    else await control.fill(value);
  }
};
// This minute in Beijing, as a form takes it.
const now = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 16);
const agreed = { "consents.1": "yes", "consents.2": "yes" };

// A typical dispute at the window with the keyboard alone: everything but the text itself is counted.
async function byKeyboard(page, address) {
  await page.goto(address + "/intake?kind=dispute");
  let keys = 0;
  const press = async (key, times = 1) => { for (let i = 0; i < times; i += 1) { await page.keyboard.press(key); keys += 1; } };
  const reach = async (name) => {
    for (let i = 0; i < 40; i += 1) {
      if (await page.evaluate(() => document.activeElement?.name) === name) return;
      await press("Tab");
    }
    faults.push(`${name} is not reached with the keyboard`);
  };
  await page.focus("#title");
  await page.keyboard.insertText("杨小花与李有根的宅基地边界纠纷");
  await reach("f.dispute-type");
  await press("ArrowDown", 3);
  await reach("f.facts");
  await page.keyboard.insertText("两家宅基地相邻，新建围墙越界约半米，多次争吵，要求恢复原状。");
  await reach("p0.name");
  await page.keyboard.insertText("杨小花");
  await press("Tab");
  await page.keyboard.insertText("17000001111");
  await reach("p1.name");
  await page.keyboard.insertText("李有根");
  await press("Enter");
  await page.waitForURL(/new=1/, { timeout: 10_000 });
  console.log(`intake by keyboard: ${keys} keys beyond the text`);
  if (keys > KEYS_MAX) faults.push(`intake takes ${keys} keys beyond the text`);
  return new URL(page.url()).pathname;
}

async function journey(browser, address, accounts, name, options) {
  const at = async (login) => signIn(browser, address, accounts(login), options);
  const mediator = await at("village-mediator");
  let path;
  if (options.javaScriptEnabled === false) {
    await mediator.goto(address + "/intake?kind=dispute");
    for (const [field, value] of Object.entries({ title: "灌溉用水先后的纠纷", "f.facts": "天旱水少，两家为先浇谁家的田争吵。",
      "p0.name": "毕有福", "p1.name": "茶正明" })) await mediator.fill(`[name='${field}']`, value);
    await mediator.selectOption("[name='f.dispute-type']", "water-power-light");
    await mediator.click("button[name=check]");
    await judge(mediator, `${name}-checked`);
    await mediator.click("main form .buttons button.go");
    await mediator.waitForURL(/new=1/);
    path = new URL(mediator.url()).pathname;
  } else {
    path = await byKeyboard(mediator, address);
  }
  await judge(mediator, `${name}-new`);
  await act(mediator, address, path, "accept", say(agreed), name);
  const dispatcher = await at("town-dispatcher");
  await dispatcher.goto(address + path);
  const mine = await mediator.textContent(".who span");
  await act(dispatcher, address, path, "assign", async (page) => {
    const option = page.locator("[name='f.person'] option", { hasText: mine.trim() }).first();
    await page.selectOption("[name='f.person']", await option.getAttribute("value"));
  }, name);
  await act(mediator, address, path, "meet", say({ "held-at": now(), record: "到田边查看，双方各说各理，未能谈拢。" }), name);
  await act(mediator, address, path, "escalate", say({ summary: "已上门两次、开会一次，双方对界址各执一词。" }), name);
  const [police, tribunal] = [accounts("town-police").unit_id, accounts("town-tribunal").unit_id];
  await act(dispatcher, address, path, "call-out",
    say({ "callout-type": "joint", units: [police, tribunal], reason: "请派出所维持秩序、法庭指导调解。" }), name);
  for (const login of ["town-police", "town-tribunal"]) {
    const called = await at(login);
    await called.goto(address + "/matters?lane=called");
    await judge(called, `${name}-${login}-called`);
    await act(called, address, path, "report-in", say({}), name);
    await act(called, address, path, "contribute", say({ contribution: "已到场，提出法律意见，双方认可丈量结果。" }), name);
    await called.context().close();
  }
  const leader = await at("county-director");
  await act(leader, address, path, "supervise", say({ note: "请在法定期限内办结并回访。" }), name);
  await leader.goto(address + "/matters?lane=supervised");
  await judge(leader, `${name}-supervised`);
  for (const place of ["/tallies?kind=dispute", "/reports/mediation-cases", "/units", "/catalogue/dispute", "/wall", "/styleguide"]) {
    await leader.goto(address + place);
    await judge(leader, `${name}-leader${place.replace(/\W+/g, "-")}`);
  }
  const due = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  await act(dispatcher, address, path, "agree-written",
    say({ "agreed-terms": "一、以丈量界桩为准；二、互不追究。", "performance-due": due }), name);
  await act(dispatcher, address, path, "apply-confirmation", say({ court: accounts("county-judge").unit_id }), name);
  await act(dispatcher, address, path, "perform", async () => {}, name);
  await act(dispatcher, address, path, "close", say({ "visit-record": "双方均已履行，关系恢复。", performance: "performed" }), name);
  await act(dispatcher, address, path, "archive", say({}), name);
  await dispatcher.goto(address + path);
  await judge(dispatcher, `${name}-archived`);
  if ((await dispatcher.locator(".route li.been").count()) < 12) faults.push(`${name}: the timeline is short`);
  for (const page of [mediator, dispatcher, leader]) await page.context().close();
}

await stage(200, async (browser, address, accounts) => {
  const desk = { viewport: { width: 1280, height: 900 } };
  await journey(browser, address, accounts, "dispute", desk);
  await journey(browser, address, accounts, "plain-dispute", { ...desk, locale: "en", javaScriptEnabled: false });
});
console.log("a dispute goes its way in Chromium");
