/* The quote desk: keys, the car that brings its price, the switch for the customer's eyes, a signature drawn by hand.

   Without this script the desk still answers: the form is sent, the page comes back. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const desk = $("#desk");
  const said = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const yuan = (fen) => (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });
  const number = (text) => {
    const plain = text.normalize("NFKC").replace(/[,\s]/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  };

  /* What is left to finance stands beside the down payment. */
  const loan = () => {
    const price = number($("#id_price").value);
    const down = number($("#id_down").value);
    const hint = $("[data-pair] .field-top .hint", desk);
    if (hint && price !== null && down !== null) hint.textContent = desk.dataset.loan.replace("{}", yuan(Math.round((price - down) * 100)));
  };

  /* A model of the list brings its price and its kind. */
  const car = (input) => {
    const option = [...document.querySelectorAll("#cars option")].find((one) => one.value === input.value);
    if (!option || input.dataset.taken === input.value) return;
    input.dataset.taken = input.value;
    const energy = $(`#desk input[name=energy][value=${option.dataset.kind.endsWith("nev") ? "nev" : "ice"}]`);
    if (energy) energy.checked = true;
    said($("#id_price"), yuan(Number(option.dataset.price)));
  };

  if (desk) {
    loan();
    desk.addEventListener("input", (event) => {
      if (event.target.matches("[data-car]")) car(event.target);
      loan();
    });
    /* The drawer holds fields of the same form. */
    const more = $("#more-fields");
    more?.querySelectorAll("input, select, textarea").forEach((field) => field.setAttribute("form", "desk"));
    more?.addEventListener("input", () => htmx.trigger(desk, "asked"));
    /* What is kept is what stands in the desk at this moment. */
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.dataset.copyOf) return;
      form.querySelectorAll("[data-copied]").forEach((one) => one.remove());
      for (const [name, value] of new FormData(document.getElementById(form.dataset.copyOf))) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        field.dataset.copied = "";
        form.append(field);
      }
    }, true);
    /* [ and ] move the down payment by one percent. */
    document.addEventListener("keydown", (event) => {
      if (!["[", "]"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.matches("input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select")) return;
      if (localStorage.getItem("single-keys") === "off" || $("dialog[open]")) return;
      const share = $("[data-pair-share]", desk);
      const now = number(share.value || "0") ?? 0;
      event.preventDefault();
      said(share, String(Math.min(Math.max(now + (event.key === "]" ? 1 : -1), 0), 100)));
    });
    /* A field that is wrong is marked where it stands, until the answer is good again. */
    const mark = () => {
      const wrong = new Set([...document.querySelectorAll("#desk-errors a[href^='#']")].map((a) => a.hash.slice(1)));
      desk.querySelectorAll("input[id]").forEach((field) => {
        if (wrong.has(field.id)) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      });
    };
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.target.id === "answer") $("#desk-errors").replaceChildren();
      mark();
    });
  }

  /* For the customer's eyes: rows of the house are not shown. */
  const view = $("#customer-view");
  const show = (on) => document.body.classList.toggle("customer-view", on);
  show(localStorage.getItem("customer-view") !== "off");
  if (view) {
    view.checked = localStorage.getItem("customer-view") !== "off";
    view.addEventListener("change", () => {
      localStorage.setItem("customer-view", view.checked ? "on" : "off");
      show(view.checked);
    });
  }

  /* A signature: drawn, kept in the hidden field of its form as a picture. */
  document.querySelectorAll("[data-sign]").forEach((pad) => {
    const pen = pad.getContext("2d");
    const field = pad.closest("form").elements.signature;
    let drawing = false;
    const at = (event) => {
      const box = pad.getBoundingClientRect();
      return [(event.clientX - box.left) * (pad.width / box.width), (event.clientY - box.top) * (pad.height / box.height)];
    };
    pad.addEventListener("pointerdown", (event) => {
      drawing = true;
      pad.setPointerCapture(event.pointerId);
      pen.lineWidth = 2.5;
      pen.lineCap = "round";
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    pad.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      pen.lineTo(...at(event));
      pen.stroke();
    });
    pad.addEventListener("pointerup", () => {
      drawing = false;
      field.value = pad.toDataURL("image/png");
    });
    pad.closest("form").querySelector("[data-sign-clear]")?.addEventListener("click", () => {
      pen.clearRect(0, 0, pad.width, pad.height);
      field.value = "";
    });
  });
})();
