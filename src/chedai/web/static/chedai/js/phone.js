/* A file over a bad line: in pieces, each sent until it is there; after a break it goes on where the server says.
   The number of an upload that was broken off is kept under the file's name, size and date, so that choosing the same
   file again goes on with it. */
(() => {
  "use strict";
  const TRIES = 60, PAUSE = 2000;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const kept = (box, file) => `upload ${box.dataset.pieces} ${file.name} ${file.size} ${file.lastModified}`;

  const show = (box, words, share) => {
    box.querySelector("[data-state]").hidden = false;
    box.querySelector("[data-words]").textContent = words;
    if (share !== null) box.querySelector("progress").value = share;
  };

  /* One call, tried again while the line is down or the server is away. */
  const call = async (box, method, url, body) => {
    for (let tried = 0; tried < TRIES; tried += 1) {
      try {
        const answer = await fetch(url, { method, body, headers: { "X-CSRFToken": csrf(), Accept: "application/json" } });
        if (answer.status < 500 && answer.status !== 429) return { status: answer.status, said: await answer.json() };
      } catch { /* no line: wait */ }
      show(box, box.dataset.waiting, null);
      await Promise.race([pause(PAUSE), new Promise((done) => addEventListener("online", done, { once: true }))]);
    }
    throw new Error(box.dataset.failed);
  };

  const begun = async (box, file) => {
    const known = localStorage.getItem(kept(box, file));
    if (known) {
      const found = await call(box, "GET", `${box.dataset.pieces}${known}/`);
      if (found.status === 200) return found.said;
      localStorage.removeItem(kept(box, file));
    }
    const form = new FormData();
    form.append("name", file.name);
    form.append("size", String(file.size));
    const made = await call(box, "POST", box.dataset.pieces, form);
    if (made.status !== 200) throw new Error(made.said.said);
    localStorage.setItem(kept(box, file), made.said.upload);
    return made.said;
  };

  const send = async (box, file) => {
    const upload = await begun(box, file);
    let here = upload.received;
    while (here < file.size) {
      const url = `${box.dataset.pieces}${upload.upload}/${here}/`;
      const sent = await call(box, "POST", url, file.slice(here, here + upload.piece));
      if (sent.status !== 200 && sent.status !== 409) throw new Error(sent.said.said);
      here = sent.said.received;
      const share = Math.floor((100 * here) / file.size);
      show(box, box.dataset.sending.replace("{}", String(share)), share);
    }
    const done = await call(box, "POST", `${box.dataset.pieces}${upload.upload}/finish/`);
    localStorage.removeItem(kept(box, file));
    if (done.status !== 200) throw new Error(done.said.said);
  };

  document.addEventListener("change", async (event) => {
    const box = event.target.closest?.("[data-pieces]");
    if (!box || !event.target.files.length) return;
    const files = [...event.target.files];
    event.target.disabled = true;
    try {
      for (const file of files) await send(box, file);
      show(box, box.dataset.done, 100);
      location.assign(box.dataset.after);
    } catch (fault) {
      show(box, fault.message || box.dataset.failed, null);
      event.target.disabled = false;
      event.target.value = "";
    }
  });
})();
