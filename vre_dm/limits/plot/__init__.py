"""The overlay as data, `model`, and what draws it: `page`, `figure` and `bokeh_figure`."""
