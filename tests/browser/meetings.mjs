// A session of joint mediation is called in a room, shown on the agenda, moved, noted on, put on record, and a
// conference gives a task that a police chief finds on the workbench: in real Chromium, with scripts on and off,
// on a desk and on a narrow telephone. Every page is judged.
import { faults, judge, signIn, stage } from "./stage.mjs";

// A day of this week or the next in Beijing, as forms take it.
const day = (plus) => new Date(Date.now() + 8 * 3_600_000 + plus * 86_400_000).toISOString().slice(0, 10);
// The last quarter of an hour in Beijing that has begun.
const quarter = () => {
  const text = new Date(Math.floor((Date.now() + 8 * 3_600_000) / 900_000) * 900_000).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
};

// The first of the mediator's disputes on which meetings can be called.
async function dispute(page, address) {
  await page.goto(address + "/matters?lane=held&kind=dispute&state=mediating");
  const links = await page.locator("td.title a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const link of links) {
    await page.goto(address + link);
    if (await page.locator("#meetings a[href*='sort=joint-mediation']").count()) return new URL(page.url()).pathname;
  }
  return null;
}

// Brings a dispute of its own and accepts it.
async function accepted(page, address) {
  await page.goto(address + "/intake?kind=dispute");
  await page.selectOption("[name='f.dispute-type']", { index: 1 });
  await page.fill("[name='title']", "两家为滴水线争执");
  await page.fill("[name='f.facts']", "新建围墙越界约半米，多次争吵。");
  await page.fill("[name='p0.name']", "杨小花");
  await page.fill("[name='p1.name']", "李有根");
  await page.click("main form button.go:visible");
  await page.waitForURL(/new=1/);
  const path = new URL(page.url()).pathname;
  await page.goto(`${address}${path}/acts/accept`);
  await page.check("[name='f.consents.1'][value=yes]");
  await page.check("[name='f.consents.2'][value=yes]");
  await page.click("main form.sheet button.go");
  await page.waitForURL(/done=1/);
  return path;
}

async function rooms(page, address, name, room) {
  await page.goto(address + "/rooms");
  await judge(page, `${name}-rooms`);
  await page.fill("#room-name", room);
  await page.click("form:has(#room-name) button.go");
  await page.waitForURL(/rooms$/);
  if (!(await page.textContent("main")).includes(room)) faults.push(`${name}: the room is not there`);
  await page.fill("#rows", "人员,角色,单位,从,到\n查无此人,女子调解队队员,弥城镇综治中心,2026-03-02,2026-03-08\n");
  await page.click("form:has(#rows) button");
  await page.waitForSelector("main .note.care");
  await judge(page, `${name}-roster-told`);
}

async function session(page, address, path, name, room) {
  await page.goto(address + path);
  await judge(page, `${name}-matter`);
  await page.click("#meetings a[href*='sort=joint-mediation']");
  await judge(page, `${name}-call`);
  if (!(await page.inputValue("[name='seat.host']"))) faults.push(`${name}: nobody was drawn as chair`);
  const drawn = await page.inputValue("[name='seat.tribunal']");
  await page.fill("#day", day(3));
  await page.fill("#time", "14:00");
  await page.click("button[value=draw]");
  await page.waitForSelector("#room");
  if ((await page.inputValue("#day")) !== day(3)) faults.push(`${name}: the day is lost when the panel is drawn`);
  if ((await page.inputValue("[name='seat.tribunal']")) !== drawn) faults.push(`${name}: another panel for the same facts`);
  // Neither a room nor another place: refused beside the field, and nothing is lost.
  await page.click("button[value=call]");
  await page.waitForSelector("[role=alert]");
  await judge(page, `${name}-call-refused`);
  if ((await page.inputValue("#day")) !== day(3)) faults.push(`${name}: what was typed is lost`);
  const option = await page.locator("#room option", { hasText: room }).getAttribute("value");
  await page.selectOption("#room", option);
  // Of several mediators of the village the one at this browser takes the chair.
  const own = (await page.textContent(".who span")).trim();
  const chair = page.locator("[name='seat.host'] option", { hasText: own }).first();
  await page.selectOption("[name='seat.host']", await chair.getAttribute("value"));
  await page.click("button[value=call]");
  await page.waitForURL(/meetings\/\d+$/);
  await judge(page, `${name}-meeting`);
  const one = new URL(page.url()).pathname;
  await page.fill("#note", "申请人愿意退让，底线半米");
  await page.click("form:has(#note) button");
  await page.waitForSelector("main .note");
  await page.goto(`${address}${one}/change`);
  await page.fill("#time", "15:30");
  await page.click("button[value=call]");
  await page.waitForURL(/meetings\/\d+$/);
  if (!(await page.textContent("main")).includes("15:30–17:30")) faults.push(`${name}: it was not moved`);
  for (const [at, query] of Object.entries({ week: "", day: `?view=day&day=${day(3)}`, room: `?by=room&view=day&day=${day(3)}` })) {
    await page.goto(address + "/agenda" + query);
    await judge(page, `${name}-agenda-${at}`);
  }
  const text = await page.textContent("main");
  if (!text.includes("15:30–17:30") || !text.includes(room)) faults.push(`${name}: the room's agenda does not show it`);
  return one;
}

