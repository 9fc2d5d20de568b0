/* The shell: menus, dialogs, the palette, the folded menu, toasts, and the single keys that press buttons.

   Everything is bound once to the document, so that what htmx swaps in works without being told.
   A button with data-key="a" is pressed by A outside of fields; the key is printed on it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]");
  const singleKeys = () => localStorage.getItem("single-keys") !== "off";

  /* Dialogs: data-open names one, data-close-dialog closes the one around it; a changed form asks first. */
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
    return dialog;
  };
  const mayClose = (dialog) => {
    const form = $("form[data-changed]", dialog);
    return !form || window.confirm(form.dataset.ask || "?");
  };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      opener.closest("details[data-menu]")?.removeAttribute("open");
      open(opener.dataset.open);
    }
    const closer = event.target.closest("[data-close-dialog]");
    if (closer && mayClose(closer.closest("dialog"))) closer.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement && mayClose(event.target)) event.target.close();
    for (const menu of $$("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("cancel", (event) => {
    if (event.target instanceof HTMLDialogElement && !mayClose(event.target)) event.preventDefault();
  }, true);
  /* What htmx loads into a drawer opens it: <dialog data-opens> around the target. */
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.target.closest?.("dialog[data-opens]");
    if (dialog && !dialog.open) dialog.showModal();
    const first = $("[data-focus]", event.target);
    if (first) first.focus();
  });

  /* The folded menu is remembered in a cookie, so that the server writes the page as it will be shown. */
  const shell = $("#shell");
  $("#fold")?.addEventListener("click", () => {
    const rail = shell.classList.toggle("rail");
    document.cookie = `rail=${rail ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
  });
  const showNav = (shown) => {
    shell.classList.toggle("nav-shown", shown);
    $("#nav-open").setAttribute("aria-expanded", String(shown));
    $(".main").inert = shown;
    if (shown) $("#nav a").focus();
    else $("#nav-open").focus();
  };
  $("#nav-open")?.addEventListener("click", () => showNav(true));
  shell?.addEventListener("click", (event) => {
    if (event.target === shell && shell.classList.contains("nav-shown")) showNav(false);
  });

  /* The palette: Ctrl K, arrows, Enter. */
  const palette = $("#palette");
  const found = () => $$("[role=option]", palette);
  const choose = (step) => {
    const all = found();
    if (!all.length) return;
    const now = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const next = all[(now + step + all.length) % all.length];
    all.forEach((item) => item.setAttribute("aria-selected", String(item === next)));
    $("#palette-input").setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };
  const showPalette = () => {
    open("palette");
    const input = $("#palette-input");
    input.value = "";
    input.focus();
    htmx.trigger(input, "opened");
  };
  $("#find")?.addEventListener("click", showPalette);
  palette?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Enter") $("[role=option][aria-selected=true]", palette)?.click();
    else return;
    event.preventDefault();
  });

  /* Keys. */
  const singles = $("#single-keys");
  if (singles) {
    singles.checked = singleKeys();
    singles.addEventListener("change", () => localStorage.setItem("single-keys", singles.checked ? "on" : "off"));
  }
  let going = false;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette) {
      event.preventDefault();
      showPalette();
      return;
    }
    if (event.ctrlKey && event.key === "Enter") {
      $("[data-key='ctrl-enter']", $("dialog[open]") || document)?.click();
      return;
    }
    if (event.key === "Escape") {
      const menu = $("details[data-menu][open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); }
      else if (shell?.classList.contains("nav-shown")) showNav(false);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || !singleKeys()) return;
    if ($("dialog[open]:not([data-keys])")) return;
    if (going) {
      going = false;
      const there = $(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
      if (there) { event.preventDefault(); there.click(); return; }
    }
    if (event.key === "g" && $("[data-go]")) {
      going = true;
      setTimeout(() => { going = false; }, 1500);
      return;
    }
    if (event.key === "?" && $("#keys")) { open("keys"); return; }
    const button = $$(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`).find((item) => item.checkVisibility?.() ?? true);
    if (button) {
      event.preventDefault();
      if (button.matches("summary, button, a, input, label")) button.click();
      else button.focus();
    }
  });

  /* Toasts say what was done and leave after five seconds; they wait while somebody is on them. */
  const watchToast = (toast) => {
    let timer = 0;
    const leave = () => { timer = setTimeout(() => toast.remove(), 5000); };
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", leave);
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("focusout", leave);
    leave();
  };
  $$("[data-toast]").forEach(watchToast);

  document.addEventListener("toast", (event) => {
    for (const words of event.detail.words) {
      const toast = document.createElement("div");
      toast.className = "toast";
      toast.dataset.toast = "";
      toast.textContent = words;
      $("#toasts").append(toast);
      watchToast(toast);
    }
  });

  /* Printing, copying, showing the list of errors. */
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) navigator.clipboard?.writeText(copier.dataset.copy);
  });
  $("#errors")?.focus();
  document.addEventListener("htmx:afterSettle", (event) => $("#errors", event.target)?.focus());
})();

/* Tabs and segments that change only the page: x-data="tabs" data-tab="first", data-tab on buttons, data-pane on panes. */
document.addEventListener("alpine:init", () => {
  Alpine.data("tabs", () => ({
    tab: "",
    init() { this.tab = this.$root.dataset.tab; this.show(); },
    pick(event) {
      const button = event.target.closest("button[data-tab]");
      if (button) { this.tab = button.dataset.tab; this.show(); }
    },
    step(event) {
      const all = [...this.$root.querySelectorAll("[role=tab]")];
      const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!move || !all.length) return;
      event.preventDefault();
      const next = all[(all.findIndex((item) => item.dataset.tab === this.tab) + move + all.length) % all.length];
      this.tab = next.dataset.tab;
      this.show();
      next.focus();
    },
    show() {
      this.$root.querySelectorAll("button[data-tab]").forEach((button) => {
        const chosen = button.dataset.tab === this.tab;
        if (button.getAttribute("role") === "tab") {
          button.setAttribute("aria-selected", String(chosen));
          button.tabIndex = chosen ? 0 : -1;
        } else button.setAttribute("aria-pressed", String(chosen));
      });
      this.$root.querySelectorAll("[data-pane]").forEach((pane) => { pane.hidden = pane.dataset.pane !== this.tab; });
    },
  }));
});

/* A paper beside a form: larger, smaller, turned. */
document.addEventListener("alpine:init", () => {
  Alpine.data("viewer", () => ({
    move(name, step, most, around) {
      const picture = this.$root.querySelector("img");
      const next = Number(picture.dataset[name]) + step;
      picture.dataset[name] = String(around ? (next + most + 1) % (most + 1) : Math.max(0, Math.min(most, next)));
    },
    larger() { this.move("zoom", 1, 3, false); },
    smaller() { this.move("zoom", -1, 3, false); },
    turn() { this.move("turn", 1, 3, true); },
  }));
});

/* Who signs out takes along what the worker of the visits kept on this telephone. */
document.addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/accounts/logout/") && window.caches) caches.delete("visits");
});
