"""The Jupyter server extension: thin HTTP handlers over the layers below, which hold all the logic."""
