"""Translations between search techniques, one module each: array functions, and curves made by them."""
