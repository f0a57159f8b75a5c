declare module '@bokeh/bokehjs/build/js/bokeh.esm.min.js';
