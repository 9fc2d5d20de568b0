/* The grid of a rule set: rows move, are added and go; a condition offers what fits its fact.

   Rows are read in the order in which they stand, so their numbers stay as they are; a new one takes the next. */
(() => {
  "use strict";
  const table = document.getElementById("rules");
  if (!table) return;
  const body = table.tBodies[0];
  const said = document.querySelector("[data-rule-said]");
  const rows = () => [...body.rows];
  const at = (row) => Number(row.querySelector("[name^='row_']").name.split("_")[1]);
  const place = (row) => { said.textContent = said.dataset.moved.replace("{}", rows().indexOf(row) + 1); };
  const fresh = (row) => {
    const next = Math.max(-1, ...rows().map(at)) + 1;
    row.querySelectorAll("[name]").forEach((field) => { field.name = field.name.replace(/^row_\d+_/, `row_${next}_`); });
    return row;
  };

  const fit = (condition) => {
    const [fact, operator] = condition.querySelectorAll("select");
    const value = condition.querySelector("input");
    const chosen = fact.selectedOptions[0];
    const kind = chosen.dataset.kind;
    for (const option of operator.options) {
      option.hidden = option.disabled = Boolean(kind && option.dataset.kind && !["any", kind].includes(option.dataset.kind));
    }
    if (operator.selectedOptions[0]?.disabled) operator.value = [...operator.options].find((one) => one.value && !one.disabled).value;
    value.hidden = operator.selectedOptions[0]?.dataset.bare === "True";
    condition.querySelector(":scope > [data-unit]").textContent = value.hidden ? "" : chosen.dataset.unit || "";
    if (kind === "word") value.setAttribute("list", `words-${fact.value}`);
    else value.removeAttribute("list");
  };
  /* What many cells choose from stands once on the page; a cell comes with what is chosen alone. */
  const fill = (select) => {
    const chosen = select.firstElementChild;
    const list = document.getElementById(`options-${select.dataset.options}`).content.firstElementChild.cloneNode(true);
    const same = [...list.options].find((one) => one.value === chosen.value);
    select.replaceChildren(...list.children, ...(same ? [] : [chosen]));
    select.value = chosen.value;
    select.removeAttribute("data-options");
  };
  const spare = (row) => [...row.querySelectorAll("[data-condition]")].filter((one) => one.hidden);
  const more = (row) => { const button = row.querySelector("[data-rule-act=more]"); if (button) button.hidden = !spare(row).length; };
  const ready = (row) => {
    row.querySelectorAll("select[data-options]").forEach(fill);
    row.querySelectorAll("[data-condition]").forEach((one, n) => {
      fit(one);
      one.hidden = n > 0 && !one.querySelector("select").value && !one.querySelector(".red");
    });
    more(row);
  };
  rows().forEach(ready);
  body.addEventListener("change", (event) => {
    const condition = event.target.closest("[data-condition]");
    if (condition && event.target.tagName === "SELECT") fit(condition);
  });

  const full = () => {
    if (rows().length < Number(table.dataset.most)) return false;
    said.textContent = said.dataset.full;
    return true;
  };
  const enter = (row) => {
    ready(row);
    row.querySelector("select, input:not([type=hidden]), textarea").focus();
    place(row);
  };
  const acts = {
    up: (row) => { row.previousElementSibling?.before(row); },
    down: (row) => { row.nextElementSibling?.after(row); },
    copy: (row) => {
      if (full()) return;
      const copy = fresh(row.cloneNode(true));
      const before = row.querySelectorAll("select");
      copy.querySelectorAll("select").forEach((select, n) => { select.value = before[n].value; });
      copy.querySelector("[name$=_number]").value = "";
      copy.querySelector("[data-number]").textContent = "*";
      copy.querySelectorAll("p.red").forEach((text) => text.remove());
      copy.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
      row.after(copy);
      enter(copy);
    },
    more: (row) => {
      const [next] = spare(row);
      next.hidden = false;
      next.querySelector("select").focus();
      more(row);
    },
    gone: (row) => {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      (next?.querySelector("[data-rule-act=gone]") || document.querySelector("[data-rule-add]")).focus();
    },
  };
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rule-act]");
    if (!button) return;
    const row = button.closest("tr");
    const act = button.dataset.ruleAct;
    acts[act](row);
    if (act === "up" || act === "down") { button.focus(); place(row); }
  });
  /* Alt with an arrow moves the row somebody is typing in. */
  body.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    acts[event.key === "ArrowUp" ? "up" : "down"](row);
    event.target.focus();
    place(row);
  });
  document.querySelector("[data-rule-add]").addEventListener("click", () => {
    if (full()) return;
    const row = document.getElementById("rule-empty").content.firstElementChild.cloneNode(true);
    body.append(fresh(row));
    enter(row);
  });
})();
