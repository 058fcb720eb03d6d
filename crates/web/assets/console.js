// Pages are whole without this. It adds: shortcuts, moving in a list, filters that act at once, what was
// typed kept until it is sent, and places found while typing.
"use strict";

const editable = (e) => e.closest("input, textarea, select, [contenteditable]");

// ---- shortcuts ----
const dialog = document.getElementById("shortcuts");
let went = 0;
const rows = () => [...document.querySelectorAll("[data-queue] tbody tr")];
const move = (by) => {
  const all = rows();
  if (!all.length) return document.querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
  const at = all.findIndex((r) => r.classList.contains("on"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  all.forEach((r) => r.classList.remove("on"));
  next.classList.add("on");
  next.querySelector("a").focus();
};
document.addEventListener("keydown", (e) => {
  // A key that an input method is still composing with is no shortcut.
  if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey || editable(e.target) || !dialog) return;
  const after = Date.now() - went < 1200;
  went = 0;
  const go = (to) => location.assign(to);
  if (after && e.key === "d") return go("/");
  if (after && e.key === "q") return go("/matters");
  switch (e.key) {
    case "g": went = Date.now(); return;
    case "?": return dialog.open ? dialog.close() : dialog.showModal();
    case "/": e.preventDefault(); return document.getElementById("find").focus();
    case "n": return go("/intake");
    case "j": return move(1);
    case "k": return move(-1);
    case "o": document.querySelector("[data-queue] tr.on a")?.click();
  }
});

// ---- the first thing to read after a form was refused ----
document.querySelector("[data-focus]")?.focus();

// ---- filters act at once ----
for (const form of document.querySelectorAll("form[data-instant]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// ---- what was typed stays in this tab until it is sent ----
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = "draft:" + form.dataset.draft;
  const kept = (e) => e.name && !["hidden", "password", "file"].includes(e.type);
  const fresh = !document.querySelector("[data-focus]");
  try {
    const draft = JSON.parse(sessionStorage.getItem(key) || "null");
    if (draft && fresh) {
      for (const e of form.elements) {
        if (!kept(e) || !(e.name in draft)) continue;
        if (e.type === "checkbox" || e.type === "radio") e.checked = draft[e.name].includes(e.value);
        else if (!e.value) e.value = draft[e.name][0] ?? "";
      }
    }
  } catch { sessionStorage.removeItem(key); }
  form.addEventListener("input", () => {
    const draft = {};
    for (const e of form.elements) {
      if (!kept(e)) continue;
      draft[e.name] ??= [];
      if ((e.type !== "checkbox" && e.type !== "radio") || e.checked) draft[e.name].push(e.value);
    }
    try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* a full store keeps nothing */ }
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

// ---- a form is sent once ----
document.addEventListener("submit", (e) => {
  if (e.target.dataset.sent) return e.preventDefault();
  if (e.target.method === "post") e.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// ---- a wall screen reads itself again, until it is stopped ----
for (const stop of document.querySelectorAll("[data-refresh]")) {
  stop.hidden = false;
  const again = setTimeout(() => location.reload(), stop.dataset.refresh * 1000);
  stop.addEventListener("click", () => { clearTimeout(again); stop.remove(); });
}

// ---- what suggests itself while a form is filled in ----
for (const form of document.querySelectorAll("form[data-hints]")) {
  const place = document.getElementById("hints");
  let timer = 0, asked = "";
  const ask = async () => {
    const said = new URLSearchParams(new FormData(form)).toString();
    if (said === asked) return;
    asked = said;
    const answer = await fetch(form.dataset.hints, { method: "POST", body: new URLSearchParams(said) });
    if (answer.ok && asked === said) place.innerHTML = await answer.text();
  };
  form.addEventListener("input", (e) => {
    if (e.isComposing || e.target.name === "tie") return;
    clearTimeout(timer);
    timer = setTimeout(ask, 500);
  });
  place.addEventListener("click", (e) => {
    const field = form.elements[e.target.dataset.take];
    if (!field) return;
    e.preventDefault();
    field.value = e.target.value;
    field.focus();
    e.target.closest("section").remove();
  });
}

// ---- places by characters, pinyin or initials ----
for (const input of document.querySelectorAll("input[data-units]")) {
  const list = document.getElementById(input.getAttribute("list"));
  let timer = 0;
  input.addEventListener("input", (e) => {
    if (e.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = input.value.trim();
      if (!/^[a-z]{2,}$/i.test(typed)) return;
      const answer = await fetch("/api/v1/units?q=" + encodeURIComponent(typed));
      if (!answer.ok) return;
      const { items } = await answer.json();
      list.replaceChildren(...items.filter((u) => !u.office).slice(0, 12).map((u) => {
        const option = document.createElement("option");
        option.value = u.place;
        option.label = typed + " " + u.place;
        return option;
      }));
    }, 150);
  });
}

/* A signature drawn on the screen becomes the form's file; without this the form takes a picture. */
for (const form of document.querySelectorAll("form[data-sign]")) {
  const pad = form.querySelector("canvas"), file = form.querySelector("input[type=file]"), clear = form.querySelector("[data-clear]");
  const pen = pad.getContext("2d");
  let drawn = 0, last = null;
  pad.hidden = clear.hidden = false;
  file.required = false;
  pen.lineWidth = 5;
  pen.lineCap = pen.lineJoin = "round";
  const at = (e) => {
    const box = pad.getBoundingClientRect();
    return [(e.clientX - box.left) * pad.width / box.width, (e.clientY - box.top) * pad.height / box.height];
  };
  pad.addEventListener("pointerdown", (e) => { pad.setPointerCapture(e.pointerId); last = at(e); });
  pad.addEventListener("pointermove", (e) => {
    if (!last) return;
    const here = at(e);
    pen.beginPath(); pen.moveTo(...last); pen.lineTo(...here); pen.stroke();
    last = here; drawn += 1;
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { last = null; });
  clear.addEventListener("click", () => { pen.clearRect(0, 0, pad.width, pad.height); drawn = 0; });
  form.addEventListener("submit", (e) => {
    if (!drawn || file.files.length) {
      if (!file.files.length) { e.preventDefault(); pad.focus(); }
      return;
    }
    e.preventDefault();
    pad.toBlob((blob) => {
      const held = new DataTransfer();
      held.items.add(new File([blob], "signature.png", { type: "image/png" }));
      file.files = held.files;
      form.submit();
    }, "image/png");
  });
}
