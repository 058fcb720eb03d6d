// A register is kept in real Chromium: a body and a mediator are entered, found, changed; a table with bad cells is
// checked and its good rows are taken; with scripts on and off, on a desk and on a narrow telephone. Every page is judged.
import { faults, judge, signIn, stage } from "./stage.mjs";

async function committee(page, address, name, title) {
  await page.goto(address + "/registers");
  await judge(page, `${name}-registers`);
  await page.goto(address + "/registers/mediation-body/new");
  await page.click("main form.sheet button.go");
  await page.fill("#unit", "弥城镇").catch(() => page.selectOption("#unit", { index: 1 }));
  await page.fill("[name='f.name']", title);
  await page.selectOption("[name='f.body-kind']", "committee");
  await page.fill("[name='f.term-since']", "2026-01-01");
  await page.click("main form.sheet button.go");
  await page.waitForURL(/records\/\d+$/);
  await judge(page, `${name}-body`);
  if (!(await page.textContent("main")).includes("人民调解法第8条")) faults.push(`${name}: art. 8 is not told`);
}

async function mediator(page, address, name, title) {
  await page.goto(address + "/registers/mediator/new");
  await judge(page, `${name}-form`);
  const unit = async () => page.fill("#unit", "弥城镇").catch(() => page.selectOption("#unit", { index: 1 }));
  await unit();
  await page.fill("[name='f.name']", "李秀英");
  await page.selectOption("[name='f.sex']", "woman");
  await page.fill("[name='f.born-on']", "2015-03-01");
  await page.fill("[name='f.body']", title);
  await page.selectOption("[name='f.post']", "chair");
  await page.fill("[name='f.appointed-on']", "2026-01-01");
  await page.fill("[name='f.phone']", "17000001234");
  await page.click("main form.sheet button.go");
  await page.waitForSelector("[role=alert]");
  await judge(page, `${name}-refused`);
  await page.fill("[name='f.born-on']", "1980-03-01");
  await page.click("main form.sheet button.go");
  await page.waitForURL(/records\/\d+$/);
  const path = new URL(page.url()).pathname;
  await page.goto(`${address}${path}/edit`);
  await page.fill("[name='f.note']", "换届后连任");
  await page.click("main form.sheet button.go");
  await page.waitForURL(/records\/\d+$/);
  await judge(page, `${name}-record`);
  if (!(await page.textContent("#history")).includes("换届后连任")) faults.push(`${name}: the change is not in the history`);
  return path;
}

async function table(page, address, name, title) {
  const rows = ["乡镇,村(社区),姓名,性别,出生日期,调委会,职务,聘任时间,备用",
    `弥城镇,,赵一${name},女,1980.1.2,${title},委员,2026年1月1日,`,
    `弥城镇,,钱二${name},女,昨天,${title},委员,2026/1/1,`, `没有镇,,孙三${name},女,1980-01-02,${title},委员,2026-01-01,`].join("\n");
  await page.goto(address + "/registers/mediator/import");
  await judge(page, `${name}-import`);
  await page.setInputFiles("#file", { name: "名册.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
  await page.click("main form[enctype] button");
  await page.waitForSelector("main .note.bad");
  await judge(page, `${name}-checked`);
  await page.click("main .note button.go");
  await page.waitForSelector("main .note.care");
  await page.goto(address + "/registers/mediator");
  await judge(page, `${name}-list`);
  if (!(await page.textContent("main")).includes(`赵一${name}`)) faults.push(`${name}: the good row was not taken`);
  await page.fill("#q", "李秀英");
  await page.click("form.filters button");
  await judge(page, `${name}-found`);
  if (!(await page.textContent("main table")).includes("李秀英")) faults.push(`${name}: she is not found`);
}

await stage(20, async (browser, address, accounts) => {
  const ways = [["registers-desk", { viewport: { width: 1280, height: 900 } }], ["registers-phone", { viewport: { width: 360, height: 740 } }],
    ["plain-registers", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }]];
  for (const [name, options] of ways) {
    const page = await signIn(browser, address, accounts("town-director") ?? accounts("county-director"), options);
    const title = `弥城镇${name}人民调解委员会`;
    await committee(page, address, name, title);
    const path = await mediator(page, address, name, title);
    await table(page, address, name, title);
    await page.goto(address + path);
    await page.click("details summary >> nth=-1");
    await page.fill("#reason", "离任");
    await page.click("form:has(#reason) button");
    await page.waitForURL(/records\/\d+$/);
    await page.context().close();
  }
});
