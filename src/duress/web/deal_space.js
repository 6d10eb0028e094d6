// The deal space, drawn here from what the server compiled once, and lit together with every other sign of a move.
//
// Whatever carries data-turn (a mark of the timeline, a line that tells a move) or data-terms (a move that may be made)
// lights what belongs to it here when it is pointed at or in focus, and is lit when the same is pointed at here.

const PHONE = window.matchMedia("(max-width: 47.9rem)");

const load = (address) => {
  window.vegaLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error("the drawing library could not be loaded"));
    document.head.append(script);
  });
  return window.vegaLoading;
};

export default {
  template: `<div class="figure deal"></div>`,
  props: { library: String, specs: Object, frames: Object },
  watch: {
    specs() { this.draw(); },
    frames(now) { this.show(now); },
  },
  mounted() {
    this.frame = this.frames;
    this.redraw = () => this.draw();
    this.point = (event) => {
      if (this.$el.contains(event.target)) return; // the drawing itself knows what lies there
      const told = event.target.closest?.("[data-turn], [data-terms]");
      this.light(told?.dataset.turn, told?.dataset.terms);
    };
    PHONE.addEventListener("change", this.redraw);
    document.addEventListener("mouseover", this.point);
    document.addEventListener("focusin", this.point);
    this.draw();
  },
  unmounted() {
    PHONE.removeEventListener("change", this.redraw);
    document.removeEventListener("mouseover", this.point);
    document.removeEventListener("focusin", this.point);
    this.view?.finalize();
  },
  methods: {
    size() { return PHONE.matches ? "narrow" : "wide"; },
    async draw() {
      if (!this.specs) return;
      const mine = (this.drawing = (this.drawing ?? 0) + 1);
      await load(this.library);
      const drawn = document.createElement("div");
      drawn.setAttribute("aria-hidden", "true"); // the figure itself says it in words
      // The interpreter of expressions makes no code from strings.
      const options = { mode: "vega", renderer: "svg", actions: false, ast: true };
      const { view } = await vegaEmbed(drawn, this.specs[this.size()], options);
      if (mine !== this.drawing) return view.finalize();
      this.view?.finalize();
      this.view = view;
      await this.fill();
      this.$el.replaceChildren(drawn);
      view.addEventListener("mouseover", (_, item) => this.light(item?.datum?.turn, item?.datum?.terms));
      view.addEventListener("mouseout", () => this.light());
    },
    async show(frames) {
      this.frame = frames;
      await this.fill();
    },
    async fill() {
      if (!this.view || !this.frame) return;
      const frame = this.frame[this.size()];
      this.$el.setAttribute("role", "img");
      this.$el.setAttribute("aria-label", frame.description);
      for (const [name, value] of Object.entries(frame.signals)) this.view.signal(name, value);
      for (const [name, rows] of Object.entries(frame.data)) this.view.data(name, rows);
      await this.view.runAsync();
      this.$el.dataset.shown = frame.data.past.length;
    },
    light(turn = "-1", terms = "") {
      const now = `${turn} ${terms}`;
      if (now === this.lit) return;
      this.lit = now;
      for (const old of document.querySelectorAll(".lit")) old.classList.remove("lit");
      for (const told of document.querySelectorAll("[data-turn], [data-terms]")) {
        if (told.dataset.turn === String(turn) || (terms && told.dataset.terms === terms)) told.classList.add("lit");
      }
      this.view?.signal("lit", Number(turn)).signal("lit_terms", terms).runAsync();
    },
  },
};
