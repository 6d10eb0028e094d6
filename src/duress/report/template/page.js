"use strict";
// Hovers for terms, and live charts in place of the drawings. Without this script the page says the same.
(() => {
  const tip = document.getElementById("tip");
  const GAP = 14;

  const place = (x, y) => {
    const width = tip.offsetWidth, height = tip.offsetHeight;
    const left = Math.min(Math.max(8, x), document.documentElement.clientWidth - width - 8);
    const below = y + GAP + height < window.innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${Math.max(8, below ? y + GAP : y - height - GAP)}px`;
  };
  const hide = () => { tip.hidden = true; };
  const show = (lines, x, y) => {
    tip.replaceChildren(...lines.map(([name, value]) => {
      const line = document.createElement("div");
      if (name) {
        const label = document.createElement("span");
        label.textContent = `${name}: `;
        line.append(label);
      }
      line.append(value);
      return line;
    }));
    tip.hidden = false;
    place(x, y);
  };

  for (const term of document.querySelectorAll("a.term")) {
    const meaning = term.title;
    term.removeAttribute("title");
    const open = () => {
      const box = term.getBoundingClientRect();
      show([["", meaning]], box.left, box.bottom - GAP + 4);
      term.setAttribute("aria-describedby", "tip");
    };
    const close = () => { hide(); term.removeAttribute("aria-describedby"); };
    term.addEventListener("mouseenter", open);
    term.addEventListener("focus", open);
    term.addEventListener("mouseleave", close);
    term.addEventListener("blur", close);
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  window.addEventListener("scroll", hide, { passive: true });

  const hover = (handler, event, item, value) => {
    if (!value || typeof value !== "object") return hide();
    show(Object.entries(value).filter(([, v]) => v !== ""), event.clientX + GAP, event.clientY);
  };

  const draw = async (figure) => {
    const size = figure.clientWidth < 620 ? "narrow" : "wide";
    if (figure.dataset.size === size) return;
    figure.dataset.size = size;
    const spec = JSON.parse(figure.querySelector("script").textContent)[size];
    // The interpreter of expressions makes no code from strings, which the policy forbids.
    const options = { mode: "vega", renderer: "svg", actions: false, ast: true, defaultStyle: false, tooltip: hover };
    figure.chart?.finalize();
    try {
      figure.chart = await vegaEmbed(figure.querySelector(".live"), spec, options);
      figure.classList.add("drawn");
    } catch (error) {
      figure.classList.remove("drawn"); // the drawing stays in its place
      console.warn(error);
    }
  };
  const figures = document.querySelectorAll("figure.chart");
  const drawAll = () => figures.forEach(draw);
  drawAll();
  let waiting = 0;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(drawAll, 150); });

  const folded = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  window.addEventListener("beforeprint", () => { opened = [...folded()]; opened.forEach((d) => { d.open = true; }); });
  window.addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
})();