// The same room at the same time, for another matter.
async function clash(page, address, path, name, room) {
  await page.goto(`${address}${path}/meetings?sort=joint-mediation`);
  await page.fill("#day", day(3));
  await page.fill("#time", "16:00");
  await page.click("button[value=draw]");
  const option = await page.locator("#room option", { hasText: room }).getAttribute("value");
  await page.selectOption("#room", option);
  await page.click("button[value=call]");
  await page.waitForSelector("[role=alert]");
  await judge(page, `${name}-clash`);
  if (!(await page.textContent("[role=alert]")).includes("已有会议")) faults.push(`${name}: two meetings in one room`);
}

// The meeting is called; where that was refused, why.
async function called(page, name) {
  await page.waitForURL(/meetings\/\d+$/, { timeout: 10_000 }).catch(async () => {
    faults.push(`${name}: refused: ${(await page.textContent("main")).slice(0, 400)}`);
    await judge(page, `${name}-refused`);
  });
}

async function conference(page, police, address, path, name) {
  const at = quarter();
  await page.goto(`${address}${path}/meetings?sort=case-conference`);
  await page.fill("#day", at.day);
  await page.fill("#time", at.time);
  await page.selectOption("#minutes", "30");
  // Another time may have another panel.
  await page.click("button[value=draw]");
  await page.waitForSelector("#venue");
  await page.fill("#venue", "村委会二楼");
  await page.click("button[value=call]");
  await called(page, name);
  await judge(page, `${name}-conference`);
  await page.click("a[href$='/record']");
  await judge(page, `${name}-record`);
  for (const field of ["analysis", "assessment", "dispatching"]) await page.fill(`[name='f.${field}']`, "双方情绪激动，派出所走访。");
  await page.fill("[name='task.0.text']", `走访双方并反馈（${name}）`);
  await page.selectOption("[name='task.0.unit']", "532925101000001");
  await page.fill("[name='task.0.due-on']", day(2));
  await page.click("main form.sheet button.go");
  await page.waitForURL(/meetings\/\d+$/);
  await judge(page, `${name}-recorded`);
  await police.goto(address + "/");
  await judge(police, `${name}-bench`);
  if (!(await police.textContent("main")).includes(`走访双方并反馈（${name}）`)) faults.push(`${name}: the task is on no workbench`);
  await police.goto(address + "/tasks");
  await judge(police, `${name}-tasks`);
  const task = police.locator("li", { hasText: `（${name}）` }).first();
  await task.locator("summary").click();
  await task.locator("input[name=note]").fill("已走访，双方平静");
  await task.locator("form button").click();
  await police.waitForURL(/tasks$/);
  if (!(await police.textContent("main")).includes("双方平静")) faults.push(`${name}: the task is not done`);
  await police.goto(address + "/callouts");
  await judge(police, `${name}-callouts`);
}

async function journey(browser, address, accounts, name, options) {
  const room = `联调室-${name}`;
  const keeper = await signIn(browser, address, accounts("town-dispatcher"), options);
  await rooms(keeper, address, name, room);
  const mediator = await signIn(browser, address, accounts("village-mediator"), options);
  const first = await accepted(mediator, address);
  const second = (await dispute(mediator, address)) ?? first;
  const one = await session(mediator, address, first, name, room);
  await clash(mediator, address, second, name, room);
  const police = await signIn(browser, address, accounts("town-police"), options);
  await conference(mediator, police, address, first, name);
  // A mediator's note is shown to no chief who sees the matter.
  const chief = await signIn(browser, address, accounts("county-director"), options);
  await chief.goto(address + one);
  if ((await chief.textContent("main")).includes("底线半米")) faults.push(`${name}: a note is read by another`);
  await judge(chief, `${name}-chief`);
  // The session gives its people's time back, for the next journey needs the same ones.
  await mediator.goto(address + one);
  await mediator.locator("summary", { hasText: "取消会议" }).click();
  await mediator.fill("#reason", "一方住院");
  await mediator.click("form[action$='/end']:has(#reason) button");
  await mediator.waitForURL(/meetings\/\d+$/);
  if (!(await mediator.textContent("main")).includes("已取消")) faults.push(`${name}: it was not called off`);
  for (const page of [keeper, mediator, police, chief]) await page.context().close();
}

await stage(60, async (browser, address, accounts) => {
  await journey(browser, address, accounts, "meet-desk", { viewport: { width: 1280, height: 900 } });
  await journey(browser, address, accounts, "meet-telephone", { viewport: { width: 360, height: 740 } });
  await journey(browser, address, accounts, "plain-meet", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
});
console.log("meetings hold in Chromium");
