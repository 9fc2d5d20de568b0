/* A personal value shown in full counts down and is gone: first from the page, then the server draws the eye again.

   <strong class="reveal-full">138...</strong><span data-countdown="30" data-masked="138****8000" hx-trigger="over"> */
(() => {
  "use strict";
  const hide = (teller) => {
    const full = teller.closest(".reveal")?.querySelector(".reveal-full");
    if (full) full.textContent = teller.dataset.masked;
    teller.hidden = true;
    htmx.trigger(teller, "over");
  };
  const count = (teller) => {
    if (teller.dataset.counting) return;
    teller.dataset.counting = "1";
    const left = teller.querySelector("[data-left]");
    const end = Date.now() + Number(teller.dataset.countdown) * 1000;
    const timer = setInterval(() => {
      if (!teller.isConnected) { clearInterval(timer); return; }
      const seconds = Math.ceil((end - Date.now()) / 1000);
      if (seconds > 0) { left.textContent = String(seconds); return; }
      clearInterval(timer);
      hide(teller);
    }, 250);
  };
  document.addEventListener("htmx:afterSwap", () => document.querySelectorAll("[data-countdown]").forEach(count));
})();
