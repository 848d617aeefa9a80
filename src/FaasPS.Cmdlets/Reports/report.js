"use strict";
for (const slider of document.querySelectorAll(".compare input")) {
  const figure = slider.closest(".compare");
  const move = () => figure.style.setProperty("--at", slider.value + "%");
  slider.addEventListener("input", move);
  move(); // a reloaded page keeps the sliders' values
}

const tip = document.getElementById("tip");
for (const map of document.querySelectorAll(".map")) {
  const layers = map.dataset.layers.split(","), timesteps = map.dataset.timesteps.split(","), kinds = map.dataset.kinds.split("|");
  const probes = map.dataset.probes.split(","), cursor = map.querySelector(".cursor"), area = map.querySelector(".area");
  const steps = timesteps.length;
  let column = 0, row = 0;

  const show = () => {
    const cell = row * steps + column, box = area.getBoundingClientRect();
    const probe = probes[cell] ? "\nprobe " + probes[cell] : "";
    tip.textContent = layers[row] + ", step " + column + " (timestep " + timesteps[column] + ")\n"
      + kinds[map.dataset.cells.charCodeAt(cell) - 48] + probe;
    tip.hidden = false;
    cursor.setAttribute("x", column);
    cursor.setAttribute("y", row);
    cursor.setAttribute("visibility", "visible");
    const x = box.left + (column + 1) * box.width / steps + 10, y = box.top + (row + 1) * box.height / layers.length + 8;
    tip.style.left = Math.max(4, Math.min(x, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = (y + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 32 : y) + "px";
  };
  const hide = () => {
    tip.hidden = true;
    cursor.setAttribute("visibility", "hidden");
  };
  area.addEventListener("mousemove", event => {
    const box = area.getBoundingClientRect();
    column = Math.max(0, Math.min(steps - 1, Math.floor((event.clientX - box.left) / box.width * steps)));
    row = Math.max(0, Math.min(layers.length - 1, Math.floor((event.clientY - box.top) / box.height * layers.length)));
    show();
  });
  area.addEventListener("mouseleave", hide);
  map.addEventListener("focus", () => { if (map.matches(":focus-visible")) show(); });
  map.addEventListener("blur", hide);
  map.addEventListener("keydown", event => {
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === "Escape") hide();
    if (!right && !down) return;
    event.preventDefault();
    column = Math.max(0, Math.min(steps - 1, column + right));
    row = Math.max(0, Math.min(layers.length - 1, row + down));
    show();
  });
}
