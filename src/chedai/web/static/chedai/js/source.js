/* A text with line numbers: <textarea data-source>. A button with data-line="7" puts the cursor there; with
   data-line-error the number of that line is marked. Without this script the textarea is a textarea. */
(() => {
  "use strict";
  const areas = new Map();

  const wrongLines = () =>
    new Set([...document.querySelectorAll("[data-line-error]")].map((button) => Number(button.dataset.line)));

  const number = (area, gutter) => {
    const wrong = wrongLines();
    const count = area.value.split("\n").length;
    const lines = Array.from({ length: count }, (_, at) => {
      const line = document.createElement("span");
      line.textContent = String(at + 1);
      if (wrong.has(at + 1)) line.className = "source-wrong";
      return line;
    });
    gutter.replaceChildren(...lines);
    gutter.scrollTop = area.scrollTop;
  };

  for (const area of document.querySelectorAll("textarea[data-source]")) {
    const frame = document.createElement("div");
    const gutter = document.createElement("div");
    frame.className = "source";
    gutter.className = "source-numbers";
    gutter.setAttribute("aria-hidden", "true");
    area.before(frame);
    frame.append(gutter, area);
    areas.set(area, gutter);
    number(area, gutter);
    area.addEventListener("input", () => number(area, gutter));
    area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  }

  document.addEventListener("htmx:afterSwap", () => areas.forEach((gutter, area) => number(area, gutter)));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    const area = document.querySelector("textarea[data-source]");
    if (!button || !area) return;
    const lines = area.value.split("\n");
    const at = Number(button.dataset.line) - 1;
    const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[at] || "").length);
    area.scrollTop = Math.max(0, at - 6) * parseFloat(getComputedStyle(area).lineHeight);
  });
})();
