// The page while its run goes on. The server sends what has changed once a second, as LivePage.swift makes it.
(() => {
  const start = JSON.parse(document.getElementById("live").textContent);
  const [main, bar] = [document.querySelector("main"), document.querySelector(".run-bar")];
  const [connection, state, stop, save, question, goOn, stopNow] =
    ["connection", "state", "stop", "save", "question", "go-on", "stop-now"].map(id => document.getElementById(id));
  // A server that is silent for so long is reported as gone, in ms.
  const patience = 15e3;
  const leastPause = 10e3;

  let { isRunning } = start;
  const data = document.getElementById("data");
  let values = data && new PlotValues(JSON.parse(data.textContent));
  // Sections that are not in the page yet, by their ids; the order of all.
  let sections = new Map(), order = [], isScheduled = false;

  const show = (name, text) => {
    bar.dataset.state = name;
    connection.textContent = text;
  };
  const following = () => show(isRunning ? "live" : "ended", isRunning ? "Live" : "The run has ended");

  // Read out when it changes: the end at once, the rest not more often than each ten seconds.
  let sentence = "", isSpoken = false;
  const speak = text => {
    sentence = text;
    if (isSpoken && isRunning || state.textContent === text) return;
    state.textContent = text;
    isSpoken = true;
    setTimeout(() => { isSpoken = false; speak(sentence); }, leastPause);
  };

  // The page takes the newest state with the next picture of the screen, and none while it is hidden.
  const update = () => {
    isScheduled = false;
    const shown = [...main.querySelectorAll(":scope > header, :scope > section, :scope > svg")];
    const kept = shown.filter(section => order.includes(section.id));
    for (const section of shown) if (!kept.includes(section)) section.remove();
    for (const id of order) {
      let section = document.getElementById(id);
      if (sections.has(id)) {
        const template = document.createElement("template");
        template.innerHTML = sections.get(id);
        const next = template.content.firstElementChild;
        if (section) patch(section, next);
        else section = next;
      }
      if (section === kept[0]) kept.shift();
      else main.insertBefore(section, kept[0] ?? null);
    }
    sections = new Map();
    if (values) plots.show(values);
    distributions.refresh();
  };
  const take = message => {
    const change = JSON.parse(message.data);
    if (change.run !== start.run) {
      stream.close();
      show("lost", "Another run has started at this address; reload the page to follow it");
      // Their answers would be those of the other run.
      save.hidden = stop.hidden = true;
      return;
    }
    ({ isRunning, order } = change);
    for (const [id, html] of Object.entries(change.sections)) sections.set(id, html);
    if (change.data) values = new PlotValues(change.data, values);
    document.title = change.title;
    stop.hidden = !isRunning || !start.stop;
    if (!isRunning && question.open) question.close();
    following();
    speak(change.state);
    if (!isScheduled) requestAnimationFrame(update);
    isScheduled = true;
  };

  let stream, loss = null;
  const lost = time => {
    clearTimeout(loss);
    loss = null;
    if (isRunning) {
      show("lost", `No connection since ${time}: the program may have ended. The page shows what it has`);
      return;
    }
    stream.close();
    show("gone", "The run has ended, and the program too. The page stays as it is");
    save.hidden = true;
  };
  const follow = () => {
    stream = new EventSource(`events?since=${start.version}`);
    stream.addEventListener("open", () => {
      clearTimeout(loss);
      loss = null;
      following();
    });
    stream.addEventListener("message", take);
    stream.addEventListener("error", () => {
      const time = new Date().toLocaleTimeString();
      if (stream.readyState === EventSource.CLOSED) { lost(time); return; }
      if (bar.dataset.state === "lost" || loss !== null) return;
      show("waiting", "Connection lost; trying again");
      loss = setTimeout(lost, isRunning ? patience : 3000, time);
    });
  };

  stop.hidden = !isRunning || !start.stop;
  stop.addEventListener("click", () => question.showModal());
  goOn.addEventListener("click", () => question.close());
  stopNow.addEventListener("click", async () => {
    question.close();
    stop.disabled = true;
    stop.textContent = "Stopping…";
    try {
      const answer = await fetch(start.stop, { method: "POST" });
      if (!answer.ok) throw new Error(await answer.text());
    } catch (error) {
      stop.disabled = false;
      stop.textContent = "Not stopped; try again";
      speak(`The run was not stopped: ${error.message}`);
    }
  });

  // The strip stays in view, and the bar of the plots below it.
  new ResizeObserver(() => document.documentElement.style.setProperty("--strip", `${bar.offsetHeight}px`)).observe(bar);
  if (values) plots.show(values);
  if (location.protocol === "file:") {
    show("gone", "A saved copy; it does not change");
    save.hidden = stop.hidden = true;
  } else {
    show("waiting", "Connecting");
    follow();
  }
})();
