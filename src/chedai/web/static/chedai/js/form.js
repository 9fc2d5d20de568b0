/* Forms: what is typed is echoed in words, drafts keep themselves, a second click does nothing.

   data-echo="wan" and data-echo="identity" write beside the field, with the words the server put on the element.
   form[data-draft] is sent to that address a second after the last key. */
(() => {
  "use strict";
  const fen = (text) => {
    const plain = text.normalize("NFKC").replace(/[,\s]/g, "");
    return /^-?\d+(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
  };
  const wan = (input) => {
    const amount = fen(input.value);
    if (!amount) return "";
    const figure = Number((amount / 1e6).toFixed(2)).toLocaleString("en-US", { maximumFractionDigits: 2 });
    return input.dataset.words.replace("{}", figure);
  };
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const identity = (input) => {
    const number = input.value.replace(/\s/g, "").toUpperCase();
    if (!/^\d{17}[\dX]$/.test(number)) return "";
    const sum = weights.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
    if ("10X98765432"[sum % 11] !== number[17]) return input.dataset.wrong;
    const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
    return `${born} ${Number(number[16]) % 2 ? input.dataset.male : input.dataset.female}`;
  };
  const echoes = { wan, identity, count: (input) => `${input.value.length} / ${input.maxLength}` };
  const echo = (input) => {
    const place = document.getElementById(`${input.id}-echo`);
    if (place) place.textContent = echoes[input.dataset.echo](input);
  };
  const echoAll = (root) => root.querySelectorAll?.("[data-echo]").forEach(echo);
  echoAll(document);
  document.addEventListener("htmx:load", (event) => echoAll(event.detail.elt));

  /* One more row of a table of fields: the last one again, empty, under the next number. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    const last = button && document.querySelector(`#${button.dataset.addRow} tbody tr:last-child`);
    if (!last) return;
    const row = last.cloneNode(true);
    row.querySelectorAll("input, select").forEach((field) => {
      const next = (text) => text.replace(/_(\d+)_/, (_all, at) => `_${Number(at) + 1}_`);
      field.name = next(field.name);
      field.id = next(field.id);
      field.setAttribute("aria-label", (field.getAttribute("aria-label") || "").replace(/\d+/, (at) => Number(at) + 1));
      if (field.type !== "checkbox") field.value = field.tagName === "SELECT" ? field.options[0].value : "";
    });
    row.querySelectorAll(".errorlist").forEach((said) => said.remove());
    last.after(row);
    row.querySelector("input")?.focus();
  });

  /* An amount is written with its commas and cents once the field is left. */
  document.addEventListener("focusout", (event) => {
    if (event.target.dataset?.echo !== "wan") return;
    const amount = fen(event.target.value);
    if (amount !== null) event.target.value = (amount / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });
  });

  /* A chip under a field writes its value into it: <button data-fill="id_amount" data-value="100.00">. */
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-fill]");
    if (!chip) return;
    const input = document.getElementById(chip.dataset.fill);
    input.value = chip.dataset.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });

  /* Drafts. What the server must not keep (passwords, files) is not sent. */
  const timers = new WeakMap();
  const keep = async (form) => {
    const body = new FormData();
    for (const [name, value] of new FormData(form)) {
      const input = form.elements[name];
      if (typeof value === "string" && input?.type !== "password" && !name.startsWith("csrf")) body.append(name, value);
    }
    const state = form.querySelector("[data-draft-state]");
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body, headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value }, keepalive: true,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      form.removeAttribute("data-changed");
      if (state) state.textContent = await answer.text();
    } catch {
      if (state) state.textContent = state.dataset.failed;
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.echo) echo(event.target);
    const form = event.target.closest?.("form");
    if (!form) return;
    if (form.closest("dialog")) form.dataset.changed = "";
    if (!form.dataset.draft) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), 1000));
  });

  /* A form is sent once; the hidden key makes a second sending the same one, this spares the waiting. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    clearTimeout(timers.get(form));
    form.removeAttribute("data-changed");
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  /* Selects and switches that act at once: <form data-auto>. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-auto]");
    if (form) form.requestSubmit();
  });
})();
