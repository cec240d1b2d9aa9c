// each figure's data stand beside the place where it is drawn
for (const source of document.querySelectorAll("script[data-figure]")) {
  const figure = JSON.parse(source.textContent);
  Plotly.newPlot(source.dataset.figure, figure.data, figure.layout, { responsive: true, displaylogo: false });
}
