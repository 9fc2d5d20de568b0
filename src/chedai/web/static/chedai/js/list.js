/* Lists: J/K move, Enter opens, X selects, Shift X selects all; the bar below counts what is selected. */
document.addEventListener("alpine:init", () => {
  Alpine.data("list", () => ({
    at: -1,
    picked: 0,
    init() {
      this.$root.addEventListener("change", (event) => {
        if (event.target.matches("[data-pick-all]")) this.boxes().forEach((box) => { box.checked = event.target.checked; });
        if (event.target.matches("[data-pick], [data-pick-all]")) this.count();
      });
    },
    rows() { return [...this.$root.querySelectorAll("tbody tr[data-row]")]; },
    boxes() { return [...this.$root.querySelectorAll("[data-pick]")]; },
    none() { return this.picked === 0; },
    count() {
      const boxes = this.boxes();
      this.picked = boxes.filter((box) => box.checked).length;
      boxes.forEach((box) => box.closest("tr").setAttribute("aria-selected", String(box.checked)));
      const all = this.$root.querySelector("[data-pick-all]");
      if (all) {
        all.checked = this.picked > 0 && this.picked === boxes.length;
        all.indeterminate = this.picked > 0 && this.picked < boxes.length;
      }
    },
    clear() {
      this.boxes().forEach((box) => { box.checked = false; });
      this.count();
    },
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (localStorage.getItem("single-keys") === "off") return;
      if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
      const rows = this.rows();
      const row = rows[this.at];
      const letter = event.key.toLowerCase();
      if (letter === "j" || letter === "k") {
        this.at = Math.max(0, Math.min(rows.length - 1, this.at + (letter === "j" ? 1 : -1)));
        rows.forEach((item, at) => item.classList.toggle("cursor", at === this.at));
        const next = rows[this.at];
        if (next) {
          next.scrollIntoView({ block: "nearest" });
          (next.querySelector("a, [data-pick]") || next).focus({ preventScroll: true });
        }
      } else if (letter === "x" && row) {
        const box = row.querySelector("[data-pick]");
        if (box) { box.checked = !box.checked; this.count(); }
      } else if (event.key === "Enter" && row && event.target === document.body) {
        row.querySelector("a")?.click();
      } else if (letter === "f") {
        const search = document.querySelector("[data-list-search]") || this.$root.querySelector(".chips summary");
        if (search) search.focus();
      } else if (letter === "e") {
        this.$root.querySelector("[data-export]")?.click();
      } else return;
      event.preventDefault();
    },
  }));
});
