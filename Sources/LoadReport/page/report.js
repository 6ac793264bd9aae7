// A report draws its own data once.
plots.show(new PlotValues(JSON.parse(document.getElementById("data").textContent)));
