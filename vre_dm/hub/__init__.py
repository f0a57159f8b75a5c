"""What a user's server on a JupyterHub has to work with, looked at from inside it."""
