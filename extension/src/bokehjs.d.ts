declare module '@bokeh/bokehjs/build/js/bokeh.esm.min.js' {
  const bokeh: import('./limits/bokeh').BokehModule;
  export default bokeh;
}
