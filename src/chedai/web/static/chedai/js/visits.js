/* Reports of visits: written down on the telephone first, sent when there is a line. A report has a number of its own,
   so sending it twice is sending it once; nothing is dropped before the server says that it has it. What is being typed
   is kept too, and a worker keeps the page itself, so that it opens again without a line. */
(() => {
  "use strict";
  const line = document.getElementById("visits-line");
  if (!line) return;
  const KEY = "visit reports", SIDE = 1280;
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const open = new Promise((done, failed) => {
    const asked = indexedDB.open(KEY, 2);
    asked.onupgradeneeded = (event) => {
      if (event.oldVersion < 1) asked.result.createObjectStore("waiting", { keyPath: "client_id" });
      asked.result.createObjectStore("typing", { keyPath: "visit" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const store = async (mode, act, name = "waiting") => {
    const base = await open;
    return new Promise((done, failed) => {
      const asked = act(base.transaction(name, mode).objectStore(name));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  };
  const say = (visit, words) => {
    const place = document.querySelector(`[data-visit="${visit}"] [data-state]`);
    if (place) place.textContent = words;
  };
  const show = async () => {
    const left = (await store("readonly", (kept) => kept.getAll())).length;
    line.textContent = !navigator.onLine ? line.dataset.offline : left ? line.dataset.waiting.replace("{}", String(left)) : "";
    return left;
  };

  /* Where the telephone is; the last place it knew counts when there is no better one. */
  const place = () => new Promise((done, failed) => {
    if (!navigator.geolocation) { failed(new Error(line.dataset.place)); return; }
    navigator.geolocation.getCurrentPosition((at) => done(at.coords), () => failed(new Error(line.dataset.place)),
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  });

  /* A photo no larger than it must be: a report waits in the telephone, perhaps for hours. */
  const small = async (file) => {
    const picture = await createImageBitmap(file);
    const share = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * share);
    canvas.height = Math.round(picture.height * share);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return { name: file.name.replace(/\.\w+$/, "") + ".jpg", data: canvas.toDataURL("image/jpeg", 0.7).split(",")[1] };
  };

  const typed = (form) => ({ visit: Number(form.dataset.visit), result: form.result.value, statement: form.statement.value });
  const take = async () => {
    for (const one of await store("readonly", (kept) => kept.getAll(), "typing")) {
      const form = document.querySelector(`form[data-visit="${one.visit}"]`);
      if (form && !form.statement.value) { form.result.value = one.result; form.statement.value = one.statement; }
    }
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-visit]");
    if (form) store("readwrite", (kept) => kept.put(typed(form)), "typing");
  });

  let sending = false;
  const send = async () => {
    if (sending || !navigator.onLine) { await show(); return; }
    sending = true;
    let sent = 0;
    try {
      for (const report of await store("readonly", (kept) => kept.getAll())) {
        const answer = await fetch(line.dataset.sync, {
          method: "POST", body: JSON.stringify(report),
          headers: { "X-CSRFToken": csrf(), "Content-Type": "application/json", Accept: "application/json" },
        });
        const said = await answer.json();
        if (!answer.ok) { say(report.visit, said.said); continue; }
        await store("readwrite", (kept) => kept.delete(report.client_id));
        say(report.visit, line.dataset.done);
        sent += 1;
      }
    } catch { /* no line: it waits */ } finally { sending = false; }
    if (!(await show()) && sent) line.textContent = line.dataset.sent;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-visit]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      if (!form.reportValidity()) return;
      const at = await place();
      const photos = await Promise.all([...form.photos.files].slice(0, 6).map(small));
      await store("readwrite", (kept) => kept.put({
        client_id: crypto.randomUUID(), visit: Number(form.dataset.visit), visited_at: new Date().toISOString(),
        latitude: at.latitude, longitude: at.longitude, accuracy: at.accuracy,
        result: form.result.value, statement: form.statement.value, photos,
      }));
      say(form.dataset.visit, line.dataset.kept);
      await store("readwrite", (kept) => kept.delete(Number(form.dataset.visit)), "typing");
      form.reset();
      await send();
    } catch (fault) {
      say(form.dataset.visit, fault.message);
    } finally { button.disabled = false; }
  });
  addEventListener("online", send);
  addEventListener("offline", show);
  take().then(send);
  if (navigator.serviceWorker) navigator.serviceWorker.register(line.dataset.worker).then(async () => {
    const drawn = performance.getEntriesByType("resource").map((one) => one.name)
      .filter((name) => /\.(css|js|woff2|svg)(\?|$)/.test(name));
    (await navigator.serviceWorker.ready).active.postMessage([...new Set(drawn)]);
  }).catch(() => undefined);
})();
