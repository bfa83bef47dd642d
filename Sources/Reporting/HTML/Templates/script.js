"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const make = (tag, parent, properties = {}) => {
    const element = Object.assign(document.createElement(tag), properties);
    parent.append(element);
    return element;
  };

  // Choices of region, metrics and method: a block shows if all that it names is chosen.
  const names = ["region", "metric", "method"];
  const blocks = all(".block");
  const inputs = all(".choices input");
  const show = () => {
    const chosen = {};
    for (const name of names) {
      const ofName = inputs.filter((input) => input.name === name);
      if (ofName.length) chosen[name] = ofName.filter((i) => i.checked).map((i) => i.value);
    }
    for (const block of blocks) {
      const fits = names.every(
        (name) => !(name in block.dataset) || !chosen[name] || chosen[name].includes(block.dataset[name]));
      block.classList.toggle("off", !fits);
    }
  };
  for (const element of all(".choices")) element.hidden = false;
  for (const input of inputs) input.addEventListener("change", show);
  show();

  // A case: reference and reconstruction under one another with a movable edge, the error map beside.
  const view = (article) => {
    const methods = all(".sheet .method", article).map((figure) => ({
      label: figure.dataset.label,
      isMain: figure.classList.contains("main"),
      image: figure.querySelector(".image").src,
      error: figure.querySelector(".error").src,
      prior: figure.querySelector(".prior")?.src,
    }));
    if (!methods.length) return;
    const viewer = article.querySelector(".viewer");
    const reference = article.querySelector(".reference img").src;

    const buttons = make("div", viewer, { className: "buttons" });
    const panes = make("div", viewer, { className: "panes" });
    const pane = (left, right) => {
      const element = make("div", panes, { className: "pane" });
      const tags = make("div", element, { className: "tags" });
      const frame = make("div", element, { className: "frame" });
      const stack = make("div", frame, { className: "stack" });
      const first = make("span", tags, { textContent: left });
      const second = make("span", tags, { textContent: right });
      return { element, frame, stack, first, second };
    };

    const wipe = pane("reference", "");
    make("img", wipe.stack, { src: reference, alt: "Reference image", draggable: false });
    const over = make("img", wipe.stack, { className: "over", draggable: false });
    const edge = make("div", wipe.stack, { className: "edge" });
    const slider = make("input", wipe.element, { type: "range", min: 0, max: 100, step: 0.5, value: 50 });
    slider.setAttribute("aria-label", "Edge between reference and reconstruction");
    const move = () => {
      over.style.clipPath = `inset(0 0 0 ${slider.value}%)`;
      edge.style.left = `${slider.value}%`;
    };
    slider.addEventListener("input", move);
    const follow = (event) => {
      const box = wipe.stack.getBoundingClientRect();
      slider.value = (100 * (event.clientX - box.left)) / box.width;
      move();
    };
    wipe.stack.addEventListener("pointerdown", (event) => {
      wipe.stack.setPointerCapture(event.pointerId);
      follow(event);
    });
    wipe.stack.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) follow(event);
    });

    const map = pane("", "");
    const error = make("img", map.stack, { draggable: false });
    const prior = methods.some((method) => method.prior) ? pane("where the prior decided", "") : null;
    const share = prior && make("img", prior.stack, { draggable: false });

    const select = (method) => {
      over.src = method.image;
      over.alt = `Image by ${method.label}`;
      error.src = method.error;
      error.alt = `Error map of ${method.label}`;
      wipe.second.textContent = method.label;
      map.first.textContent = `error × 5: ${method.label}`;
      if (prior) {
        prior.element.hidden = !method.prior;
        if (method.prior) share.src = method.prior;
        share.alt = `Where the prior decided, ${method.label}`;
      }
      for (const button of all("button[data-method]", buttons)) {
        button.setAttribute("aria-pressed", String(button.textContent === method.label));
      }
    };
    for (const method of methods) {
      const button = make("button", buttons, { type: "button", textContent: method.label });
      button.dataset.method = "";
      button.addEventListener("click", () => select(method));
    }

    const frames = [wipe, map, prior].filter(Boolean);
    const zooms = [1, 2, 4];
    let zoom = 0;
    const zoomButton = make("button", buttons, { type: "button", className: "zoom" });
    const setZoom = () => {
      zoomButton.textContent = `zoom ${zooms[zoom]}×`;
      for (const { frame, stack } of frames) {
        // The frame keeps the size that it has without zoom, and the larger picture scrolls in it.
        frame.style.aspectRatio = `${article.dataset.columns} / ${article.dataset.rows}`;
        stack.style.width = `${100 * zooms[zoom]}%`;
      }
      const { frame } = wipe;
      frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
      frame.scrollTop = (frame.scrollHeight - frame.clientHeight) / 2;
    };
    zoomButton.addEventListener("click", () => {
      zoom = (zoom + 1) % zooms.length;
      setZoom();
    });
    // A frame that was moved along must not move the others back to where it was told to be.
    const told = new Map();
    for (const { frame } of frames) {
      frame.addEventListener("scroll", () => {
        const place = [frame.scrollLeft, frame.scrollTop];
        if (String(told.get(frame)) === String(place)) return;
        for (const other of frames.map((pane) => pane.frame)) {
          if (other === frame) continue;
          [other.scrollLeft, other.scrollTop] = place;
          told.set(other, [other.scrollLeft, other.scrollTop]);
        }
        told.delete(frame);
      });
    }

    // So wide that the table of figures stands beside two pictures but below three.
    viewer.style.flex = `1 1 ${frames.length * 330}px`;
    viewer.hidden = false;
    article.querySelector(".sheet").classList.add("off");
    select(methods.find((method) => method.isMain) ?? methods[0]);
    setZoom();
    move();
  };
  all(".case").forEach(view);

  // What is folded up on the screen is printed as well.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const element of folded) element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const element of folded) element.open = false;
  });
})();
