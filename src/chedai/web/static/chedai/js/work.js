/* The larger components: cards that are dragged, an amount with its share and slider, upload with progress, papers,
   a button that waits until a page can have been read. Without this script each of them still works. */
(() => {
  "use strict";
  const number = (text) => {
    const plain = text.normalize("NFKC").replace(/[,\s]/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  };
  const yuan = (fen) => (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const said = (input, value) => {
    if (input.value === value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* A board: a card goes where a button of its menu would bring it, and nowhere else. */
  let dragged = null;
  const door = (lane) => dragged && lane && dragged.querySelector(`[data-to="${CSS.escape(lane.dataset.lane)}"]`);
  const mark = (lane) => document.querySelectorAll(".lane-over").forEach((one) => one !== lane && one.classList.remove("lane-over"));
  document.addEventListener("dragstart", (event) => { dragged = event.target.closest?.("[data-board] .card"); });
  document.addEventListener("dragend", () => { dragged = null; mark(null); });
  document.addEventListener("dragover", (event) => {
    const lane = event.target.closest?.("[data-lane]");
    mark(lane);
    if (!door(lane)) return;
    event.preventDefault();
    lane.classList.add("lane-over");
  });
  document.addEventListener("drop", (event) => {
    const button = door(event.target.closest?.("[data-lane]"));
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  /* An amount and its share of another amount. The amount is what is sent; the share is worked out from it. */
  const parts = (pair) => ({
    amount: pair.querySelector(".unit-left .input"),
    share: pair.querySelector("[data-pair-share]"),
    range: pair.querySelector("[data-pair-range]"),
    base: number(document.getElementById(pair.dataset.base)?.value || ""),
  });
  const fromAmount = (pair) => {
    const { amount, share, range, base } = parts(pair);
    const now = number(amount.value);
    if (!base || now === null) return;
    const percent = Math.round((now / base) * 10000) / 100;
    if (document.activeElement !== share) share.value = String(percent);
    range.value = String(Math.round(percent));
  };
  const fromShare = (pair, percent) => {
    const { amount, base } = parts(pair);
    if (base && percent !== null) said(amount, yuan(Math.round(base * percent)));
  };
  const pairs = (root) => root.querySelectorAll?.("[data-pair]").forEach(fromAmount);
  const sliders = (root) => root.querySelectorAll?.("[data-range-of]").forEach((range) => {
    const now = number(document.getElementById(range.dataset.rangeOf).value);
    if (now !== null) range.value = String(now);
  });
  document.addEventListener("input", (event) => {
    const input = event.target;
    const pair = input.closest?.("[data-pair]");
    if (pair && (input.matches("[data-pair-share]") || input.matches("[data-pair-range]"))) {
      if (input.matches("[data-pair-range]")) pair.querySelector("[data-pair-share]").value = input.value;
      fromShare(pair, number(input.value));
    } else if (pair) fromAmount(pair);
    else if (input.matches?.("[data-range-of]")) said(document.getElementById(input.dataset.rangeOf), yuan(Number(input.value) * 100));
    else if (input.id) {
      /* The price moved: the share stays and the amount follows; a slider follows its number. */
      document.querySelectorAll(`[data-pair][data-base="${CSS.escape(input.id)}"]`).forEach((one) => fromShare(one, number(parts(one).share.value)));
      document.querySelectorAll(`[data-range-of="${CSS.escape(input.id)}"]`).forEach((range) => {
        const now = number(input.value);
        if (now !== null) range.value = String(now);
      });
    }
  });
  const follow = (root) => { pairs(root); sliders(root); };
  follow(document);
  document.addEventListener("htmx:load", (event) => follow(event.detail.elt));

  /* Upload: what is too large is said before it is sent; the bar follows what has left. */
  const state = (form, words, share) => {
    const box = form.querySelector("[data-upload-state]");
    box.hidden = false;
    box.querySelector("progress").value = share;
    box.querySelector("[data-upload-words]").textContent = words;
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (!form || event.target.type !== "file" || !event.target.files.length) return;
    const most = Number(form.dataset.most || 0);
    if (most && [...event.target.files].some((file) => file.size > most)) {
      event.target.value = "";
      state(form, form.dataset.tooLarge, 0);
    } else form.requestSubmit();
  });
  const uploading = (event) => event.target.closest?.("form[data-upload]");
  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = uploading(event);
    if (!form || !event.detail.lengthComputable) return;
    const share = Math.round((100 * event.detail.loaded) / event.detail.total);
    state(form, `${share}%`, share);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = uploading(event);
    if (!form) return;
    const taken = event.detail.xhr.status >= 200 && event.detail.xhr.status < 300;
    form.querySelector("input[type=file]").value = "";
    state(form, taken ? form.dataset.done : form.dataset.failed, taken ? 100 : 0);
  });
  /* What is refused is said on top of the page, never among what was taken. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.requestConfig?.elt.matches?.("form[data-upload]") || event.detail.xhr.status < 400) return;
    event.detail.target = document.getElementById("problem");
    event.detail.swapOverride = "innerHTML";
  });

  /* A button that waits: <button data-wait="12" data-words="{} seconds left" disabled>. The server checks the time again. */
  document.querySelectorAll("[data-wait]").forEach((button) => {
    const word = button.textContent;
    let left = Number(button.dataset.wait);
    const tick = () => {
      button.disabled = left > 0;
      button.textContent = left > 0 ? button.dataset.words.replace("{}", String(left)) : word;
      left -= 1;
      if (left >= 0) setTimeout(tick, 1000);
    };
    tick();
  });
})();

/* Papers: chosen from a strip, made larger, turned, moved by hand. */
document.addEventListener("alpine:init", () => {
  Alpine.data("papers", () => ({
    at: 0,
    place: "",
    init() { this.show(); },
    frames() { return [...this.$root.querySelectorAll("[data-paper]")]; },
    show() {
      const frames = this.frames();
      frames.forEach((frame, at) => { frame.hidden = at !== this.at; });
      this.$root.querySelectorAll("[data-at]").forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset.at) === this.at)));
      this.place = `${frames.length ? this.at + 1 : 0} / ${frames.length}`;
    },
    pick(event) { this.at = Number(event.currentTarget.dataset.at); this.show(); },
    go(step) {
      const count = this.frames().length;
      if (count) { this.at = (this.at + step + count) % count; this.show(); }
    },
    next() { this.go(1); },
    back() { this.go(-1); },
    move(name, step, most, around) {
      const picture = this.frames()[this.at]?.querySelector("img");
      if (!picture) return;
      const next = Number(picture.dataset[name]) + step;
      picture.dataset[name] = String(around ? (next + most + 1) % (most + 1) : Math.max(0, Math.min(most, next)));
    },
    larger() { this.move("zoom", 1, 3, false); },
    smaller() { this.move("zoom", -1, 3, false); },
    turn() { this.move("turn", 1, 3, true); },
    key(event) {
      const act = { "+": "larger", "=": "larger", "-": "smaller", "r": "turn", "PageDown": "next", "PageUp": "back" }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      this[act]();
    },
  }));
});
